"""Cutting a panel to what was asked for: its series, from the start to the as-of date."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from reprocast.data.calendars import bar_ends, due_times, is_exchange, session_close
from reprocast.errors import DataError, first_names
from reprocast.panel import Panel


def until(panel: Panel, end: str | int) -> Panel:
    """The rows up to `end`, included; a date without a time means the whole day.

    Raises:
        DataError: a date where the panel counts steps, or a step where it has times.
    """
    limit = _bound(panel, "end", end)
    if isinstance(end, str) and _is_day(end):
        return panel.take(panel.ds < limit + np.timedelta64(1, "D"))
    return panel.take(panel.ds <= limit)


def since(panel: Panel, start: str | int | None) -> Panel:
    """The rows from `start`, included; all where there is none. Raises like `until`."""
    return panel if start is None else panel.take(panel.ds >= _bound(panel, "start", start))


def select(panel: Panel, series: Collection[str]) -> Panel:
    """The series of these names; all where none is named.

    Raises:
        DataError: a name that the panel does not have.
    """
    unknown = [name for name in series if name not in panel.ids]
    if unknown:
        raise DataError(
            f"data.series: {first_names(unknown)} is not in the data; there are {first_names(panel.ids)}"
        )
    wanted = np.asarray([not series or name in series for name in panel.ids], np.bool_)
    return panel.take(wanted[panel.series_of_rows()])


def last_closed(calendar: str, end: str | int) -> str | int:
    """The as-of date as far as an exchange's days were over by then.

    A day's bar stands at midnight but is known only when its session has closed: of an `end` within a session
    the day before is left. Dates without a time mean the whole day; other calendars are left as they are.
    """
    if isinstance(end, int) or _is_day(end) or not is_exchange(calendar):
        return end
    day = datetime.fromisoformat(end).date()
    is_session = len(due_times(calendar, day, day)) > 0
    if is_session and session_close(calendar, day) > np.datetime64(datetime.fromisoformat(end), "us"):
        return (day - timedelta(days=1)).isoformat()
    return day.isoformat()


def over_by(panel: Panel, calendar: str, end: str | int) -> Panel:
    """The rows whose bars were over at `end`: a bar that opens before it may close after it.

    For bars that stand at their opening (XNYS@15min, h, MS); an exchange's days are left to `last_closed`.
    """
    if isinstance(end, int) or is_exchange(calendar):
        return panel
    limit = np.datetime64(datetime.fromisoformat(end), "us") + np.timedelta64(1 if _is_day(end) else 0, "D")
    return panel.take(bar_ends(calendar, panel.ds) <= limit)


def spans(panel: Panel) -> dict[str, dict[str, Any]]:
    """Rows, first and last time of each series, as plain values for JSON."""
    return {
        name: {
            "rows": rows.stop - rows.start,
            "first": time_value(panel.ds[rows.start]),
            "last": time_value(panel.ds[rows.stop - 1]),
        }
        for name, rows in panel.rows()
    }


def time_value(time: Any) -> str | int:
    """A time as ISO text, without the hours where it is midnight; a step as it is."""
    if not isinstance(time, np.datetime64):
        return int(time)
    text = str(time.astype("datetime64[us]").item().isoformat())
    return text.removesuffix("T00:00:00")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _bound(panel: Panel, key: str, value: str | int) -> Any:
    has_steps = panel.ds.dtype.kind != "M"
    if isinstance(value, int) != has_steps:
        found = "integer steps" if has_steps else "times"
        raise DataError(f"data.{key}: {value!r} does not fit the data, whose times are {found}")
    return value if isinstance(value, int) else np.datetime64(datetime.fromisoformat(value), "us")
