"""Scores of quantiles and intervals against loops over scalars, and against utilsforecast."""

from statistics import mean as average

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import integrate, stats
from utilsforecast import losses

from reprocast.evaluation import probabilistic as measure

LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
NUMBERS = st.floats(-50, 50).map(lambda v: round(v, 2))
ANSWERS = arrays(np.float64, (7,), elements=NUMBERS)
QUANTILES = arrays(np.float64, (7, 5), elements=NUMBERS).map(lambda q: np.sort(q, axis=1))


def loss(y, q, level):
    return level * (y - q) if y >= q else (1 - level) * (q - y)


@given(ANSWERS, QUANTILES)
def test_pinball_equals_a_scalar_loop(y, q):
    expected = [average(loss(y[i], q[i, n], level) for n, level in enumerate(LEVELS)) for i in range(7)]
    assert measure.pinball(y, q, LEVELS) == pytest.approx(expected)


@given(ANSWERS, QUANTILES)
def test_crps_from_quantiles_is_a_weighted_sum(y, q):
    weights = (0.175, 0.2, 0.25, 0.2, 0.175)
    expected = [2 * sum(w * loss(y[i], q[i, n], LEVELS[n]) for n, w in enumerate(weights)) for i in range(7)]
    assert measure.crps_from_quantiles(y, q, LEVELS) == pytest.approx(expected)


def test_crps_from_many_quantiles_comes_to_the_integral():
    levels = (np.arange(500) + 0.5) / 500
    found = measure.crps_from_quantiles(np.array([0.7]), stats.norm.ppf(levels)[None], levels)
    below = integrate.quad(lambda x: stats.norm.cdf(x) ** 2, -10, 0.7)[0]
    above = integrate.quad(lambda x: stats.norm.sf(x) ** 2, 0.7, 10)[0]
    assert found[0] == pytest.approx(below + above, abs=2e-4)


@given(ANSWERS, QUANTILES)
def test_intervals_equal_scalar_loops(y, q):
    low, high = q[:, 0], q[:, -1]
    for i in range(7):
        assert measure.covered(y, low, high)[i] == (low[i] <= y[i] <= high[i])
        outside = max(low[i] - y[i], 0) + max(y[i] - high[i], 0)
        expected = high[i] - low[i] + 2 / 0.2 * outside
        assert measure.interval_score(y, low, high, 0.8)[i] == pytest.approx(expected)


def test_agrees_with_utilsforecast():
    rng = np.random.default_rng(0)
    y, q = rng.normal(size=40), np.sort(rng.normal(size=(40, 5)), axis=1)
    frame = pd.DataFrame({"unique_id": "a", "ds": range(40), "y": y, "m-lo-80": q[:, 0], "m-hi-80": q[:, -1]})
    frame = frame.assign(**{f"q{n}": q[:, n] for n in range(5)})
    names = {"m": [f"q{n}" for n in range(5)]}
    theirs = losses.mqloss(frame, names, np.array(LEVELS))["m"].item()
    assert measure.pinball(y, q, LEVELS).mean() == pytest.approx(theirs, abs=1e-9)
    for n, level in enumerate(LEVELS):
        one = losses.quantile_loss(frame, {"m": f"q{n}"}, level)["m"].item()
        assert measure.pinball(y, q[:, [n]], (level,)).mean() == pytest.approx(one, abs=1e-9)
    coverage = losses.coverage(frame, ["m"], 80)["m"].item()
    assert measure.covered(y, q[:, 0], q[:, -1]).mean() == pytest.approx(coverage, abs=1e-9)
    winkler = losses.winkler_score(frame, ["m"], 80)["m"].item()
    assert measure.interval_score(y, q[:, 0], q[:, -1], 0.8).mean() == pytest.approx(winkler, abs=1e-9)
    even = (0.1, 0.3, 0.5, 0.7, 0.9)
    scaled = losses.scaled_crps(frame, names, np.array(even))["m"].item()
    found = measure.crps_from_quantiles(y, q, even).mean() / np.abs(y).mean()
    assert found == pytest.approx(scaled, abs=1e-9)


def test_what_is_not_known_is_nan():
    y, q = np.array([np.nan]), np.array([[-1.0, 0, 1, 2, 3]])
    assert np.isnan(measure.pinball(y, q, LEVELS)).all()
    assert np.isnan(measure.crps_from_quantiles(y, q, LEVELS)).all()
    assert np.isnan(measure.covered(y, q[:, 0], q[:, 1])).all()
    assert np.isnan(measure.interval_score(y, q[:, 0], q[:, 1], 0.5)).all()


def test_central_intervals_are_found_among_levels():
    assert measure.central(LEVELS) == [(0.5, 1, 3), (0.8, 0, 4)]
    assert measure.central((0.025, 0.1, 0.5, 0.9)) == [(0.8, 1, 3)]
    assert measure.central((0.3, 0.5)) == []


def test_the_transform_of_true_quantiles_is_level():
    rng = np.random.default_rng(1)
    y, q = rng.normal(size=40_000), np.tile(stats.norm.ppf(LEVELS), (40_000, 1))
    edges, below, upto = measure.pit_of_quantiles(y, q, LEVELS)
    assert edges.tolist() == [0, *LEVELS, 1]
    assert measure.pit_shares(below, upto, edges) == pytest.approx(np.diff(edges), abs=0.01)


def test_counts_are_spread_over_their_steps():
    """Czado, Gneiting & Held: of true counts the transform is level, whatever the jumps."""
    rng = np.random.default_rng(2)
    y, edges = rng.poisson(1.5, 40_000), np.linspace(0, 1, 11)
    below, upto = stats.poisson.cdf(y - 1, 1.5), stats.poisson.cdf(y, 1.5)
    assert measure.pit_shares(below, upto, edges) == pytest.approx(np.full(10, 0.1), abs=0.01)


@given(arrays(np.float64, (9, 2), elements=st.floats(0, 1)))
def test_shares_equal_a_loop_over_answers_and_bins(ends):
    below, upto = np.sort(ends, axis=1).T
    edges, expected = np.linspace(0, 1, 5), np.zeros(4)
    for low, high in zip(below, upto, strict=True):
        for n in range(4):
            first, last = edges[n], edges[n + 1]
            if high > low:
                expected[n] += max(0.0, min(high, last) - max(low, first)) / (high - low)
            else:
                expected[n] += first <= low < last or (low == last == 1)
    assert measure.pit_shares(below, upto, edges) == pytest.approx(expected / 9)
    assert measure.pit_shares(below, upto, edges).sum() == pytest.approx(1)
