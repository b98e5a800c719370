"""Seasonal indices by classical decomposition, of many windows at once.

Hyndman & Athanasopoulos, Forecasting: Principles and Practice (3rd ed.), section 3.4: the mean, at each point
of the season, of the values less (or over) their centred moving average. Legend: B batch, L look-back,
H horizon, m season.
"""

from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from reprocast.data.windows import Floats


def indices(seen: Floats, season: int, horizon: int, acts: Literal["additive", "multiplicative"]) -> Floats:
    """Indices (B, L+H) at the values seen (B, L ≥ 2 m) and the steps ahead; their mean is 0, or 1."""
    weights = np.ones(season) / season
    if season % 2 == 0:  # between two steps: the mean of two averages
        weights = np.convolve(weights, [0.5, 0.5])
    trend = np.einsum("blw,w->bl", sliding_window_view(seen, len(weights), axis=1), weights)
    edge = len(weights) // 2
    middle = seen[:, edge : seen.shape[1] - edge]
    with np.errstate(divide="ignore", invalid="ignore"):
        rest = middle - trend if acts == "additive" else middle / trend
    phase = np.arange(edge, edge + middle.shape[1]) % season
    own = np.stack([rest[:, phase == point].mean(axis=1) for point in range(season)], axis=1)  # -> (B, m)
    mean = own.mean(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        own = own - mean if acts == "additive" else own / mean
    result: Floats = own[:, np.arange(seen.shape[1] + horizon) % season]
    return result
