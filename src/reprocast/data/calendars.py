"""When a value is due: an exchange's sessions, a plain frequency, or integer steps."""

import re
import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from reprocast.errors import ParamsError
from reprocast.panel import Times

DAY = pd.Timedelta(days=1)


def is_exchange(calendar: str) -> bool:
    """Whether it is an exchange's code (XNYS) and not a frequency or `step`."""
    return re.fullmatch(r"[A-Z]{4}", calendar) is not None


def due_times(calendar: str, first: Any, last: Any) -> Times:
    """The times due from `first` to `last`, both included where they are due themselves.

    Frequencies without an anchor of their own start at `first`: hourly values from 10:05 are due at 10:05,
    11:05 and so on, 7D means every week on the weekday of `first`.

    Raises:
        ParamsError: an unknown exchange, or a span that its calendar does not cover.
    """
    if calendar == "step":
        return np.arange(int(first), int(last) + 1, dtype=np.int64)
    begin, end = pd.Timestamp(first), pd.Timestamp(last)
    if is_exchange(calendar):
        return _sessions(calendar, begin.ceil("D"), end.normalize())
    return _regular(calendar, start=begin, end=end)


def following(calendar: str, last: Any, n: int) -> Times:
    """The `n` due times after `last`; raises like `due_times`."""
    if calendar == "step":
        return np.arange(int(last) + 1, int(last) + 1 + n, dtype=np.int64)
    begin = pd.Timestamp(last)
    if is_exchange(calendar):
        ahead = _sessions(calendar, begin.normalize() + DAY, begin.normalize() + DAY * (2 * n + 30))
    else:
        ahead = _regular(calendar, start=begin, periods=n + 1)
    return ahead[ahead > begin.to_datetime64()][:n]


def session_close(calendar: str, day: Any) -> np.datetime64:
    """When the session of an exchange's trading day closes, in UTC (datetime64[us]).

    Raises:
        ParamsError: an unknown exchange, or no session on that day.
    """
    session = pd.Timestamp(day).normalize()
    exchange = _covering(calendar, session, session)
    if not exchange.is_session(session):
        raise ParamsError(f"data.calendar: {calendar} has no session on {session.date()}")
    close: pd.Timestamp = exchange.session_close(session)
    return np.datetime64(close.tz_convert("UTC").tz_localize(None).to_pydatetime(), "us")


def _regular(frequency: str, **span: Any) -> Times:
    if re.match("0", frequency):
        raise ParamsError(f"data.calendar: {frequency!r} is no step in time; try 1{frequency.lstrip('0')}")
    return pd.date_range(**span, freq=frequency).to_numpy().astype("datetime64[us]")


def _sessions(calendar: str, first: pd.Timestamp, last: pd.Timestamp) -> Times:
    if last < first:
        return np.zeros(0, "datetime64[us]")
    days = _covering(calendar, first, last).sessions
    due: Times = days[(days >= first) & (days <= last)].to_numpy().astype("datetime64[us]")
    return due


def _covering(calendar: str, first: pd.Timestamp, last: pd.Timestamp) -> Any:
    """An exchange's calendar over whole years, so that one serves many questions."""
    exchange = _exchange(calendar, first.year, last.year)
    earliest, latest = exchange.bound_min(), exchange.bound_max()
    if (earliest is not None and first < earliest) or (latest is not None and last > latest):
        known = f"{earliest.date() if earliest else '…'} to {latest.date() if latest else '…'}"
        raise ParamsError(f"data.calendar: {calendar} is known from {known} only, not {first} to {last}")
    return exchange


@lru_cache(maxsize=64)
def _exchange(calendar: str, first_year: int, last_year: int) -> Any:
    """Sessions from a little before one year to the end of another, as far as they are known."""
    import exchange_calendars  # late: takes 0.3 s, and plain frequencies do without
    from exchange_calendars.errors import CalendarError

    try:
        known = _quietly(exchange_calendars.get_calendar, calendar)
    except CalendarError:
        raise ParamsError(
            f"data.calendar: {calendar!r} is not an exchange's code like XNYS or XLON"
        ) from None
    begin, end = pd.Timestamp(first_year - 1, 12, 1), pd.Timestamp(last_year, 12, 31)
    begin = max(begin, known.bound_min() or begin)
    end = min(end, known.bound_max() or end)
    if begin >= end:
        return known
    return _quietly(exchange_calendars.get_calendar, calendar, start=begin, end=end)


def _quietly(build: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Without the package's own use of something that pandas 4 will change."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Series.values", category=DeprecationWarning)
        return build(*args, **kwargs)
