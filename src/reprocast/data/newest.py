"""How far a panel reaches at an as-of date: the `data.end` that a scheduled round moves to."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from reprocast.data.asof import last_closed, over_by, select, time_value, until
from reprocast.data.calendars import bar_ends, due_times, is_exchange
from reprocast.errors import DataError
from reprocast.panel import Panel
from reprocast.params.calendar import is_within_sessions
from reprocast.params.data import DataBlock

LONGEST_REST = timedelta(days=30)
"""No exchange rests longer."""


def asked_up_to(calendar: str, as_of: str | int) -> str | int:
    """The last day worth asking a source for: an exchange's last session that had closed by `as_of`.

    On a weekend or a holiday that is the day that was asked for before, so that the same request is made.
    Calendars without sessions are asked for up to the day of `as_of`.
    """
    if isinstance(as_of, int):
        return as_of
    exchange = calendar[:4]
    if not (is_exchange(calendar) or is_within_sessions(calendar)):
        return as_of
    day = date.fromisoformat(str(last_closed(exchange, as_of))[:10])
    sessions = due_times(exchange, day - LONGEST_REST, day)
    return str(sessions[-1])[:10] if len(sessions) else as_of


def last_end(panel: Panel, data: DataBlock, as_of: str | int, known: tuple[str, ...] = ()) -> str | int:
    """The `data.end` that takes in every row known at `as_of`, and nothing else.

    Args:
        panel: raw values of a vintage.
        data: the `data` block; its own end is not looked at.
        as_of: nothing later is looked at.
        known: columns known ahead: a row that has values in these only (a plan) is none.

    Raises:
        DataError: there is no row by then, or the as-of date does not fit the panel's times.
    """
    end = last_closed(data.calendar, as_of)
    seen = over_by(until(select(panel, getattr(data, "series", ())), end), data.calendar, end)
    times = seen.ds[_measured(seen, known)]
    if not len(times):
        raise DataError(f"data: has no row up to {as_of}; the first is of {time_value(panel.ds.min())}")
    return _end_of(data.calendar, times.max())


def instant(end: str | int) -> float:
    """A number that orders ends; a day ends when the next one begins."""
    if isinstance(end, int):
        return float(end)
    time = datetime.fromisoformat(end).replace(tzinfo=UTC)
    return (time if "T" in end or " " in end else time + timedelta(days=1)).timestamp()


def _measured(panel: Panel, known: tuple[str, ...]) -> Any:
    """Rows with a value in a column that is not known ahead (T,)."""
    others = [values for name, values in panel.columns.items() if name not in known]
    return ~np.logical_and.reduce([np.isnan(values) for values in others]) if others else slice(None)


def _end_of(calendar: str, label: Any) -> str | int:
    """The end of the bar with this label: its day where the bar ends with a day, otherwise the time."""
    if calendar == "step" or is_exchange(calendar):
        return time_value(label)
    over = datetime.fromisoformat(str(bar_ends(calendar, np.array([label], "datetime64[us]"))[0])[:26])
    if (over.hour, over.minute, over.second) == (0, 0, 0):
        return (over - timedelta(days=1)).date().isoformat()
    return over.isoformat()
