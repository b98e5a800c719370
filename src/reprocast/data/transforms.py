"""Causal features by name: what `columns` may name besides columns of the panel.

`log_return`, `log_volatility`, `log_volume`, `log(load)`, `diff(load)`, `log_return(load)` and the calendar
features `day_of_week`, `day_of_year`, `month`, `hour`. A value at row t depends on rows up to t of its own
series only. Legend: T rows.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reprocast.errors import DataError, ParamsError
from reprocast.panel import Panel, Times, time_text

Floats = NDArray[np.float64]

LEAST_VOLATILITY = 1e-4
"""Floor of a day's volatility (a hundredth of a percent): a day without range has a logarithm, too."""


@dataclass(frozen=True)
class Feature:
    """How a feature is derived from one series."""

    columns: tuple[str, ...]
    """Columns it reads unless another is named in brackets; none: one must be named."""
    derive: Callable[..., Floats]
    """From these columns of one series, each (rows,), to the feature (rows,)."""
    above: float = -np.inf
    """The columns' values must lie above it (logarithms)."""
    lost: int = 0
    """Rows at a series' start that have no value for want of earlier ones."""


def _log_return(values: Floats) -> Floats:
    return np.diff(np.log(values), prepend=np.nan)


def _difference(values: Floats) -> Floats:
    return np.diff(values, prepend=np.nan)


def _log_volatility(opening: Floats, high: Floats, low: Floats, close: Floats) -> Floats:
    """Log of the square root of ½ ln²(H/L) − (2 ln 2 − 1) ln²(C/O) (Garman & Klass 1980)."""
    log_range, log_body = np.log(high / low), np.log(close / opening)
    variance = 0.5 * log_range**2 - (2 * np.log(2) - 1) * log_body**2
    log_volatility: Floats = 0.5 * np.log(np.maximum(variance, LEAST_VOLATILITY**2))
    return log_volatility


FEATURES: dict[str, Feature] = {
    "diff": Feature((), _difference, lost=1),
    "log": Feature((), np.log, above=0),
    "log_return": Feature(("close",), _log_return, above=0, lost=1),
    "log_volatility": Feature(("open", "high", "low", "close"), _log_volatility, above=0),
    "log_volume": Feature(("volume",), np.log1p, above=-1),
}
"""Name -> feature. `log_volume` is log(1 + volume), so that a day without trade has a value."""


def _day_of_week(ds: Times) -> Floats:
    return (ds.astype("datetime64[D]").astype(np.int64) + 3) % 7 / 7  # 1970-01-01 was a Thursday


def _day_of_year(ds: Times) -> Floats:
    """Of a leap year, so that a date has the same share in every year."""
    days, months = ds.astype("datetime64[D]"), ds.astype("datetime64[M]")
    before = np.cumsum([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30])
    share: Floats = (before[months.astype(np.int64) % 12] + (days - months).astype(np.int64)) / 366
    return share


def _month(ds: Times) -> Floats:
    return ds.astype("datetime64[M]").astype(np.int64) % 12 / 12


def _hour(ds: Times) -> Floats:
    share: Floats = (ds - ds.astype("datetime64[D]")) / np.timedelta64(1, "D")
    return share


CALENDAR: dict[str, Callable[[Times], Floats]] = {
    "day_of_week": _day_of_week,
    "day_of_year": _day_of_year,
    "hour": _hour,
    "month": _month,
}
"""Name -> share of the cycle that is over at each time (UTC), in [0, 1); minutes count in `hour`."""


def is_known_ahead(name: str) -> bool:
    """Whether a feature's values are known before their time comes."""
    return name in CALENDAR


def needed_columns(names: Iterable[str], available: Collection[str] = ()) -> tuple[str, ...]:
    """Columns of the panel that columns and features by these names read, each once.

    Args:
        names: as in params.yaml.
        available: the panel's columns, where known: such a name is the column and not a feature.

    Raises:
        ParamsError: a name with brackets that is no feature, or brackets where they do not belong.
    """
    found = [column for name in names for column in _reads(name, available)]
    return tuple(dict.fromkeys(found))


