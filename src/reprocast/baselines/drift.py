"""Drift: the line through the first and the last value seen, continued."""

import numpy as np

from reprocast.data.windows import Floats
from reprocast.model import Description


def forecast(seen: Floats, model: Description) -> Floats:
    """Forecasts (B, H, K) from the targets seen (B, L, K).

    Hyndman & Athanasopoulos, Forecasting: Principles and Practice (3rd ed.), section 5.2.
    """
    first, last = seen[:, :1], seen[:, -1:]
    slope = (last - first) / (seen.shape[1] - 1)  # -> (B, 1, K)
    ahead = np.arange(1.0, model.horizon + 1)[None, :, None]
    result: Floats = last + ahead * slope
    return result
