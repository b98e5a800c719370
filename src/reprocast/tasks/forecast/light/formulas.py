"""Features by name with numpy alone: what `data.transforms` derives, which needs a panel and with it pandas.

A test holds each formula to the one that the model was trained with. Legend: T rows of one series.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Times = NDArray[Any]

FLOOR = 1e-4
"""Least volatility of a day."""
BODY = 2 * np.log(2) - 1
"""Weight of the body in the Garman-Klass variance (1980)."""
DAY = np.timedelta64(1, "D")
LONGEST = np.asarray([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
"""Days of the months in a leap year."""


def _change(values: Floats) -> Floats:
    return np.diff(values, prepend=np.nan)


def _volatility(opening: Floats, high: Floats, low: Floats, close: Floats) -> Floats:
    variance = np.log(high / low) ** 2 / 2 - BODY * np.log(close / opening) ** 2
    found: Floats = np.log(np.maximum(variance, FLOOR**2)) / 2
    return found


FORMULAS: Mapping[str, Callable[..., Floats]] = {
    "diff": _change,
    "log": np.log,
    "log_return": lambda values: _change(np.log(values)),
    "log_volatility": _volatility,
    "log_volume": np.log1p,
}
"""By name: columns (T,) -> feature (T,)."""


def _share_of_year(ds: Times) -> Floats:
    month, passed = ds.astype("datetime64[M]"), np.cumsum(LONGEST) - LONGEST
    days = (ds.astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64)
    share: Floats = (passed[month.astype(np.int64) % 12] + days) / LONGEST.sum()
    return share


CYCLES: Mapping[str, Callable[[Times], Floats]] = {
    "day_of_week": lambda ds: (ds.astype("datetime64[D]").astype(np.int64) + 3) % 7 / 7,  # day 0: a Thursday
    "day_of_year": _share_of_year,
    "hour": lambda ds: (ds - ds.astype("datetime64[D]")) / DAY,
    "month": lambda ds: ds.astype("datetime64[M]").astype(np.int64) % 12 / 12,
}
"""By name: times (T,) -> share of the cycle that is over."""


def on_the_circle(name: str, ds: Times) -> dict[str, Floats]:
    """The two channels that a cycle becomes, each (T,)."""
    angle = 2 * np.pi * CYCLES[name](ds)
    return {f"{name}_sin": np.sin(angle), f"{name}_cos": np.cos(angle)}
