"""PSI and the Kolmogorov-Smirnov distance against loops from their definitions, scipy, and simulation."""

import bisect
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reprocast.data.ordered import quantiles
from reprocast.data.shift import BINS, ks, ks_by_chance, psi, psi_by_chance, shifted
from reprocast.data.training_part import Part
from reprocast.panel import Panel

VALUES = st.lists(
    st.one_of(st.integers(-3, 3).map(float), st.floats(-1e3, 1e3, allow_subnormal=False)),
    min_size=3,
    max_size=60,
)


def psi_by_loop(before: list[float], after: list[float]) -> float:
    # our own quantiles: where a value lies on an edge, NumPy's last digit decides its bin
    inner = sorted(set(quantiles(np.asarray(before), [n / BINS for n in range(1, BINS)]).tolist()))

    def shares(values: list[float]) -> list[float]:
        counts = [0.5] * (len(inner) + 1)
        for value in values:
            counts[bisect.bisect_right(inner, value)] += 1
        return [count / sum(counts) for count in counts]

    pairs = zip(shares(before), shares(after), strict=True)
    return sum((q - p) * math.log(q / p) for p, q in pairs)


@given(VALUES, VALUES)
def test_psi_is_the_sum_over_bins(before: list[float], after: list[float]) -> None:
    found, bins = psi(np.asarray(before), np.asarray(after))
    assert found == pytest.approx(psi_by_loop(before, after), rel=1e-9, abs=1e-12)
    assert found >= -1e-12
    assert 1 <= bins <= BINS


@given(VALUES, VALUES)
def test_ks_is_scipys(before: list[float], after: list[float]) -> None:
    expected = stats.ks_2samp(before, after, method="asymp").statistic
    assert ks(np.asarray(before), np.asarray(after)) == pytest.approx(expected, abs=1e-12)


def test_bins_come_from_training_alone() -> None:
    """What is later may be anything: the bins, and with them the shares of training, stay."""
    rng = np.random.default_rng(0)
    training = rng.normal(size=1000)
    far = [psi(training, np.full(200, value))[0] for value in (10.0, 1e3, 1e9)]
    assert far[0] == far[1] == far[2]


def test_chance_stays_below_what_is_said() -> None:
    """Over 2,000 pairs without a shift, one in a thousand may be beyond; five would be too many."""
    rng = np.random.default_rng(0)
    n, m, beyond = 400, 150, np.zeros(2, int)
    for _ in range(2000):
        before, after = rng.normal(size=n), rng.normal(size=m)
        index, bins = psi(before, after)
        beyond += [index > psi_by_chance(n, m, bins), ks(before, after) > ks_by_chance(n, m)]
    assert (beyond <= 8).all()
    assert ks_by_chance(n, m) == pytest.approx(
        stats.kstwobign.isf(0.001) * math.sqrt((n + m) / (n * m)), 1e-3
    )
    assert psi_by_chance(n, m, 10) == pytest.approx(stats.chi2.isf(0.001, 9) * (1 / n + 1 / m))


def series(later: float, length: int = 500) -> Panel:
    """Series a as it was, and b that moves by `later` deviations after row 299."""
    rng = np.random.default_rng(1)
    values = rng.normal(size=2 * length)
    values[length + 300 :] += later
    ds = np.tile(np.arange(length), 2)
    return Panel(("a", "b"), np.array([0, length, 2 * length]), ds, {"y": values})


PART = Part(0, 299)


def test_a_planted_shift_is_found_by_either() -> None:
    assert shifted(series(0), "y", PART, 0.25, 0.3) == []
    for limits in [(0.25, None), (None, 0.3), (0.25, 0.3)]:
        [found] = shifted(series(1), "y", PART, *limits)
        assert (found.series, found.accepted) == ("b", False)
        assert "PSI " in found.detail
        assert "KS 0." in found.detail
    assert shifted(series(1), "y", PART, None, None) == []


def test_a_small_shift_needs_low_limits() -> None:
    assert shifted(series(0.5), "y", PART, 0.5, 0.4) == []
    assert len(shifted(series(0.5), "y", PART, 0.05, 0.05)) == 1


def test_few_values_are_no_shift_by_chance() -> None:
    panel = series(0)
    few = panel.take(panel.ds < 305)
    assert shifted(few, "y", PART, 0.01, 0.01) == []


def test_before_and_after_are_by_time() -> None:
    panel = series(3)
    assert shifted(panel, "y", Part(300, 499), 0.25, 0.3) == []  # nothing comes after it
    assert shifted(panel, "y", Part(0, 99), 0.25, 0.3) != []
