"""When a value is due: an exchange's days or the bars within them, a plain frequency, or integer steps."""

import re
from typing import Any

import numpy as np
import pandas as pd

from reprocast.data import exchanges
from reprocast.errors import ParamsError
from reprocast.panel import Times
from reprocast.params.calendar import is_exchange, is_within_sessions, step_within_day

__all__ = ["bar_ends", "due_times", "following", "is_exchange", "session_close"]

DAY = pd.Timedelta(days=1)


def due_times(calendar: str, first: Any, last: Any) -> Times:
    """The times due from `first` to `last`, both included where they are due themselves.

    Frequencies without an anchor of their own start at `first`: hourly values from 10:05 are due at 10:05,
    11:05 and so on, 7D means every week on the weekday of `first`. XNYS@15min means the openings (UTC) of
    the bars in the exchange's sessions.

    Raises:
        ParamsError: an unknown exchange, or a span that its calendar does not cover.
    """
    if calendar == "step":
        return np.arange(int(first), int(last) + 1, dtype=np.int64)
    begin, end = pd.Timestamp(first), pd.Timestamp(last)
    if is_exchange(calendar):
        return exchanges.sessions(calendar, begin.ceil("D"), end.normalize())
    if is_within_sessions(calendar):
        return _bars(calendar, begin, end)[0]
    return _regular(calendar, start=begin, end=end)


def following(calendar: str, last: Any, n: int) -> Times:
    """The `n` due times after `last`; raises like `due_times`."""
    if calendar == "step":
        return np.arange(int(last) + 1, int(last) + 1 + n, dtype=np.int64)
    begin = pd.Timestamp(last)
    if is_exchange(calendar) or is_within_sessions(calendar):
        days = 2 * n + 30  # every session has a bar at least, and no exchange rests longer
        ahead = due_times(calendar, begin, begin.normalize() + DAY * days)
    else:
        ahead = _regular(calendar, start=begin, periods=n + 1)
    return ahead[ahead > begin.to_datetime64()][:n]


def bar_ends(calendar: str, openings: Times) -> Times:
    """When the bars with these labels are over and their values known, in UTC (T,).

    A trading day ends with its session, a bar within a session after its step or with the session, a bar of
    minutes, hours, days, months, quarters or years where the next one begins. Business days, trading days
    without a session, weeks, and months that are labelled by their last day (ME) end with that day.

    Raises:
        ParamsError: as `due_times`, or `step`, whose steps have no end in time.
    """
    if calendar == "step":
        raise ParamsError("data.calendar: integer steps have no end in time; name a frequency")
    if not len(openings):
        return openings.astype("datetime64[us]")
    next_day = openings.astype("datetime64[D]").astype("datetime64[us]") + np.timedelta64(1, "D")
    if is_exchange(calendar):
        ends = exchanges.session_ends(calendar, openings)
        return np.where(np.isnat(ends), next_day, ends)
    if is_within_sessions(calendar):
        return _session_bar_ends(calendar, openings)
    if re.search("W|E|^1?B$", calendar):
        return next_day
    offset = pd.tseries.frequencies.to_offset(calendar)
    return (pd.DatetimeIndex(openings) + offset).to_numpy().astype("datetime64[us]")


def session_close(calendar: str, day: Any) -> np.datetime64:
    """When the session of an exchange's trading day closes, in UTC (datetime64[us]).

    Raises:
        ParamsError: an unknown exchange, or no session on that day.
    """
    session = pd.Timestamp(day).normalize()
    (close,) = exchanges.session_ends(calendar, np.array([session], "datetime64[us]"))
    if np.isnat(close):
        raise ParamsError(f"data.calendar: {calendar} has no session on {session.date()}")
    return np.datetime64(close)


def _regular(frequency: str, **span: Any) -> Times:
    if re.match("0", frequency):
        raise ParamsError(f"data.calendar: {frequency!r} is no step in time; try 1{frequency.lstrip('0')}")
    return pd.date_range(**span, freq=frequency).to_numpy().astype("datetime64[us]")


def _bars(calendar: str, first: pd.Timestamp, last: pd.Timestamp) -> tuple[Times, Times]:
    """Openings and ends of an exchange's bars (T,), (T,)."""
    return exchanges.bars(calendar[:4], np.timedelta64(step_within_day(calendar), "us"), first, last)


def _session_bar_ends(calendar: str, openings: Times) -> Times:
    """As the exchange's bars end; one that is not due there lasts its step (T,)."""
    due, ends = _bars(calendar, pd.Timestamp(openings.min()), pd.Timestamp(openings.max()))
    lasting = openings + np.timedelta64(step_within_day(calendar), "us")
    known = pd.Series(ends, due).reindex(openings).to_numpy().astype("datetime64[us]")
    return np.where(np.isnat(known), lasting, known)
