"""Weights of the Theta models against statsforecast, seasons taken out before against statsmodels."""

import numpy as np
import pytest
from statsforecast.theta import auto_theta, forecast_theta
from statsmodels.tsa.seasonal import seasonal_decompose

from reprocast.baselines.auto_theta import _ahead, fit_series, predictor
from reprocast.baselines.seasons import indices


@pytest.mark.parametrize("form", ["STM", "OTM", "DSTM", "DOTM"])
def test_forecasts_equal_those_of_statsforecast(form):
    """It searches for the level before the window; ours is solved for."""
    seen = 10 + np.random.default_rng(0).normal(size=40).cumsum()
    theta = 2.0 if form.endswith("STM") else 3.7
    expected = forecast_theta(auto_theta(seen, 1, model=form, alpha=0.3, theta=theta), 6)["mean"]
    found = predictor({"form": form, "alpha": 0.3, "theta": theta}, 40, 6) @ seen
    np.testing.assert_allclose(found, expected, rtol=2e-6)


@pytest.mark.parametrize("acts", ["additive", "multiplicative"])
@pytest.mark.parametrize("season", [2, 3, 4, 7])
def test_seasonal_indices_equal_those_of_statsmodels(acts, season):
    seen = np.exp(0.2 * np.random.default_rng(season).normal(size=(5, 2 * season + 3)))
    expected = seasonal_decompose(seen.T, model=acts, period=season).seasonal.T
    found = indices(seen, season, 3, acts)
    np.testing.assert_allclose(found[:, :-3], expected, rtol=1e-10)
    np.testing.assert_allclose(found[:, -3:], found[:, -3 - season :][:, :3], rtol=1e-12)


def test_a_season_that_multiplies_is_divided_out_where_it_can_be():
    """A line times a season is continued; a window with a zero is forecast with a season that adds."""
    season = np.array([1.5, 0.5, 1.0, 1.0])
    path = (10 + 0.5 * np.arange(44)) * season[np.arange(44) % 4]
    seen = np.stack([path[:40], np.where(np.arange(40) == 3, 0, path[:40])])
    own = {"form": "STM", "alpha": 0.5, "theta": 2.0, "season": "multiplicative"}
    found = _ahead(own, seen, 4, 4)
    np.testing.assert_allclose(found[0], path[40:], rtol=0.05)
    np.testing.assert_allclose(found[1], _ahead(own | {"season": "additive"}, seen, 4, 4)[1])


def test_a_season_is_found_in_training():
    rng = np.random.default_rng(2)
    seasonal = np.tile([5.0, -2, -4, 1], 20) + rng.normal(0, 0.5, 80)
    assert fit_series(seasonal, 4)["season"] == "additive"
    assert fit_series(seasonal + 20, 4)["season"] == "multiplicative"
    assert fit_series(rng.normal(size=80), 4)["season"] == "none"
    assert fit_series(np.ones(50), 4)["form"] == "STM"
