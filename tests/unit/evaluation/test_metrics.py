"""Each score against a loop over scalars, and against scikit-learn and utilsforecast."""

import math
from statistics import mean as average

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from utilsforecast import losses

from reprocast.evaluation import metrics

SHAPE = (6, 3)
NUMBERS = arrays(np.float64, SHAPE, elements=st.floats(-50, 50).map(lambda v: round(v, 3)))
POSITIVE = arrays(np.float64, SHAPE, elements=st.floats(0.01, 50))


def pairs(y, mean):
    return list(zip(y.ravel().tolist(), mean.ravel().tolist(), strict=True))


@given(NUMBERS, NUMBERS)
def test_errors_equal_scalar_loops(y, mean):
    assert metrics.mae(y, mean) == pytest.approx(average(abs(a - b) for a, b in pairs(y, mean)))
    assert metrics.mse(y, mean) == pytest.approx(average((a - b) ** 2 for a, b in pairs(y, mean)))
    assert metrics.rmse(y, mean) == pytest.approx(math.sqrt(average((a - b) ** 2 for a, b in pairs(y, mean))))


@given(NUMBERS, NUMBERS, arrays(np.float64, (6, 1), elements=st.floats(0.1, 9)))
def test_mase_equals_a_scalar_loop(y, mean, unit):
    expected = average(abs(y[i, j] - mean[i, j]) / unit[i, 0] for i in range(6) for j in range(3))
    assert metrics.mase(y, mean, unit) == pytest.approx(expected)


@given(NUMBERS, NUMBERS)
def test_r2_and_correlation_equal_scalar_loops(y, mean):
    ys, ms = y.ravel().tolist(), mean.ravel().tolist()
    y_bar, m_bar = average(ys), average(ms)
    spread_y, spread_m = sum((a - y_bar) ** 2 for a in ys), sum((b - m_bar) ** 2 for b in ms)
    if spread_y < 1e-6 or spread_m < 1e-6:
        return
    explained = 1 - sum((a - b) ** 2 for a, b in pairs(y, mean)) / spread_y
    assert metrics.r2(y, mean) == pytest.approx(explained, rel=1e-6, abs=1e-9)
    together = sum((a - y_bar) * (b - m_bar) for a, b in pairs(y, mean))
    assert metrics.correlation(y, mean) == pytest.approx(together / math.sqrt(spread_y * spread_m), abs=1e-9)


@given(NUMBERS, NUMBERS, arrays(np.float64, (6, 1), elements=st.integers(-2, 2).map(float)))
def test_directional_accuracy_equals_a_scalar_loop(y, mean, last):
    def sign(value):
        return 1 if value > 1e-9 else -1 if value < -1e-9 else 0

    points = 0.0
    for i in range(6):
        for j in range(3):
            came, said = sign(y[i, j] - last[i, 0]), sign(mean[i, j] - last[i, 0])
            points += 1 if came == said else 0.5 if said == 0 else 0
    assert metrics.directional_accuracy(y, mean, last) == pytest.approx(points / 18)


def test_directional_accuracy_by_hand():
    last = np.zeros((1, 6))
    y = np.array([[1.0, 1, -1, 0, 0, 1]])
    mean = np.array([[2.0, -1, 0, 0, 1, 1e-12]])  # right, wrong, half, right, wrong, half
    assert metrics.directional_accuracy(y, mean, last) == pytest.approx(3 / 6)


def test_scaling_there_and_back_leaves_the_naive_forecast_without_a_direction():
    rng = np.random.default_rng(0)
    last, y, loc, scale = rng.normal(size=(4, 500, 1)) + 3
    back = (last - loc) / scale * scale + loc
    assert (back != last).any()
    assert metrics.directional_accuracy(y, back, last) == 0.5


@given(POSITIVE, POSITIVE)
def test_percentage_scores_equal_scalar_loops(y, mean):
    points = pairs(y, mean)
    assert metrics.smape(y, mean) == pytest.approx(average(2 * abs(a - b) / (a + b) for a, b in points))
    assert metrics.wape(y, mean) == pytest.approx(
        sum(abs(a - b) for a, b in points) / sum(a for a, _ in points)
    )


