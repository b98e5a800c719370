"""PSI and KS against loops written from their definitions."""

import math

import numpy as np
import pytest

from reprocast.data.shift import LARGE, ks, psi

RNG = np.random.default_rng(3)
SAMPLE = RNG.normal(size=4000)


def psi_by_loop(before: list[float], after: list[float], bins: int) -> float:
    inner = sorted(set(np.quantile(before, [n / bins for n in range(1, bins)]).tolist()))

    def counts(values: list[float]) -> list[float]:
        found = [0.5] * (len(inner) + 1)
        for value in values:
            found[sum(edge < value for edge in inner)] += 1
        return [count / sum(found) for count in found]

    pairs = zip(counts(before), counts(after), strict=True)
    return sum((q - p) * math.log(q / p) for p, q in pairs)


@pytest.mark.parametrize("bins", [2, 10, 17])
def test_psi_is_the_sum_over_bins(bins: int) -> None:
    before, after = SAMPLE[:300].tolist(), (SAMPLE[300:450] * 1.4 + 0.2).tolist()
    assert psi(before, after, bins) == pytest.approx(psi_by_loop(before, after, bins), rel=1e-12)


def test_ties_and_constants_are_no_error() -> None:
    assert psi([1.0] * 20, [1.0] * 9) == pytest.approx(0, abs=0.1)
    assert psi([1.0] * 20, [2.0] * 20) > LARGE
    assert psi([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 2, 2]) < LARGE


def test_no_shift_is_small_and_a_shift_is_large() -> None:
    assert psi(SAMPLE[:2000], SAMPLE[2000:]) < 0.05
    assert psi(SAMPLE[:2000], SAMPLE[2000:] + 1) > LARGE
    assert ks(SAMPLE[:2000], SAMPLE[2000:])[1] > 0.01
    assert ks(SAMPLE[:2000], SAMPLE[2000:] + 1)[1] < 1e-6


def test_ks_is_the_largest_distance_of_the_distribution_functions() -> None:
    before, after = SAMPLE[:50], SAMPLE[50:90] + 0.3
    distance = max(abs(np.mean(before <= x) - np.mean(after <= x)) for x in [*before, *after])
    assert ks(before, after)[0] == pytest.approx(distance)


def test_missing_values_are_left_out_and_nothing_is_not_a_number() -> None:
    assert psi([1, 2, math.nan, 3], [1, 2, 3]) == psi([1, 2, 3], [1, 2, 3])
    assert math.isnan(psi([], [1.0]))
    assert math.isnan(ks([math.nan], [1.0])[0])
