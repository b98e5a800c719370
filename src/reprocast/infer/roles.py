"""Which column of a file is the time, which names the series, which hold values, and in what form."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from reprocast.data.sources.cells import is_missing
from reprocast.data.transforms import CALENDAR, FEATURES
from reprocast.errors import DataError, first_names
from reprocast.infer.writing import date_format, decimal, is_iso

TIMES = ("ds", "date", "datetime", "timestamp", "time", "day", "month", "period", "index")
STEPS = ("step", "t", "ds", "time", "index", "period", "n", "i")
IDS = (
    "unique_id",
    "id",
    "series",
    "series_id",
    "ticker",
    "symbol",
    "item",
    "store",
    "station",
    "sensor",
    "name",
)
PRICES = ("open", "high", "low", "close", "volume", "adj_close")
NEEDED = frozenset(PRICES[:4])
MANY = 12
"""More columns of numbers than this are taken for series, not for properties of one."""


@dataclass(frozen=True)
class FileRoles:
    """How a file is to be read."""

    time: str
    """Column with the time."""
    steps: bool
    """Whether the time is an integer step."""
    id: str | None
    """Column with the series' name; none: the file is one series, or wide."""
    form: Literal["long", "wide"]
    """A row a series and time, or a column a series."""
    rename: dict[str, str]
    """The file's names to such that `columns` can use."""
    prices: bool
    """Whether there are open, high, low and close."""
    date_format: str | None
    """How times are written, as in strptime; none: ISO 8601."""
    decimal: Literal[".", ","]
    """What separates decimals."""


def file_roles(frame: pd.DataFrame, file: str) -> FileRoles:
    """The roles of a file's columns as far as names and cells tell.

    Raises:
        DataError: no column has times, or none has values.
    """
    time, steps, written = _time_column(frame, file)
    comma = decimal(frame) == ","
    frame = _with_points(frame, but=time) if comma else frame
    series = _id_column(frame, time)
    values = [
        name for name in map(str, frame.columns) if name not in (time, series) and _is_numeric(frame[name])
    ]
    if not values:
        raise DataError(f"{file}: has no column of numbers beside {time}; nothing can be forecast")
    wide = series is None and _looks_wide(values)
    prices = {_plain(name) for name in values} >= NEEDED
    rename = {} if wide else _renaming(values, prices=prices)
    form: Literal["long", "wide"] = "wide" if wide else "long"
    return FileRoles(time, steps, series, form, rename, prices and not wide, written, "," if comma else ".")


def _with_points(frame: pd.DataFrame, *, but: str) -> pd.DataFrame:
    texts = [str(name) for name in frame if name != but and not pd.api.types.is_numeric_dtype(frame[name])]
    return frame.assign(**{name: frame[name].astype(str).str.replace(",", ".") for name in texts})


def _time_column(frame: pd.DataFrame, file: str) -> tuple[str, bool, str | None]:
    """Its name, whether it counts steps, and how times are written if not in ISO 8601."""
    for name in _likely_first(frame.columns, TIMES):
        if is_iso(frame[name]):
            return name, False, None
    for name in _likely_first(frame.columns, TIMES):
        if written := date_format(frame[name], file):
            return name, False, written
    for name in _likely_first(frame.columns, STEPS)[: len(STEPS)]:
        if name.lower() in STEPS and _is_whole(frame[name]):
            return name, True, None
    raise DataError(
        f"{file}: no column has times; write them as 2013-03-31 or 2013-03-31T16:00 (ISO 8601), or count "
        f"steps in a column called step; it has {first_names(frame.columns)}"
    )


def _likely_first(names: Iterable[str], likely: tuple[str, ...]) -> list[str]:
    """Names in the file's order, those that are `likely` before the others."""
    rank = {name: n for n, name in enumerate(likely)}
    return sorted(map(str, names), key=lambda name: rank.get(name.lower(), len(rank)))


def _is_whole(cells: pd.Series) -> bool:
    return bool(cells.astype(str).str.fullmatch(r"-?\d+").mean() > 0.9)


def _is_numeric(cells: pd.Series) -> bool:
    """Most cells that are there are numbers: a text among them is to be named when the file is read."""
    if pd.api.types.is_numeric_dtype(cells):
        return True
    if pd.api.types.is_datetime64_any_dtype(cells):
        return False
    text = cells.astype(str).str.strip()
    present = text[~is_missing(text)]
    return bool(len(present) and pd.to_numeric(present, errors="coerce").notna().mean() > 0.5)


def _id_column(frame: pd.DataFrame, time: str) -> str | None:
    """The column that tells series apart: the likeliest that leaves each time once per series."""
    likely = [
        name
        for name in _likely_first(frame.columns, IDS)
        if name != time and (name.lower() in IDS or not _is_numeric(frame[name]))
    ]
    repeated = frame[time].duplicated().any()
    if not repeated:
        named = [name for name in likely if name.lower() in IDS and frame[name].nunique() == 1]
        return named[0] if named else None
    twice = {name: int(frame.duplicated([name, time]).sum()) for name in likely}
    return min(twice, key=lambda name: twice[name], default=None)


def _looks_wide(values: list[str]) -> bool:
    numbered = {re.sub(r"\d+$", "", str(name)) for name in values}
    counted = len(values) > 1 and len(numbered) == 1 and all(re.search(r"\d$", str(name)) for name in values)
    return counted or len(values) > MANY


def _plain(name: str) -> str:
    """Lower case, words joined by underscores; the usual spellings of an adjusted close as one."""
    plain = re.sub(r"\W+", "_", str(name)).strip("_").lower()
    return "adj_close" if plain in ("adjclose", "adjusted_close") else plain


def _renaming(values: list[str], *, prices: bool) -> dict[str, str]:
    """Names that `columns` can use, where the file's cannot be used as they are."""
    renamed: dict[str, str] = {}
    for name in values:
        new = _plain(name) if prices and _plain(name) in PRICES else re.sub(r"\W+", "_", str(name)).strip("_")
        if not re.match(r"[A-Za-z_]", new):
            new = f"value_{new}".rstrip("_")
        taken = {*renamed.values(), *CALENDAR, *FEATURES, "unique_id", "ds"}
        while new in taken:
            new += "_value"
        renamed[str(name)] = new
    return {old: new for old, new in renamed.items() if old != new}
