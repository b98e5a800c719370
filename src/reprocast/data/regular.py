"""Series with a row at every due time: what lies between is left out, what lacks is missing.

Legend: N series, T rows.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from reprocast.data.calendars import due_times, following
from reprocast.errors import DataError
from reprocast.panel import Column, Panel, Times, time_text

Ints = NDArray[np.int64]


def regular(panel: Panel, calendar: str) -> Panel:
    """Each series with a row at every due time from its first row to its last.

    A row that is inserted holds no value (NaN); rows at times that are not due are left out. A panel that is
    regular comes back as it is.

    Raises:
        DataError: a series none of whose rows is due.
    """
    if all(np.array_equal(panel.ds[rows], _due(calendar, panel.ds[rows])) for _, rows in panel.rows()):
        return panel
    due = [_due(calendar, panel.ds[rows]) for _, rows in panel.rows()]
    places = []
    for (name, rows), times in zip(panel.rows(), due, strict=True):
        if not np.isin(times, panel.ds[rows]).any():
            raise DataError(
                f"series {name}: no row stands at a time due by calendar {calendar}; set data.calendar"
            )
        places.append(_places(panel.ds[rows], rows.start, times))
    return _rebuilt(panel, places, due)


def refuse_off_calendar(panel: Panel, calendar: str) -> None:
    """Raises when a row stands at a time that is not due.

    Raises:
        DataError: naming the first such row.
    """
    for name, rows in panel.rows():
        times = panel.ds[rows]
        wrong = times[~np.isin(times, _due(calendar, times))]
        if len(wrong):
            raise DataError(
                f"series {name}: nothing is due at {time_text(wrong[0])} by calendar {calendar} "
                f"({len(wrong)} such rows); leave these rows out"
            )


def reaching(panel: Panel, lengths: Ints, steps: int, calendar: str) -> Panel:
    """Each series of a regular panel with its first `lengths` (N,) rows and `steps` more.

    What the panel holds after the first rows is kept; where there is no row, one without values is added.
    """
    places, times = [], []
    for (_, rows), length in zip(panel.rows(), lengths, strict=True):
        stop = rows.start + int(length) + steps
        there = np.arange(rows.start, min(stop, rows.stop))
        ahead = following(calendar, panel.ds[rows.start + int(length) - 1], steps)
        places.append(np.append(there, np.full(stop - rows.start - len(there), -1)))
        times.append(np.append(panel.ds[rows.start : rows.start + int(length)], ahead))
    return _rebuilt(panel, places, times)


def _due(calendar: str, times: Times) -> Times:
    """Due times from a series' first row to its last."""
    return _between(calendar, times[0], times[-1])


@lru_cache(maxsize=64)
def _between(calendar: str, first: object, last: object) -> Times:
    """Most series begin and end together."""
    return due_times(calendar, first, last)


def _places(times: Times, begin: int, due: Times) -> Ints:
    """Row of the panel that stands at each due time, −1 where there is none."""
    place = np.minimum(np.searchsorted(times, due), len(times) - 1)
    return np.where(times[place] == due, begin + place, -1)


def _rebuilt(panel: Panel, places: Sequence[Ints], times: Sequence[Times]) -> Panel:
    """A panel of the rows at `places`, a series an entry; −1 is a row without values."""
    source = np.concatenate(places)
    columns = {name: _taken(values, source) for name, values in panel.columns.items()}
    offsets = np.concatenate([[0], np.cumsum([len(part) for part in places])]).astype(np.int64)
    return Panel(panel.ids, offsets, np.concatenate(times), columns, panel.static)


def _taken(values: Column, source: Ints) -> Column:
    """Values at the rows of `source`; whole numbers stay whole where none is missing."""
    lacks = source < 0
    if not lacks.any():
        return values[source]
    return np.where(lacks, np.nan, values[source]).astype(np.float64)
