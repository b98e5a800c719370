"""Forecasts for many windows, a batch at a time, and none that is not a number."""

from collections.abc import Callable
from typing import cast

import numpy as np
from numpy.typing import NDArray

from reprocast.data.windows import Batch, Fold, Ints, Windows, gather, series_of
from reprocast.errors import DataError
from reprocast.model import DistributionModel, Model, QuantileModel, distribution_of, levels_of

BATCH = 1024
"""Windows in a batch: fixed, because the last bits of a network's forecast depend on it."""


def forecast_windows(model: Model, windows: Windows, fold: Fold, starts: Ints) -> NDArray[np.float64]:
    """Scaled forecasts (S, M, H, K) of the windows at `starts` (M,).

    Raises:
        DataError: a forecast is not finite; names the model, the series and the first cutoff.
    """
    if not len(starts):
        seeds = max(1, len(model.description.seeds))
        return np.zeros((seeds, 0, windows.horizon, len(windows.channels.target)))
    forecasts = _in_batches(model.forecast, windows, fold, starts)
    _refuse_non_finite(forecasts, model.description.name, windows, starts)
    return forecasts


def quantiles_of_windows(
    model: Model, windows: Windows, fold: Fold, starts: Ints
) -> NDArray[np.float64] | None:
    """Scaled quantiles (S, M, H, K, Q) of the windows at `starts` (M,), where the model has levels."""
    if not levels_of(model.description) or not len(starts):
        return None
    return _in_batches(cast("QuantileModel", model).quantiles, windows, fold, starts)


def parameters_of_windows(
    model: Model, windows: Windows, fold: Fold, starts: Ints
) -> NDArray[np.float64] | None:
    """Parameters (S, M, H, K, P) of the windows at `starts` (M,), where the head is a distribution."""
    if distribution_of(model.description) is None or not len(starts):
        return None
    return _in_batches(cast("DistributionModel", model).parameters, windows, fold, starts)


def _in_batches(
    answer: Callable[[Batch], NDArray[np.float64]], windows: Windows, fold: Fold, starts: Ints
) -> NDArray[np.float64]:
    """What a model answers to all windows (S, M, …)."""
    parts = [
        answer(gather(windows, fold, starts[first : first + BATCH])) for first in range(0, len(starts), BATCH)
    ]
    return np.concatenate(parts, axis=1)


def _refuse_non_finite(forecasts: NDArray[np.float64], name: str, windows: Windows, starts: Ints) -> None:
    bad = starts[~np.isfinite(forecasts).all(axis=(0, 2, 3))]
    if not len(bad):
        return
    cutoffs = windows.ds[bad + windows.look_back - 1]
    first = int(np.argmin(cutoffs))
    series = windows.ids[int(series_of(windows, bad[first : first + 1])[0])]
    raise DataError(
        f"models/{name}: {len(bad)} of {len(starts)} forecasts are not finite, the first for {series} at "
        f"cutoff {cutoffs[first]}; did training diverge? lower train.learning_rate"
    )
