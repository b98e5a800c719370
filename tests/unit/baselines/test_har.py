from dataclasses import replace

import numpy as np
import pytest

from reprocast.baselines.saved import fit_baseline
from reprocast.data.windows import gather
from reprocast.params.baselines import Baseline

HAR = Baseline(kind="har")


def fit(windows):
    return fit_baseline("har", HAR, windows, 0, "w", "f")


def test_coefficients_are_recovered_from_a_series_that_follows_them(make_windows):
    """A noiseless series built one step at a time from known coefficients."""
    truth, windows = np.array([0.3, 0.5, 0.2, 0.25]), make_windows(horizon=1)
    length, rng, values = int(windows.offsets[1]), np.random.default_rng(1), windows.values.copy()
    for first in (0, length):
        series = list(rng.standard_normal(24))
        while len(series) < length:
            means = [np.mean(series[-span:]) for span in (1, 5, 22)]
            series.append(truth @ [1.0, *means])
        values[first : first + length, 0] = series
    fold = replace(windows.folds[0], loc=np.zeros((2, 2)), scale=np.ones((2, 2)))
    model = fit(replace(windows, values=values, folds={0: fold}))
    np.testing.assert_allclose(model.description.fitted["coefficients"][0][0], truth, rtol=1e-6)


def test_forecasts_equal_the_normal_equations_solved_window_by_window(make_windows):
    windows = make_windows(horizon=2, targets=2)
    fold, model = windows.folds[0], fit(windows)
    train, test = gather(windows, fold, fold.starts["train"]), gather(windows, fold, fold.starts["test"])

    def row(past, b, k):
        seen = past[b, :, k]
        return [1.0, seen[-1], sum(seen[-5:]) / 5, sum(seen[-22:]) / 22]

    for k in range(2):
        x = np.array([row(train.past, b, k) for b in range(len(train.past))])
        for step in range(2):
            solved = np.linalg.solve(x.T @ x, x.T @ train.target[:, step, k])
            expected = [np.dot(row(test.past, b, k), solved) for b in range(len(test.past))]
            np.testing.assert_allclose(model.forecast(test)[0, :, step, k], expected, rtol=1e-7)


def test_only_training_windows_enter(make_windows):
    """Everything after the last row that a training window reaches is scrambled; no coefficient moves."""
    windows = make_windows()
    reach = max(s for s in windows.folds[0].starts["train"] if s < windows.offsets[1]) + 24 + 3
    values = windows.values.copy()
    for first, last in ((0, windows.offsets[1]), (windows.offsets[1], windows.offsets[2])):
        values[first + reach : last] = np.random.default_rng(9).standard_normal(
            values[first + reach : last].shape
        )
    scrambled = replace(windows, values=values)
    assert fit(scrambled).description.fitted == fit(windows).description.fitted


def test_a_constant_series_has_a_forecast(make_windows):
    windows = make_windows()
    model = fit(replace(windows, values=np.ones_like(windows.values)))
    fold = windows.folds[0]
    batch = gather(replace(windows, values=np.ones_like(windows.values)), fold, fold.starts["test"])
    assert np.isfinite(model.forecast(batch)).all()


@pytest.mark.parametrize(("horizon", "targets", "parameters"), [(5, 1, 20), (3, 2, 24)])
def test_parameters_are_the_numbers_fitted(make_windows, horizon, targets, parameters):
    model = fit(make_windows(horizon=horizon, targets=targets))
    assert model.description.cost.parameters == parameters
    assert np.asarray(model.description.fitted["coefficients"]).size == parameters
