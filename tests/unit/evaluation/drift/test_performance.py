"""Performance drift: rare alarms while nothing changes, an alarm when errors grow; ADWIN says since when."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import lfilter

from reprocast.evaluation.drift.performance import errors
from reprocast.params.drift import Drift

POLICY = Drift()
BACKTEST, YEAR = 500, 250


def losses(
    rng: np.random.Generator, horizon: int, persistence: float, factor: float = 1.0
) -> NDArray[np.float64]:
    """Mean absolute errors of overlapping horizons, in calm and rough times, with a season."""
    length = BACKTEST + YEAR
    calm = lfilter([np.sqrt(1 - persistence**2)], [1, -persistence], rng.normal(size=length + horizon + 100))
    each = np.abs(rng.normal(size=length + horizon)) * np.exp(0.3 * calm[100:])
    averaged = np.convolve(each, np.ones(horizon) / horizon, "valid")[:length]
    seasonal = averaged * (1 + 0.3 * np.sin(2 * np.pi * np.arange(length) / 5))
    seasonal[BACKTEST:] *= factor
    return seasonal


def alarms(values: NDArray[np.float64], step: int = 5) -> int:
    """Looks of a year that find the errors worse, as the policy has it; `step` cutoffs between them."""
    count = 0
    for look in range(20, YEAR + 1, step):
        m = POLICY.window if look >= POLICY.window else POLICY.window // 3
        stop = BACKTEST + look
        found = errors(values[:stop], np.arange(stop) % 5, BACKTEST, m, POLICY.alpha / 2)
        assert found is not None
        unlikely = found.p_value < POLICY.alpha / 2 / POLICY.looks
        count += found.ratio > 1 + POLICY.worse and (unlikely or found.since is not None)
    return count


@pytest.mark.slow
@pytest.mark.parametrize("horizon", [1, 5, 24])
@pytest.mark.parametrize("persistence", [0.0, 0.9])
def test_a_year_without_a_change_alarms_rarely(horizon: int, persistence: float) -> None:
    rng = np.random.default_rng(1)
    years = [alarms(losses(rng, horizon, persistence)) > 0 for _ in range(60)]
    assert sum(years) <= 7  # 5 % are 3; eight or more would come of 5 % in one of 70 such tests


@pytest.mark.parametrize("horizon", [1, 5])
def test_larger_errors_are_found(horizon: int) -> None:
    rng = np.random.default_rng(2)
    for _ in range(3):
        assert alarms(losses(rng, horizon, 0.0, 1.6), 50) >= 1


def test_smaller_errors_are_no_alarm() -> None:
    assert alarms(losses(np.random.default_rng(3), 5, 0.0, 0.5), 25) == 0


def test_adwin_says_since_when() -> None:
    rng = np.random.default_rng(4)
    values = rng.normal(1, 0.1, size=BACKTEST + YEAR)
    values[BACKTEST + 100 :] += 1
    found = errors(values, np.arange(len(values)) % 5, BACKTEST, 60, 0.025)
    assert found is not None
    assert found.since == pytest.approx(100, abs=20)
    calm = errors(values[: BACKTEST + 100], np.arange(BACKTEST + 100) % 5, BACKTEST, 60, 0.025)
    assert calm is not None
    assert calm.since is None


def test_a_cut_within_the_backtest_is_no_news() -> None:
    rng = np.random.default_rng(5)
    values = rng.normal(1, 0.1, size=BACKTEST + YEAR)
    values[BACKTEST // 2 :] += 1
    found = errors(values, np.zeros(len(values), int), BACKTEST, 5, 0.025)
    assert found is not None
    assert found.since is None


def test_a_cut_to_smaller_errors_is_no_news() -> None:
    values = np.random.default_rng(7).normal(2, 0.1, size=BACKTEST + YEAR)
    values[BACKTEST + 100 :] -= 1
    found = errors(values, np.zeros(len(values), int), BACKTEST, 60, 0.025)
    assert found is not None
    assert found.since is None
    assert found.p_value > 0.99


def test_hard_weekdays_are_no_drift() -> None:
    """Five latest cutoffs that all fall on the hard phase are as before."""
    values = np.tile([1.0, 1.0, 1.0, 1.0, 2.0], 100) + np.random.default_rng(6).normal(0, 0.01, 500)
    latest = np.full(20, 2.0)
    phase = np.r_[np.arange(500) % 5, np.full(20, 4)]
    found = errors(np.r_[values, latest], phase, 500, 20, 0.025)
    assert found is not None
    assert found.ratio == pytest.approx(1, abs=0.02)
    assert found.p_value > 0.1


def test_a_short_backtest_is_not_compared() -> None:
    assert errors(np.ones(100), np.zeros(100, int), 59, 20, 0.05) is None
    assert errors(np.ones(100), np.zeros(100, int), 60, 20, 0.05) is not None
