"""Weights of exponential smoothing: the equations a step at a time, and statsmodels."""

import numpy as np
import pytest
from scipy.optimize import least_squares
from statsmodels.tsa.statespace.exponential_smoothing import ExponentialSmoothing

from reprocast.baselines.auto_ets import fit_series, predictor

SEASON = 4
FORMS = {
    "ANNN": {"level": 0.3},
    "MNNN": {"level": 0.3},
    "AANN": {"level": 0.4, "trend": 0.1},
    "AAND": {"level": 0.4, "trend": 0.1, "damping": 0.9},
    "ANAN": {"level": 0.2, "season": 0.15},
    "AAAN": {"level": 0.2, "trend": 0.05, "season": 0.3},
    "AAAD": {"level": 0.2, "trend": 0.05, "season": 0.3, "damping": 0.85},
}


def seen_and_parameters(form):
    seen = 50 + np.random.default_rng(1).normal(size=31).cumsum()
    return seen, {"trend": 0.0, "season": 0.0, "damping": 1.0, **FORMS[form], "form": form}


def by_hand(first, seen, own, horizon):
    """Errors within `seen` and forecasts after it, from the first level, trend and season."""
    level, trend, *season = first
    level, season = float(level), list(season)
    errors, ahead = [], []
    for step in range(len(seen) + horizon):
        mean = level + own["damping"] * trend + season[step]
        error = seen[step] - mean if step < len(seen) else 0.0
        (errors if step < len(seen) else ahead).append(error if step < len(seen) else mean)
        level += own["damping"] * trend + own["level"] * error
        trend = own["damping"] * trend + own["trend"] * error
        season.append(season[step] + own["season"] * error)
    return np.asarray(errors), np.asarray(ahead)


@pytest.mark.parametrize("form", FORMS)
def test_forecasts_equal_the_recursion_from_the_best_first_states(form):
    seen, own = seen_and_parameters(form)
    used = np.array([True, form[1] == "A", *[form[2] == "A"] * SEASON])

    def run(some):
        first = np.zeros(2 + SEASON)
        first[used] = some
        return by_hand(first, seen, own, 7)

    best = least_squares(lambda some: run(some)[0], np.r_[50, np.zeros(used.sum() - 1)], xtol=1e-14).x
    found = predictor(own, SEASON, len(seen), 7) @ [*seen, 1.0]
    np.testing.assert_allclose(found, run(best)[1], rtol=1e-6)


@pytest.mark.parametrize("form", [form for form in FORMS if form[3] == "N" and form[0] == "A"])
def test_forecasts_equal_those_of_statsmodels(form):
    seen, own = seen_and_parameters(form)
    other = ExponentialSmoothing(
        seen,
        trend=form[1] == "A",
        seasonal=SEASON if form[2] == "A" else None,
        initialization_method="concentrated",
    )
    names = {"smoothing_level": "level", "smoothing_trend": "trend", "smoothing_seasonal": "season"}
    expected = other.smooth([own[names[name]] for name in other.param_names]).forecast(7)
    np.testing.assert_allclose(predictor(own, SEASON, len(seen), 7) @ [*seen, 1.0], expected, rtol=1e-6)


def test_the_form_that_made_a_series_is_found():
    """A season, no trend; then a trend, no season."""
    rng = np.random.default_rng(2)
    seasonal = np.tile([5.0, -2, -4, 1], 40) + rng.normal(0, 0.5, 160)
    assert fit_series(seasonal, SEASON)["form"][1:3] == "NA"
    assert fit_series(np.arange(160.0) + rng.normal(0, 0.5, 160), SEASON)["form"][1:3] == "AN"


@pytest.mark.parametrize("values", [np.ones(50), np.arange(5.0)])
def test_what_tells_nothing_is_forecast_by_the_last_value(values):
    found = predictor(fit_series(values, SEASON), SEASON, 9, 2)
    np.testing.assert_allclose(found @ [*range(9), 1.0], [8, 8], atol=1e-9)
