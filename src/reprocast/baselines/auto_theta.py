"""AutoTheta: of four Theta models the one with the least squared error in training.

Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler (2016), Models for Optimising the Theta Method and Their
Relationship to State Space Models, equations 11–14; fitted by statsforecast. Of what the season leaves,
    μ_t = ℓ_{t−1} + (1 − 1/θ) ((1 − α)^{t−1} A + (1 − (1 − α)^t)/α B),   ℓ_t = α y_t + (1 − α) ℓ_{t−1}
where A + B t is the line through the values seen (STM, OTM) or through those before t (DSTM, DOTM); θ = 2 in
STM and DSTM. A season that shows in training is taken out of each look-back by classical decomposition. α and
θ are fitted on training; the level before the look-back is the one with the least squared errors within it.
Legend: B batch, L look-back, H horizon, K targets.
"""

from typing import Any

import numpy as np

from reprocast.baselines.affine import Parameters, fit_each, forecast_each, statsforecast
from reprocast.baselines.seasons import indices
from reprocast.data.windows import Batch, Floats, Fold, Windows
from reprocast.model import Description

FEWEST = 12
"""Training values that a choice needs; fewer have the standard Theta model with α = ½."""
STANDARD = {"form": "STM", "alpha": 0.5, "theta": 2.0, "season": "none"}
SMALLEST = 0.01
"""A factor of the season below it cannot be divided by: the season is added instead."""


def forecast(batch: Batch, model: Description) -> Floats:
    """Forecasts (B, H, K) from the targets seen."""

    def ahead(parameters: Parameters, seen: Floats) -> Floats:
        return _ahead(parameters, seen, model.fitted["season"], model.horizon)

    return forecast_each(batch, model, ahead)


def fit(windows: Windows, fold: Fold, block: dict[str, Any]) -> dict[str, Any]:
    """`series` (N, K): the form, α, θ, and how a season acts: `additive`, `multiplicative` or `none`."""
    return fit_each(windows, fold, block, fit_series)


def fit_series(values: Floats, season: int) -> Parameters:
    """The model with the least squared error of a series (R,)."""
    if len(values) < FEWEST or np.ptp(values) == 0:
        return dict(STANDARD)
    best = statsforecast("theta").auto_theta(values, m=season)
    parameters = {name: float(best["par"][name]) for name in ("alpha", "theta")}
    return {"form": best["modeltype"], **parameters, "season": best.get("decomposition_type", "none")}


def _ahead(parameters: Parameters, seen: Floats, season: int, horizon: int) -> Floats:
    """Forecasts (B, H) of the values seen (B, L), the season taken out and put back in."""
    weights = predictor(parameters, seen.shape[1], horizon)
    if parameters["season"] == "none":
        return np.asarray(np.einsum("bl,hl->bh", seen, weights))
    added = indices(seen, season, horizon, "additive")
    result = np.einsum("bl,hl->bh", seen - added[:, :-horizon], weights) + added[:, -horizon:]
    if parameters["season"] == "multiplicative":
        factors = indices(seen, season, horizon, "multiplicative")
        possible = (seen > 0).all(axis=1) & (factors >= SMALLEST).all(axis=1)
        rest = np.einsum("bl,hl->bh", (seen / factors[:, :-horizon])[possible], weights)
        result[possible] = rest * factors[possible, -horizon:]
    return np.asarray(result)


def predictor(parameters: Parameters, look_back: int, horizon: int) -> Floats:
    """Forecasts as rows of weights (H, L), by carrying what is linear in the level before and the values."""
    alpha, dynamic = parameters["alpha"], parameters["form"].startswith("D")
    share, keeps = 1 - 1 / parameters["theta"], 1 - alpha
    values = np.eye(look_back + horizon, 1 + look_back, k=1)  # over the first level and the values seen
    values[look_back:] = 0  # those ahead follow below
    level, errors = np.eye(1, 1 + look_back)[0], np.empty((look_back, 1 + look_back))
    through = _line(look_back) @ values[:look_back]
    for step in range(look_back + horizon):
        start, slope = _line(step) @ values[:step] if dynamic else through
        line = share * (keeps**step * start + (1 - keeps ** (step + 1)) / alpha * slope)
        if step < look_back:
            errors[step] = values[step] - level - line
        else:
            values[step] = level + line
        level = alpha * values[step] + keeps * level
    first = -(errors[:, 0] @ errors[:, 1:]) / (errors[:, 0] @ errors[:, 0])  # the level before: (L,)
    result: Floats = values[look_back:, 1:] + values[look_back:, :1] * first
    return result


def _line(count: int) -> Floats:
    """Start (at 0) and slope of the line through values 1 … n as weights (2, n); flat through one."""
    if count < 2:
        return np.eye(2, count)
    centred = np.arange(count) - (count - 1) / 2
    slope = centred / (centred @ centred)
    return np.stack([1 / count - slope * (count + 1) / 2, slope])