def rows_lost(names: Iterable[str], available: Collection[str] = ()) -> int:
    """Rows at a series' start in which a column or feature by one of these names has no value yet."""
    features = [FEATURES.get(_parts(name)[0]) for name in names if name not in available]
    return max((feature.lost for feature in features if feature), default=0)


def _reads(name: str, available: Collection[str]) -> tuple[str, ...]:
    base, column = _parts(name)
    if name in available or (column is None and base not in FEATURES and base not in CALENDAR):
        return (name,)
    if column is None and base in CALENDAR:
        return ()
    if base not in FEATURES:
        raise ParamsError(f"columns: {name!r} is not a feature; {_features()}")
    usual = FEATURES[base].columns
    if (column is None and not usual) or (column is not None and len(usual) > 1):
        said = f"reads {', '.join(usual)} and takes no brackets" if usual else f"needs a column: {base}(…)"
        raise ParamsError(f"columns: {name!r}: {base} {said}")
    return usual if column is None else (column,)


def _parts(name: str) -> tuple[str, str | None]:
    found = re.fullmatch(r"(\w+)(?:\((\w+)\))?", name)
    if not found:
        raise ParamsError(f"columns: {name!r} is neither a column nor a feature like log_return(load)")
    return found[1], found[2]


def _features() -> str:
    named = [f"{name}" if feature.columns else f"{name}(column)" for name, feature in FEATURES.items()]
    return f"features: {', '.join(sorted([*named, *CALENDAR]))}"


def derive(panel: Panel, name: str, key: str = "columns") -> Mapping[str, Floats]:
    """The channels that a column or feature becomes: name of the channel -> values (T,).

    A return or difference is NaN in a series' first row. `key` is the place in params.yaml to blame.

    Raises:
        ParamsError: neither a column of the panel nor a feature of its columns.
        DataError: the logarithm of a value that is not positive, with series and time.
    """
    if name in panel.columns:
        return {name: panel.columns[name].astype(np.float64)}
    if is_known_ahead(name):
        return calendar_channels(name, panel.ds, key)
    columns = _reads(name, panel.columns)
    missing = [column for column in columns if column not in panel.columns]
    if missing:
        what = "is not there" if columns == (name,) else f"needs column {missing[0]!r}"
        existing = f"columns of the panel: {', '.join(sorted(panel.columns)) or 'none'}"
        raise ParamsError(f"{key}: {name!r} {what}; {existing}; {_features()}")
    feature = FEATURES[_parts(name)[0]]
    _refuse_outside(panel, columns, name, feature.above)
    inputs = [panel.columns[column].astype(np.float64) for column in columns]
    parts = [feature.derive(*(values[rows] for values in inputs)) for _, rows in panel.rows()]
    return {name: np.concatenate(parts)}


def _refuse_outside(panel: Panel, columns: Iterable[str], name: str, above: float) -> None:
    """Refuses what has no logarithm."""
    for column in columns:
        wrong = np.flatnonzero(panel.columns[column] <= above)
        if len(wrong):
            row = int(wrong[0])
            series = panel.ids[int(panel.series_of_rows()[row])]
            where = f"series {series}, {column} at {time_text(panel.ds[row])}"
            raise DataError(
                f"{where}: {name} has no value for {panel.columns[column][row]} ({len(wrong)} such rows); "
                f"use {column} itself or diff({column})"
            )


def calendar_channels(name: str, ds: Times, key: str = "columns.future") -> Mapping[str, Floats]:
    """A calendar feature at any times, past or to come, as two channels on the unit circle, each (T,).

    Raises:
        ParamsError: not a calendar feature, or the times are integer steps.
    """
    if name not in CALENDAR:
        allowed = ", ".join(sorted(CALENDAR))
        raise ParamsError(f"{key}: {name!r} is not known ahead; allowed: {allowed}")
    if ds.dtype.kind != "M":
        raise ParamsError(f"{key}: {name!r} needs timestamps, but the panel's times are integer steps")
    angle = 2 * np.pi * CALENDAR[name](ds)
    return {f"{name}_sin": np.sin(angle), f"{name}_cos": np.cos(angle)}
