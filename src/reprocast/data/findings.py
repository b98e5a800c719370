"""What is wrong with each series of a panel: counts and first offending times, vectorised over rows.

Pure functions: the expectations before training and the checks before forecasting both call them, and the
latter do not import Great Expectations for it.
Legend: N series, T rows. These functions take the panel as it is: its times may repeat or go back.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reprocast.panel import Panel, Times

SHOWN = 3
"""Offending times that are named, per series."""


@dataclass(frozen=True)
class Finding:
    """One series in which something was found."""

    series: str
    count: int
    """How often it was found."""
    of: int
    """Among how many rows or due times; 0 where that says nothing."""
    first: tuple[str, ...]
    """The first offending times, at most three; none where a series as a whole offends."""
    accepted: bool = False
    """Whether it stays within what params.yaml allows."""
    detail: str = ""
    """What else there is to say, as the end of a sentence."""


def frame_of(panel: Panel, static: Iterable[str] = ()) -> pd.DataFrame:
    """The long form with ids as categories: a million rows cost 2 MB for them instead of 60.

    `static` names columns of `panel.static` that are wanted as well; text stands as numbers of the texts.
    """
    rows = panel.series_of_rows()
    ids = pd.Categorical.from_codes(rows, pd.Index(panel.ids))
    kept = {name: _numbers(panel.static[name])[rows] for name in static if name in panel.static}
    return pd.DataFrame({"unique_id": ids, "ds": panel.ds, **panel.columns, **kept})


def _numbers(values: NDArray[Any]) -> NDArray[np.float64]:
    """Static values (N,) as they are, or the numbers of texts; missing ones are NaN."""
    if values.dtype.kind in "fiu":
        return values.astype(np.float64)
    codes = pd.factorize(values)[0].astype(np.float64)
    codes[(codes < 0) | (values == "")] = np.nan
    return codes


def panel_of(frame: pd.DataFrame) -> Panel:
    """The panel of a long frame, series by series but otherwise as it stands: nothing is refused."""
    codes, names = pd.factorize(frame["unique_id"], sort=True)
    order = np.argsort(codes, kind="stable")
    offsets = np.searchsorted(codes[order], np.arange(len(names) + 1)).astype(np.int64)
    columns = {str(name): frame[name].to_numpy()[order] for name in frame.columns[2:]}
    return Panel(tuple(str(name) for name in names), offsets, frame["ds"].to_numpy()[order], columns)


def history(panel: Panel, end: np.datetime64 | int) -> Panel:
    """The rows up to the as-of date: what comes later is about columns that are known ahead."""
    seen = ~(panel.ds > end)  # a missing time is no reason to leave a row out
    return panel if seen.all() else panel.take(seen)


def in_rows(panel: Panel, wrong: NDArray[np.bool_], share: float = 0.0) -> list[Finding]:
    """Series with rows where `wrong` (T,) is true; a share of up to `share` is accepted."""
    counts = np.diff(np.concatenate([[0], np.cumsum(wrong)])[panel.offsets])
    found = []
    for n in np.flatnonzero(counts):
        rows = slice(int(panel.offsets[n]), int(panel.offsets[n + 1]))
        count, of = int(counts[n]), rows.stop - rows.start
        first = time_texts(panel.ds[rows][wrong[rows]])
        found.append(Finding(panel.ids[n], count, of, first, accepted=count / of <= share))
    return found


def out_of_order(panel: Panel) -> list[Finding]:
    """Rows whose time does not come after that of the row before in the same series."""
    series = panel.series_of_rows()
    wrong = np.zeros(len(panel), np.bool_)
    wrong[1:] = (series[1:] == series[:-1]) & ~(panel.ds[1:] > panel.ds[:-1])
    return in_rows(panel, wrong)


def missing(panel: Panel, column: str, share: float = 0.0) -> list[Finding]:
    """Rows without a value in a column."""
    return in_rows(panel, np.isnan(panel.columns[column]), share)


def not_whole(panel: Panel, column: str) -> list[Finding]:
    """Rows whose value is no count: negative, or with a fraction."""
    values = panel.columns[column]
    return in_rows(panel, (values < 0) | (values % 1 > 0))


def not_constant(panel: Panel, column: str) -> list[Finding]:
    """Rows whose value differs from the series' first; all rows of a series that has no value."""
    values = panel.columns[column].astype(np.float64)
    told = ~np.isnan(values)
    rows = np.where(told, np.arange(len(values)), len(values))
    places = np.minimum.reduceat(np.append(rows, len(values)), panel.offsets[:-1])
    first = np.append(values, np.nan)[places]
    wrong = told & (values != np.repeat(first, np.diff(panel.offsets)))
    return in_rows(panel, wrong | np.repeat(np.isnan(first), np.diff(panel.offsets)))


def too_short(panel: Panel, needed: int) -> list[Finding]:
    """Series with fewer than `needed` rows; the count is what they lack."""
    lengths = zip(panel.ids, np.diff(panel.offsets).tolist(), strict=True)
    return [Finding(name, needed - length, needed, ()) for name, length in lengths if length < needed]


def too_few(panel: Panel, needed: int, window: int) -> list[Finding]:
    """All series, when they have fewer than `needed` times together, or none the rows of a `window`."""
    if len(np.unique(panel.ds)) < needed:
        return too_short(panel, needed)
    short = too_short(panel, window)
    return short if len(short) == len(panel.ids) else []


def unseen(series: Iterable[str], known: Collection[str]) -> list[Finding]:
    """Series that are not among those that a model learns from."""
    named = set(known)
    return [Finding(name, 1, 0, ()) for name in series if name not in named]


def time_texts(times: Times) -> tuple[str, ...]:
    """The first times as text: dates where they are at midnight, integer steps as they are."""
    return tuple(time_text(time) for time in times[:SHOWN])


def time_text(time: np.datetime64 | np.int64) -> str:
    """One time as text."""
    if not isinstance(time, np.datetime64):
        return str(time)
    midnight = time == time.astype("datetime64[D]")
    return str(time.astype("datetime64[D]" if midnight else "datetime64[s]"))


def instant(end: str | int) -> np.datetime64 | int:
    """A time as expectations keep it, for comparison with a panel's."""
    return np.datetime64(end, "us") if isinstance(end, str) else end
