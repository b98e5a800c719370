"""What is wrong with each series of a panel: counts and first offending times, vectorised over rows.

Legend: N series, T rows. These functions take the panel as it is: its times may repeat or go back.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reprocast.data.calendars import due_times
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


def frame_of(panel: Panel) -> pd.DataFrame:
    """The long form with ids as categories: a million rows cost 2 MB for them instead of 60."""
    ids = pd.Categorical.from_codes(panel.series_of_rows(), pd.Index(panel.ids))
    return pd.DataFrame({"unique_id": ids, "ds": panel.ds, **panel.columns})


def panel_of(frame: pd.DataFrame) -> Panel:
    """The panel of a long frame, series by series but otherwise as it stands: nothing is refused."""
    codes, names = pd.factorize(frame["unique_id"], sort=True)
    order = np.argsort(codes, kind="stable")
    offsets = np.searchsorted(codes[order], np.arange(len(names) + 1)).astype(np.int64)
    columns = {str(name): frame[name].to_numpy()[order] for name in frame.columns[2:]}
    return Panel(tuple(str(name) for name in names), offsets, frame["ds"].to_numpy()[order], columns)


def in_rows(panel: Panel, wrong: NDArray[np.bool_], share: float = 0.0) -> list[Finding]:
    """Series with rows where `wrong` (T,) is true; a share of up to `share` is accepted."""
    found = []
    for name, rows in panel.rows():
        count, of = int(wrong[rows].sum()), rows.stop - rows.start
        if count:
            first = time_texts(panel.ds[rows][wrong[rows]])
            found.append(Finding(name, count, of, first, accepted=count / of <= share))
    return found


def out_of_order(panel: Panel) -> list[Finding]:
    """Rows whose time does not come after that of the row before in the same series."""
    series = panel.series_of_rows()
    wrong = np.zeros(len(panel), np.bool_)
    wrong[1:] = (series[1:] == series[:-1]) & ~(panel.ds[1:] > panel.ds[:-1])
    return in_rows(panel, wrong)


def gaps(panel: Panel, calendar: str, share: float) -> list[Finding]:
    """Due times between a series' first and last row that have no row."""
    found = []
    for name, times, due in _with_due_times(panel, calendar):
        missing = due[~np.isin(due, times)]
        if len(missing):
            accepted = len(missing) / len(due) <= share
            found.append(Finding(name, len(missing), len(due), time_texts(missing), accepted))
    return found


def not_due(panel: Panel, calendar: str) -> list[Finding]:
    """Rows at times at which the calendar has none."""
    found = []
    for name, times, due in _with_due_times(panel, calendar):
        extra = times[~np.isin(times, due)]
        if len(extra):
            found.append(Finding(name, len(extra), len(times), time_texts(extra)))
    return found


def too_short(panel: Panel, needed: int) -> list[Finding]:
    """Series with fewer than `needed` rows; the count is what they lack."""
    lengths = zip(panel.ids, np.diff(panel.offsets).tolist(), strict=True)
    return [Finding(name, needed - length, needed, ()) for name, length in lengths if length < needed]


def stale(panel: Panel, calendar: str, end: np.datetime64 | int, steps: int) -> list[Finding]:
    """Due times after a series' last row up to `end`; up to `steps` of them are accepted."""
    found = []
    for name, rows in panel.rows():
        last = panel.ds[rows].max()
        if last < end:
            due = due_times(calendar, last, end)
            missing = due[due > last]
            if len(missing):
                accepted = len(missing) <= steps
                found.append(Finding(name, len(missing), 0, time_texts(missing), accepted))
    return found


def _with_due_times(panel: Panel, calendar: str) -> Iterable[tuple[str, Times, Times]]:
    """Each series with its times and those due from its first to its last; equal spans are asked once."""
    known: dict[tuple[int, int], Times] = {}
    for name, rows in panel.rows():
        times = panel.ds[rows]
        first, last = times.min(), times.max()
        span = (int(first.astype(np.int64)), int(last.astype(np.int64)))
        if span not in known:
            known[span] = due_times(calendar, first, last)
        yield name, times, known[span]


def time_texts(times: Times) -> tuple[str, ...]:
    """The first times as text: dates where they are at midnight, integer steps as they are."""
    return tuple(time_text(time) for time in times[:SHOWN])


def time_text(time: np.datetime64 | np.int64) -> str:
    """One time as text."""
    if not isinstance(time, np.datetime64):
        return str(time)
    midnight = time == time.astype("datetime64[D]")
    return str(time.astype("datetime64[D]" if midnight else "datetime64[s]"))
