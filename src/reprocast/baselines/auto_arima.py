"""AutoARIMA: the seasonal ARIMA with the best AICc in training, found by stepwise search.

Hyndman & Khandakar (2008), Automatic Time Series Forecasting: The forecast Package for R; found and fitted by
statsforecast. φ(B) Φ(B^m) (w − μ) = θ(B) Θ(B^m) e, where w is the series after d differences and D seasonal
ones. With these parameters a forecast is the best linear predictor given the look-back (Brockwell & Davis
1991, section 5.1): of w from its autocovariances, summed up again from the first values seen.
Legend: L look-back, H horizon, n differences seen.
"""

from importlib import import_module
from typing import Any

import numpy as np

from reprocast.baselines.affine import Parameters, fit_each, forecast_by_weights, statsforecast
from reprocast.data.windows import Batch, Floats, Fold, Windows
from reprocast.model import Description

FEWEST = 20
"""Training values that a search needs; fewer are forecast by the last one."""
LONG, WIDE = 150, 12
"""Longer series and seasons are searched by an approximate likelihood, as in the paper's package."""
PARTS = ("ar", "ma", "sar", "sma")


def forecast(batch: Batch, model: Description) -> Floats:
    """Forecasts (B, H, K) from the targets seen."""
    return forecast_by_weights(batch, model, weights)


def fit(windows: Windows, fold: Fold, block: dict[str, Any]) -> dict[str, Any]:
    """`series` (N, K): coefficients, differences, and the mean of what is left after them."""
    return fit_each(windows, fold, block, fit_series)


def fit_series(values: Floats, season: int) -> Parameters:
    """The model with the best AICc of a series (R,)."""
    if len(values) < max(FEWEST, 2 * season + 8) or np.ptp(values) == 0:
        return {**{part: [] for part in PARTS}, "differences": 1, "seasonal_differences": 0, "mean": 0.0}
    approximate = len(values) > LONG or season > WIDE
    search = statsforecast("arima").auto_arima_f
    found = search(values, period=season, seasonal=season > 1, approximation=approximate)
    coefficients, (d, D) = found["coef"], found["arma"][5:7]
    own = {part: _numbered(coefficients, part) for part in PARTS}
    mean = coefficients.get("intercept", coefficients.get("drift", 0.0) * (season if D else 1))
    return {**own, "differences": int(d), "seasonal_differences": int(D), "mean": float(mean)}


def _numbered(coefficients: dict[str, float], part: str) -> list[float]:
    """The coefficients ar1, ar2, … in order."""
    count = sum(name.startswith(part) and name[len(part) :].isdigit() for name in coefficients)
    return [float(coefficients[f"{part}{n}"]) for n in range(1, count + 1)]


def weights(parameters: Parameters, model: Description) -> Floats:
    """Weights (H, L+1) of the values seen and of a constant."""
    return predictor(parameters, model.fitted["season"], model.look_back, model.horizon)


def predictor(parameters: Parameters, season: int, look_back: int, horizon: int) -> Floats:
    """Forecasts as rows of weights (H, L+1), by carrying what is linear in the values seen and a constant."""
    apart = differencing(parameters, season)
    lost = len(apart) - 1
    rows = np.eye(look_back + horizon, look_back + 1)  # the values; those ahead follow below
    rows[look_back:] = 0
    left = sum(c * rows[lost - j : look_back - j] for j, c in enumerate(apart))  # w (n, L+1)
    left[:, -1] -= parameters["mean"]
    ahead = _of_the_rest(parameters, season, look_back - lost, horizon) @ left
    ahead[:, -1] += parameters["mean"]
    for step in range(horizon):
        at = look_back + step
        rows[at] = ahead[step] - sum(c * rows[at - j] for j, c in enumerate(apart) if j)
    result: Floats = rows[look_back:]
    return result


def differencing(parameters: Parameters, season: int) -> Floats:
    """Coefficients of (1 − B)^d (1 − B^m)^D, of B^0 first."""
    apart: Floats = np.ones(1)
    for span, times in ((1, parameters["differences"]), (season, parameters["seasonal_differences"])):
        for _ in range(times):
            apart = np.convolve(apart, [1.0, *[0.0] * (span - 1), -1.0])
    return apart


def _of_the_rest(parameters: Parameters, season: int, seen: int, horizon: int) -> Floats:
    """Weights (H, n) of the best linear predictor of a stationary ARMA given its last n values."""
    ar = np.convolve(_lags(parameters["ar"], 1, -1), _lags(parameters["sar"], season, -1))
    ma = np.convolve(_lags(parameters["ma"], 1, 1), _lags(parameters["sma"], season, 1))
    process = import_module("statsmodels.tsa.arima_process")
    covariances = process.arma_acovf(ar, ma, nobs=seen + horizon)
    ages = np.arange(seen)
    matrix = covariances[np.abs(ages[:, None] - ages)]
    ahead = covariances[seen - ages[None, :] + np.arange(horizon)[:, None]]
    result: Floats = np.linalg.solve(matrix, ahead.T).T
    return result


def _lags(coefficients: list[float], span: int, sign: int) -> Floats:
    """1 ± c1 B^span ± c2 B^2span …, of B^0 first."""
    polynomial = np.zeros(1 + span * len(coefficients))
    polynomial[0], polynomial[span::span] = 1, sign * np.asarray(coefficients)
    return polynomial
