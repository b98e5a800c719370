"""AutoETS: exponential smoothing with the error, trend and season that have the best AICc in training.

Hyndman, Koehler, Snyder & Grose (2002), A State Space Framework for Automatic Forecasting Using Exponential
Smoothing Methods; fitted by statsforecast. With errors e = y − (ℓ + φ b + s_m):
    ℓ' = ℓ + φ b + α e,   b' = φ b + β e,   s' = s_m + γ e
where multiplicative errors move the states in the same way. Seasons are additive: then a forecast is linear
in what is seen (forecast log(target) where they grow with the level). Parameters are fitted on training; the
states before the look-back are those with the least squared errors within it.
Legend: L look-back, H horizon, P states.
"""

from typing import Any

import numpy as np

from reprocast.baselines.affine import Parameters, fit_each, forecast_by_weights, statsforecast
from reprocast.data.windows import Batch, Floats, Fold, Windows
from reprocast.model import Description

NAMES = ("level", "trend", "season", "damping")
FEWEST = 12
"""Training values that a choice needs; fewer are forecast by the last one."""


def forecast(batch: Batch, model: Description) -> Floats:
    """Forecasts (B, H, K) from the targets seen."""
    return forecast_by_weights(batch, model, weights)


def fit(windows: Windows, fold: Fold, block: dict[str, Any]) -> dict[str, Any]:
    """`series` (N, K): the form, and the smoothing of level, trend and season, and the damping."""
    return fit_each(windows, fold, block, fit_series)


def fit_series(values: Floats, season: int) -> Parameters:
    """The form with the best AICc of a series (R,), and its parameters."""
    if len(values) < max(FEWEST, 2 * season + 8) or np.ptp(values) == 0:
        return {"form": "ANNN", "level": 1.0, "trend": 0.0, "season": 0.0, "damping": 1.0}
    ets = statsforecast("ets")
    tried = [ets.ets_f(values, m=season, model=f"ZZ{form}") for form in ("NA" if season > 1 else "N")]
    best = min(tried, key=lambda one: float(one["aicc"]))
    absent = dict(zip(NAMES, (1.0, 0.0, 0.0, 1.0), strict=True))
    own = dict(zip(NAMES, best["par"][:4].tolist(), strict=True))
    there = {name: value for name, value in own.items() if np.isfinite(value)}
    return {"form": best["components"], **absent, **there}


def weights(parameters: Parameters, model: Description) -> Floats:
    """Weights (H, L+1) of the values seen and of a constant."""
    return predictor(parameters, model.fitted["season"], model.look_back, model.horizon)


def predictor(parameters: Parameters, season: int, look_back: int, horizon: int) -> Floats:
    """Forecasts as rows of weights (H, L+1), by carrying states that are linear in the values seen."""
    seen_by, moves, gains = _system(parameters, season)
    P = len(gains)
    states = np.eye(P, P + look_back)  # of the first states (P) and the values seen (L)
    errors = np.empty((look_back, P + look_back))
    for step in range(look_back):
        errors[step] = -seen_by @ states
        errors[step, P + step] += 1
        states = moves @ states + np.outer(gains, errors[step])
    first = np.linalg.lstsq(errors[:, :P], -errors[:, P:], rcond=1e-10)[0]  # -> (P, L)
    last = states[:, :P] @ first + states[:, P:]
    ahead = []
    for _ in range(horizon):
        ahead.append(seen_by @ last)
        last = moves @ last
    return np.column_stack([np.stack(ahead), np.zeros(horizon)])


def _system(parameters: Parameters, season: int) -> tuple[Floats, Floats, Floats]:
    """What is seen of the states (P,), how they move (P, P), and how an error moves them (P,)."""
    has_trend, has_season = parameters["form"][1] != "N", parameters["form"][2] != "N"
    damping, m = parameters["damping"], season if has_season else 0
    first = 1 + has_trend
    moves, seen_by, gains = np.zeros((first + m, first + m)), np.zeros(first + m), np.zeros(first + m)
    moves[0, 0], seen_by[0], gains[0] = 1, 1, parameters["level"]
    if has_trend:
        moves[:2, 1], seen_by[1], gains[1] = damping, damping, parameters["trend"]
    if has_season:  # the state in front is a season old; it moves to the end
        seen_by[first], gains[-1] = 1, parameters["season"]
        moves[first:, first:] = np.roll(np.eye(m), 1, axis=1)
    return seen_by, moves, gains
