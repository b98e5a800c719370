"""EWMA: every step ahead is the mean of the values seen, each weighted less by a factor than the next newer.

Brown (1959), Statistical Forecasting for Inventory Control; RiskMetrics (1996) for volatility. With the
smoothing s the weights s (1 − s)^j of the values j steps back are divided by their sum, so that a short
look-back leaves no bias. The smoothing is declared, or is the one of `GRID` with the least squared error on
the validation windows.
"""

from typing import Any

import numpy as np

from reprocast.data.windows import Floats, Fold, Windows, gather
from reprocast.model import Description

GRID = (0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Smoothings that validation chooses from."""
_CHUNK = 4096


def forecast(seen: Floats, model: Description) -> Floats:
    """Forecasts (B, H, K) from the targets seen (B, L, K)."""
    return _mean(seen, model.fitted["smoothing"]).repeat(model.horizon, axis=1)


def fit(windows: Windows, fold: Fold, block: dict[str, Any]) -> dict[str, Any]:
    """The `smoothing` that is declared or chosen."""
    if block["smoothing"] is not None:
        return {"smoothing": block["smoothing"]}
    starts, K = fold.starts["validation"], len(windows.channels.target)
    errors = np.zeros(len(GRID))
    for first in range(0, len(starts), _CHUNK):
        batch = gather(windows, fold, starts[first : first + _CHUNK])
        for n, smoothing in enumerate(GRID):
            errors[n] += np.nansum(np.square(batch.target - _mean(batch.past[:, :, :K], smoothing)))
    return {"smoothing": GRID[int(errors.argmin())]}


def _mean(seen: Floats, smoothing: float) -> Floats:
    """The weighted mean (B, 1, K) of (B, L, K)."""
    weights = (1 - smoothing) ** np.arange(seen.shape[1] - 1.0, -1, -1)
    result: Floats = np.einsum("blk,l->bk", seen, weights / weights.sum())[:, None]
    return result
