"""Methods that are fitted to each series by itself, and forecast by weights on the look-back.

With its parameters fixed, exponential smoothing, Theta and ARIMA forecast each step by a weighted sum of the
values seen; the weights follow from a few parameters, are worked out when asked for, and are never stored.
Values are in the targets' units. Legend: B batch, L look-back, H horizon, K targets, N series.
"""

import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from reprocast.baselines.training_rows import longest_run, training_rows
from reprocast.data.windows import Batch, Floats, Fold, Windows
from reprocast.errors import UnavailableError
from reprocast.model import Description

FIGURES = 9
"""Significant digits kept of a parameter: what an optimiser leaves behind them is rounding."""
Parameters = dict[str, Any]


def forecast_by_weights(
    batch: Batch, model: Description, weights: Callable[[Parameters, Description], Floats]
) -> Floats:
    """Forecasts (B, H, K) with the weights (H, L+1), a constant last, of each series and target."""

    def ahead(parameters: Parameters, seen: Floats) -> Floats:
        own = weights(parameters, model)
        result: Floats = np.einsum("bl,hl->bh", seen, own[:, :-1]) + own[:, -1]
        return result

    return forecast_each(batch, model, ahead)


def forecast_each(batch: Batch, model: Description, ahead: Callable[[Parameters, Floats], Floats]) -> Floats:
    """Forecasts (B, H, K) by a method that makes (b, H) of what is seen (b, L) of one series and target."""
    seen, result = units(batch, len(model.channels.target)), np.empty_like(batch.target)
    for series in np.unique(batch.series).tolist():
        own = batch.series == series
        for k, parameters in enumerate(model.fitted["series"][series]):
            result[own, :, k] = ahead(parameters, seen[own, :, k])
    scaled: Floats = (result - batch.loc[:, None]) / batch.scale[:, None]
    return scaled


def units(batch: Batch, targets: int) -> Floats:
    """The targets seen (B, L, K) in their units."""
    seen: Floats = batch.past[:, :, :targets] * batch.scale[:, None] + batch.loc[:, None]
    return seen


def fit_each(
    windows: Windows, fold: Fold, block: dict[str, Any], fit: Callable[[Floats, int], Parameters]
) -> dict[str, Any]:
    """`series`: what `fit` makes of the training values of each target of each series, and the season.

    Raises:
        DataError: a series has no training window.
    """
    rows, season = training_rows(windows, fold), block["season"] or windows.season
    found = []
    for series in range(len(windows.ids)):
        own = longest_run(windows, rows, series)[-(block["steps"] or 0) :]
        values = np.asarray(windows.values[own], np.float64)[:, : len(windows.channels.target)]
        found.append([_fitted(fit, column, season) for column in values.T.copy()])
    return {"season": season, "series": found}


def _fitted(fit: Callable[[Floats, int], Parameters], values: Floats, season: int) -> Parameters:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # of candidates that are tried and not chosen
        return rounded(fit(values, season))


def numbers(model: Description) -> int:
    """How many numbers were fitted, of all series and targets."""
    return sum(count(part) for series in model.fitted["series"] for part in series)


def count(value: Any) -> int:
    """How many floats plain values hold."""
    if isinstance(value, dict | list | tuple):
        return sum(count(part) for part in (value.values() if isinstance(value, dict) else value))
    return int(isinstance(value, float))


def rounded(parameters: Parameters) -> Parameters:
    """Plain values: numbers to nine significant digits."""
    return {name: _plain(value) for name, value in parameters.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, str | bool | int) or value is None:
        return value
    return float(f"{value:.{FIGURES}g}") if np.ndim(value) == 0 else [_plain(part) for part in value]


def statsforecast(module: str) -> Any:
    """A module of statsforecast: seconds of compiling, so only when a method of it is fitted.

    Raises:
        UnavailableError: it is not installed; there is none for Windows.
    """
    try:
        return import_module(f"statsforecast.{module}")
    except ImportError as error:
        raise UnavailableError(
            f"baselines: auto_ets, auto_theta and auto_arima need statsforecast ({error}); install it (there "
            "is none for Windows), or take these entries out of params.yaml"
        ) from None
