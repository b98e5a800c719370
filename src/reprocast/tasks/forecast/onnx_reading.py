"""What an exported file says beside its graph, so that raw columns can be read without PyTorch and pandas.

Legend: N series, C channels.
"""

import warnings
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reprocast.data.calendars import is_exchange
from reprocast.data.exchanges import sessions
from reprocast.data.familiar import LEVELS, SPREADS
from reprocast.data.transforms import CALENDAR, FEATURES, needed_columns
from reprocast.model import Description
from reprocast.panel import Times
from reprocast.tasks.forecast.refusing import has_a_unit

FIRST, LAST = 1990, 2049
"""Years of an exchange's sessions that a file holds, as far as they are known at the export."""
Json = dict[str, Any]


def reading_of(description: Description) -> Json:
    """Features with the columns they read, limits of the channels, and the sessions of an exchange."""
    found: Json = {
        "features": [
            _feature(role, name)
            for role in ("target", "past", "future")
            for name in getattr(description.features, role)
        ],
        "limits": _limits(description),
    }
    if is_exchange(description.calendar):
        found["sessions"] = _sessions(description.calendar)
    return found


def _feature(role: str, name: str) -> Json:
    """How a column or feature is made; `formula` is none for a column as it is."""
    columns, base = needed_columns([name]), name.partition("(")[0]
    feature = FEATURES.get(base) if columns != (name,) else None
    above = None if feature is None or feature.above == float("-inf") else feature.above
    is_formula = feature is not None or name in CALENDAR
    return {
        "role": role,
        "name": name,
        "formula": base if is_formula else None,
        "columns": list(columns),
        "above": above,
    }


def _limits(description: Description) -> list[list[list[float | None]]] | None:
    """Lowest and highest level, least and largest spread (N, C, 4), as `data.familiar` compares them."""
    shown, roles = description.shown, description.channels
    if shown is None:
        return None
    names = roles.target + roles.past + roles.observed + roles.future
    some = [has_a_unit(name, description) for name in names]
    by_series = zip(shown.low, shown.high, shown.least, shown.most, strict=True)
    return [
        [_of_channel(*four) if own else [None] * 4 for own, *four in zip(some, *rows, strict=True)]
        for rows in by_series
    ]


def _of_channel(low: float, high: float, least: float, most: float) -> list[float | None]:
    width = high - low
    if width <= 0:
        return [None] * 4
    largest = SPREADS * most if most > 0 else None
    return [low - LEVELS * width, high + LEVELS * width, least / SPREADS, largest]


def _sessions(exchange: str) -> Json:
    """An exchange's days: the weekdays that have sessions, and the dates among them that have none."""
    first, last = _bounds(exchange)
    days = sessions(exchange, first, last).astype("datetime64[D]")
    every = np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + 1)
    week = np.isin(np.arange(7), _weekday(days))
    rests = np.setdiff1d(every[week[_weekday(every)]], days)
    return {
        "week": week.astype(int).tolist(),
        "rests": rests.astype(str).tolist(),
        "first": str(first.date()),
        "last": str(last.date()),
    }


def _weekday(days: Times) -> NDArray[np.int64]:
    """0 is Monday; day 0, 1970-01-01, was a Thursday."""
    return (days.astype(np.int64) + 3) % 7


def _bounds(exchange: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day of FIRST to LAST of which the calendar knows whether it is a session."""
    import exchange_calendars

    with warnings.catch_warnings():  # the package's own use of pandas, as in `data.exchanges`
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", FutureWarning)
        known = exchange_calendars.get_calendar(exchange)
    first = max(pd.Timestamp(FIRST, 1, 1), known.bound_min() or pd.Timestamp.min)
    return first, min(pd.Timestamp(LAST, 12, 31), known.bound_max() or pd.Timestamp.max)
