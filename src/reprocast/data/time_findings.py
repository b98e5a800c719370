"""What is wrong with the times of each series: gaps against the calendar, rows between, and both ends."""

from collections.abc import Collection, Iterable

import numpy as np

from reprocast.data.calendars import due_times, following
from reprocast.data.findings import Finding, in_rows, time_texts
from reprocast.panel import Panel, Times


def gaps(panel: Panel, calendar: str, share: float) -> list[Finding]:
    """Due times between a series' first and last row that have no row."""
    found = []
    for name, times, due in _with_due_times(panel, calendar):
        missing = due[~np.isin(due, times)]
        if len(missing):
            accepted = len(missing) / len(due) <= share
            found.append(Finding(name, len(missing), len(due), time_texts(missing), accepted))
    return found


def not_due(panel: Panel, calendar: str, share: float = 0.0) -> list[Finding]:
    """Rows at times at which the calendar has none."""
    found = []
    for name, times, due in _with_due_times(panel, calendar):
        extra = times[~np.isin(times, due)]
        if len(extra):
            accepted = len(extra) / len(times) <= share
            found.append(Finding(name, len(extra), len(times), time_texts(extra), accepted))
    return found


def stale(panel: Panel, calendar: str, end: np.datetime64 | int, steps: int) -> list[Finding]:
    """Due times after a series' last row up to `end`; up to `steps` of them are accepted."""
    found, known = [], dict[int, Times]()
    for name, rows in panel.rows():
        last = panel.ds[rows].max()
        key = int(last.astype(np.int64))
        if last < end and key not in known:
            due = due_times(calendar, last, end)
            known[key] = due[due > last]
        missing = known.get(key, panel.ds[:0])
        if len(missing):
            found.append(Finding(name, len(missing), 0, time_texts(missing), len(missing) <= steps))
    return found


def after_end(panel: Panel, end: np.datetime64 | int, known_ahead: Collection[str]) -> list[Finding]:
    """Rows after `end` that hold a value in a column that is not known ahead; all, if no column is."""
    late = panel.ds > end
    if not late.any() or not known_ahead:
        return in_rows(panel, late)
    others = [values for name, values in panel.columns.items() if name not in known_ahead]
    told = np.zeros(len(panel), np.bool_)
    for values in others:
        told |= ~np.isnan(values)
    return in_rows(panel, late & told)


def lacking_ahead(
    panel: Panel,
    column: str,
    targets: Collection[str],
    calendar: str,
    end: np.datetime64 | int,
    steps: int,
) -> list[Finding]:
    """Due times among the `steps` after a series' last target (up to `end`) without a value in `column`."""
    told, known = ~np.isnan(panel.columns[column]), dict[int, Times]()
    any_target = ~(panel.ds > end)
    any_target &= np.any([~np.isnan(panel.columns[name]) for name in targets], axis=0)
    found = []
    for name, rows in panel.rows():
        seen = panel.ds[rows][any_target[rows]]
        if not len(seen):
            continue
        last = seen.max()
        key = int(last.astype(np.int64))
        if key not in known:
            known[key] = following(calendar, last, steps)
        lacking = known[key][~np.isin(known[key], panel.ds[rows][told[rows]])]
        if len(lacking):
            found.append(Finding(name, len(lacking), steps, time_texts(lacking)))
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
