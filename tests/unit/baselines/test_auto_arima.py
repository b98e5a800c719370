"""Weights of ARIMA against the exact diffuse Kalman filter of statsmodels."""

import numpy as np
import pytest
from statsmodels.tsa.statespace.sarimax import SARIMAX

from reprocast.baselines.auto_arima import fit_series, predictor

SEASON = 4
NOTHING = {"ar": [], "ma": [], "sar": [], "sma": [], "differences": 0, "seasonal_differences": 0, "mean": 0.0}
MODELS = [
    {"ar": [0.6], "mean": 3.0},
    {"ar": [0.5, -0.3], "ma": [0.4], "differences": 1},
    {"ma": [-0.7], "differences": 1, "mean": 0.2},
    {"ar": [0.3], "sma": [-0.6], "seasonal_differences": 1},
    {"ma": [0.4], "sar": [0.5], "differences": 1, "seasonal_differences": 1},
    {"ma": [-0.5], "differences": 2},
    {"sar": [0.2], "seasonal_differences": 1, "mean": 0.8},
]


@pytest.mark.parametrize("own", MODELS, ids=str)
def test_forecasts_equal_those_of_statsmodels(own):
    """A mean is a line through the series: taken out before, put back in after."""
    seen, own = 3 + np.random.default_rng(3).normal(size=30).cumsum(), NOTHING | own
    d, D = own["differences"], own["seasonal_differences"]
    line = own["mean"] * (np.arange(36.0) / SEASON**D if d + D else np.ones(36))
    p, q, P, Q = (len(own[part]) for part in ("ar", "ma", "sar", "sma"))
    other = SARIMAX(
        seen - line[:30], order=(p, d, q), seasonal_order=(P, D, Q, SEASON), use_exact_diffuse=True
    )
    expected = other.smooth([*own["ar"], *own["ma"], *own["sar"], *own["sma"], 1.0]).forecast(6) + line[30:]
    np.testing.assert_allclose(predictor(own, SEASON, 30, 6) @ [*seen, 1.0], expected, rtol=1e-6)


@pytest.mark.filterwarnings("ignore")  # of candidates that are tried and not chosen
def test_a_process_is_found_again():
    """AR(1) with 0.4 about a mean of 20; a random walk; a season that wanders."""
    rng = np.random.default_rng(0)
    noise, near = rng.normal(size=300), [20.0]
    for shock in noise:
        near.append(20 + 0.4 * (near[-1] - 20) + shock)
    found = fit_series(np.asarray(near), 1)
    assert found["differences"] == 0
    assert found["mean"] == pytest.approx(20, abs=0.6)
    assert fit_series(noise.cumsum(), 1)["differences"] == 1
    wandering = np.concatenate([rng.normal(size=4), np.zeros(196)])
    for n in range(4, 200):
        wandering[n] = wandering[n - 4] + 0.3 * rng.normal()
    assert fit_series(wandering, SEASON)["seasonal_differences"] == 1


@pytest.mark.parametrize("values", [np.ones(50), np.arange(9.0) ** 2])
def test_what_tells_nothing_is_forecast_by_the_last_value(values):
    found = predictor(fit_series(values, SEASON), SEASON, 9, 2)
    np.testing.assert_allclose(found @ [*range(9), 1.0], [8, 8], atol=1e-9)
