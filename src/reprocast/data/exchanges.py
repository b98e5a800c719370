"""An exchange's trading days, and the bars within its sessions.

A trading day is labelled by its date, a bar within a session by its opening in UTC. Bars begin anew after a
break at noon; the last of a session is as short as it must be. Legend: T bars, P parts of sessions.
"""

import warnings
from functools import lru_cache
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd

from reprocast.errors import ParamsError
from reprocast.panel import Times

DAY = pd.Timedelta(days=1)
MICROSECONDS = "datetime64[us]"


def sessions(exchange: str, first: pd.Timestamp, last: pd.Timestamp) -> Times:
    """The trading days from `first` to `last`, both included (T,).

    Raises:
        ParamsError: an unknown exchange, or a span that its calendar does not cover.
    """
    if last < first:
        return np.zeros(0, MICROSECONDS)
    days = _covering(exchange, first, last).sessions.to_numpy().astype(MICROSECONDS)
    due: Times = days[(days >= first.to_datetime64()) & (days <= last.to_datetime64())]
    return due


def session_ends(exchange: str, days: Times) -> Times:
    """When each of these trading days closes, in UTC (T,); NaT for a day without a session.

    Raises: like `sessions`.
    """
    if not len(days):
        return days.astype(MICROSECONDS)
    known = _covering(exchange, pd.Timestamp(days.min()), pd.Timestamp(days.max()))
    closes = pd.Series(_utc(known.closes), known.sessions.to_numpy().astype(MICROSECONDS))
    return closes.reindex(days).to_numpy().astype(MICROSECONDS)


def bars(exchange: str, step: np.timedelta64, first: pd.Timestamp, last: pd.Timestamp) -> tuple[Times, Times]:
    """The bars that open from `first` to `last` (UTC), both included: openings and ends (T,), (T,).

    Raises: like `sessions`.
    """
    begins, ends = _parts(exchange, first, last)
    counts = -((begins - ends) // step)
    nth = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    openings = np.repeat(begins, counts) + nth * step
    closings = np.minimum(openings + step, np.repeat(ends, counts))
    kept = (openings >= first.to_datetime64()) & (openings <= last.to_datetime64())
    return openings[kept], closings[kept]


def _parts(exchange: str, first: pd.Timestamp, last: pd.Timestamp) -> tuple[Times, Times]:
    """Begin and end of the parts of sessions around the span, (P,), (P,): the noon break makes two of one.

    A session may open on the day before its date in UTC (Sydney) and end on the day after.
    """
    known = _covering(exchange, first.normalize(), last.normalize())
    days = known.sessions.to_numpy()
    near = (days >= (first.normalize() - DAY).to_datetime64()) & (
        days <= (last.normalize() + DAY).to_datetime64()
    )
    opens, closes = _utc(known.opens)[near], _utc(known.closes)[near]
    noon, after = _utc(known.break_starts)[near], _utc(known.break_ends)[near]
    has_break = ~np.isnat(noon)
    begins = np.concatenate([opens, after[has_break]])
    ends = np.concatenate([np.where(has_break, noon, closes), closes[has_break]])
    order = np.argsort(begins, kind="stable")
    return begins[order], ends[order]


def _utc(times: "pd.Series[pd.Timestamp]") -> Times:
    """Zoned times as plain UTC (T,)."""
    return pd.DatetimeIndex(times).tz_convert("UTC").tz_localize(None).to_numpy().astype(MICROSECONDS)


def _covering(exchange: str, first: pd.Timestamp, last: pd.Timestamp) -> Any:
    """An exchange's calendar over whole years, so that one serves many questions."""
    known = _exchange(exchange, first.year, last.year)
    earliest, latest = known.bound_min(), known.bound_max()
    if (earliest is not None and first < earliest) or (latest is not None and last > latest):
        span = f"{earliest.date() if earliest else '…'} to {latest.date() if latest else '…'}"
        raise ParamsError(
            f"data.calendar: {exchange} is known from {span} only, not {first.date()} to {last.date()}"
        )
    return known


@lru_cache(maxsize=64)
def _exchange(exchange: str, first_year: int, last_year: int) -> Any:
    """Sessions from a little before one year to a little after another, as far as they are known."""
    with warnings.catch_warnings():
        # The package's own use of pandas: Pandas4Warning is one of these.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", FutureWarning)
        try:
            return _build(exchange, first_year, last_year)
        except (NotImplementedError, ValueError) as error:
            # Seen with pandas 3.1: Orthodox Easter (Athens, Bucharest), Tel Aviv's Sundays.
            said = " ".join(str(error).split())[:80]
            raise ParamsError(
                f"data.calendar: exchange_calendars {version('exchange-calendars')} cannot compute "
                f"{exchange} with pandas {pd.__version__} ({said}); use B and a validation.gap_share"
            ) from None


def _build(exchange: str, first_year: int, last_year: int) -> Any:
    import exchange_calendars  # late: takes 0.3 s, and plain frequencies do without
    from exchange_calendars.errors import CalendarError

    try:
        known = exchange_calendars.get_calendar(exchange)
    except CalendarError:
        raise ParamsError(
            f"data.calendar: {exchange!r} is not an exchange's code like XNYS or XLON"
        ) from None
    begin, end = pd.Timestamp(first_year - 1, 12, 1), pd.Timestamp(last_year + 1, 1, 31)
    begin = max(begin, known.bound_min() or begin)
    end = min(end, known.bound_max() or end)
    return known if begin >= end else exchange_calendars.get_calendar(exchange, start=begin, end=end)
