"""Chance and persistence against simulation; the pattern of a season against a loop."""

import numpy as np
import pytest
from scipy import stats
from scipy.signal import lfilter

from reprocast.evaluation.drift.measures import by_chance, measures, pattern
from reprocast.evaluation.drift.persistence import inflation


@pytest.mark.parametrize("persistence", [0.0, 0.6])
def test_inflation_is_that_of_the_variance_of_means(persistence: float) -> None:
    """Of an autoregression it is known: 1 + 2 Σ (1 − k/m) φᵏ."""
    values = lfilter([1], [1, -persistence], np.random.default_rng(0).normal(size=200_000))
    m = 20
    exact = 1 + 2 * sum((1 - k / m) * persistence**k for k in range(1, m))
    assert inflation(values, m) == pytest.approx(exact, rel=0.05)
    means = values.reshape(-1, m).mean(axis=1)
    assert inflation(values, m) == pytest.approx(m * means.var() / values.var(), rel=0.1)


def test_inflation_never_flatters() -> None:
    alternating = np.tile([1.0, -1.0], 100)
    assert inflation(alternating, 10) == 1.0
    assert inflation(np.ones(50), 10) == 1.0
    with pytest.raises(ValueError, match="fewer"):
        inflation(np.ones(29), 10)


def test_p_values_are_those_of_independent_samples() -> None:
    rng = np.random.default_rng(1)
    before, after = rng.normal(size=20_000), rng.normal(0.4, 1, size=80)
    found = measures(before, after, np.arange(80) % 5)
    chance = by_chance(found, before, 20_000, 80, [found, found | {"season": 0.1}])
    expected = stats.ks_2samp(before, after, method="asymp").pvalue
    assert found["ks"] == pytest.approx(stats.ks_2samp(before, after).statistic)
    assert np.log(chance["ks"]) == pytest.approx(np.log(expected), rel=0.25)
    assert 0 < chance["psi"] < 1


def test_chance_of_a_pattern_is_a_gamma_tail() -> None:
    rng = np.random.default_rng(2)
    squares = rng.gamma(3.0, 0.5, size=4000)
    past = [{"season": float(np.sqrt(square))} for square in squares]
    found = {"psi": 0.1, "ks": 0.1, "spread": 0.1, "season": 2.0}
    chance = by_chance(found, rng.normal(size=300), 300, 60, past)["season"]
    assert chance == pytest.approx(stats.gamma.sf(4.0, 3.0, scale=0.5), rel=0.2)


def test_pattern_is_the_spread_of_the_phases_means() -> None:
    values = np.array([0.5, -0.5, 0.7, -0.7, 9.0, -0.6])
    phase = np.array([0, 1, 0, 1, 0, 1])
    means = [np.mean([0.5, 0.7, 3.0]), np.mean([-0.5, -0.7, -0.6])]  # 9 counts as 3
    within = np.sqrt((np.square(np.array([0.5, 0.7, 3.0]) - means[0]).sum() + 0.02) / 4)
    assert pattern(values, phase) == pytest.approx(np.std(means) / max(1, within / 0.74))
    assert pattern(values, np.zeros(6, int)) == 0
    assert pattern(values[:3], phase[:3]) == 0