def test_scores_without_a_meaning_are_nan():
    flat, other = np.ones((2, 2)), np.array([[1.0, 2], [3, 4]])
    assert math.isnan(metrics.r2(flat, other))
    assert math.isnan(metrics.correlation(flat, other))
    assert math.isnan(metrics.correlation(other, flat))
    assert math.isnan(metrics.mase(other, flat, np.array([[1.0], [0.0]])))
    assert math.isnan(metrics.smape(other - 1, flat))
    assert math.isnan(metrics.wape(other - 5, flat))


def test_mase_of_the_in_sample_seasonal_forecast_is_one():
    """By its definition (Hyndman & Koehler 2006): the errors it is scaled by have MASE 1."""
    series = np.random.default_rng(3).normal(size=200).cumsum()
    y, seasonal = series[7:], series[:-7]
    assert metrics.mase(y, seasonal, np.abs(y - seasonal).mean()[None]) == pytest.approx(1)


def test_agrees_with_scikit_learn():
    sklearn = pytest.importorskip("sklearn.metrics")
    y, mean = np.random.default_rng(1).uniform(1, 5, (2, 40, 3))
    assert metrics.mae(y, mean) == pytest.approx(sklearn.mean_absolute_error(y.ravel(), mean.ravel()))
    assert metrics.mse(y, mean) == pytest.approx(sklearn.mean_squared_error(y.ravel(), mean.ravel()))
    assert metrics.r2(y, mean) == pytest.approx(sklearn.r2_score(y.ravel(), mean.ravel()))
    assert metrics.correlation(y, mean) == pytest.approx(np.corrcoef(y.ravel(), mean.ravel())[0, 1])


@given(NUMBERS, NUMBERS, arrays(np.float64, (6, 1), elements=st.floats(0.1, 9)))
def test_rmsse_equals_a_scalar_loop(y, mean, unit):
    squares = [(y[i, j] - mean[i, j]) ** 2 / unit[i, 0] for i in range(6) for j in range(3)]
    assert metrics.rmsse(y, mean, unit) == pytest.approx(math.sqrt(average(squares)))
    assert math.isnan(metrics.rmsse(y, mean, unit * 0))


def test_owa_is_that_of_the_m4_competition():
    """Seasonal naive on M4 hourly: 13.912 and 1.193 against Naive2's 18.383 and 2.395 make 0.628."""
    assert metrics.owa(13.912, 1.193, 18.383, 2.395) == pytest.approx(0.628, abs=6e-4)
    assert metrics.owa(0.1, 0.2, 0.1, 0.2) == 1
    assert math.isnan(metrics.owa(0.1, 0.2, 0.0, 0.2))


def test_agrees_with_utilsforecast():
    rng = np.random.default_rng(4)
    past, y, mean = rng.uniform(1, 5, 60), rng.uniform(1, 5, 12), rng.uniform(1, 5, 12)
    train = pd.DataFrame({"unique_id": "a", "ds": range(60), "y": past})
    frame = pd.DataFrame({"unique_id": "a", "ds": range(60, 72), "y": y, "m": mean})
    season = past[7:] - past[:-7]
    ours = {
        "mae": metrics.mae(y, mean),
        "mse": metrics.mse(y, mean),
        "rmse": metrics.rmse(y, mean),
        "smape": metrics.smape(y, mean) / 2,  # theirs ends at 1
        "wape": metrics.wape(y, mean),
        "mase": metrics.mase(y, mean, np.abs(season).mean()[None]),
        "rmsse": metrics.rmsse(y, mean, np.square(season).mean()[None]),
    }
    for name, value in ours.items():
        beside = {"seasonality": 7, "train_df": train} if name in ("mase", "rmsse") else {}
        theirs = getattr(losses, name)(frame, ["m"], **beside)["m"].item()
        assert value == pytest.approx(theirs, abs=1e-9), name
