"""What Yahoo's bars say: as they were traded, on which day or at what time, over or not, and to the end.

Yahoo scales prices, volume and dividends by every split up to the moment of the call. A vintage must not
depend on that moment, so the scaling is undone here with all splits Yahoo names up to now. Legend: T bars.
"""

from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reprocast.data.adjust import later_product
from reprocast.data.asof import time_value
from reprocast.data.calendars import bar_ends, due_times, is_exchange
from reprocast.errors import first_names
from reprocast.panel import Times
from reprocast.params.calendar import step_within_day

PRICES = {"Open": "open", "High": "high", "Low": "low", "Close": "close"}
COLUMNS = {**PRICES, "Volume": "volume", "Dividends": "dividend", "Stock Splits": "split"}
PERIODS = ("W", "MS", "ME")
SETTLING = np.timedelta64(30, "m")
"""Yahoo's quotes come up to 20 minutes late: until then a bar that is over may still move."""
LATE = 5
"""Bars that may be missing at the end, but for an exchange's days: holidays, hours without trade."""


def traded(history: pd.DataFrame, calendar: str) -> pd.DataFrame:
    """Bars as they were traded: ds, open, high, low, close, volume, dividend and split (ratio, 1 without).

    Daily bars stand at the exchange's trading date, shorter ones at their opening in UTC; weeks and months
    are made of days and labelled as the calendar has them.
    """
    index = pd.DatetimeIndex(history.index)
    frame = history.rename(columns=COLUMNS)
    if "Capital Gains" in frame:
        frame["dividend"] += frame["Capital Gains"]  # what a fund pays out lowers its price just the same
    frame = frame[list(COLUMNS.values())].astype(np.float64)
    frame["split"] = frame["split"].where(frame["split"] > 0, 1.0)
    within_day = step_within_day(calendar) is not None
    frame.index = index.tz_convert("UTC").tz_localize(None) if within_day else pd.DatetimeIndex(index.date)
    frame = unscaled_by_splits(_in_periods(frame, calendar) if calendar in PERIODS else frame)
    frame.insert(0, "ds", pd.DatetimeIndex(frame.index).as_unit("us"))
    return frame.reset_index(drop=True)


def _in_periods(days: pd.DataFrame, calendar: str) -> pd.DataFrame:
    """Weeks or months of days whose prices are comparable (T days -> fewer rows)."""
    rules = {"open": "first", "high": "max", "low": "min", "close": "last"}
    whole = {**rules, "volume": "sum", "dividend": "sum", "split": "prod"}
    periods = days.resample(calendar).agg(whole)
    return periods.dropna(subset=["close"])


def unscaled_by_splits(frame: pd.DataFrame) -> pd.DataFrame:
    """Prices, volume and dividends as they were on their day."""
    later = later_product(frame["split"].to_numpy())
    for name in (*PRICES.values(), "dividend"):
        frame[name] *= later
    frame["volume"] /= later
    return frame


def are_over(calendar: str, labels: Times, now: datetime) -> NDArray[np.bool_]:
    """Which bars are over and settled at `now` (T,)."""
    moment = np.datetime64(now.replace(tzinfo=None), "us")
    return np.asarray(bar_ends(calendar, labels) + SETTLING <= moment)


def what_is_missing(
    frame: pd.DataFrame, calendar: str, first: str | None, end: str, now: datetime
) -> str | None:
    """Why these bars of one ticker are not whole up to `end` or `now`; None where they are.

    Args:
        frame: bars that are over, as `traded` gives them.
        calendar: when a bar is due.
        first: first day asked for; none: from the first there is.
        end: last day asked for.
        now: the time of the call (UTC).
    """
    if not len(frame):
        return _nothing(calendar, first, end, now)
    begin = frame["ds"].iloc[-1].to_datetime64()
    due = _due(calendar, begin, end, now)
    later = due[due > begin]
    if len(later) > (0 if is_exchange(calendar) else LATE):
        bars = "bar is" if len(later) == 1 else f"{len(later)} bars are"
        return f"the last {bars} missing: {first_names(time_value(time) for time in later)}"
    names = [*PRICES.values(), "volume"]
    absent = [name for name in names if np.isnan(frame[name].iloc[-1])]
    if absent:
        verb = "is" if len(absent) == 1 else "are"
        return f"{', '.join(absent)} {verb} missing on {time_value(begin)}"
    return None


def _due(calendar: str, first: Any, end: str, now: datetime) -> Times:
    """What is due from `first` to the day `end`, and over at `now`."""
    whole_day = pd.Timestamp(end) + pd.Timedelta(days=1, microseconds=-1)
    due = due_times(calendar, first, min(whole_day, pd.Timestamp(now.replace(tzinfo=None))))
    return due[are_over(calendar, due, now)]


def _nothing(calendar: str, first: str | None, end: str, now: datetime) -> str:
    if first is None:
        return f"Yahoo has no bars up to {end} (data.end)"
    if is_exchange(calendar) and not len(_due(calendar, first, end, now)):
        return f"the market ({calendar}) had no session from {first} to {end} (data.start, data.end)"
    return f"Yahoo has no bars from {first} to {end} (data.start, data.end)"
