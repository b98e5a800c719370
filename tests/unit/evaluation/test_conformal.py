"""Conformal half widths against loops over scalars, against what theory promises, and against the future."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reprocast.evaluation.conformal import adaptive_radii, answered_by, split_radii

NOMINAL = (0.5, 0.8, 0.95)


def rank_of(errors, nominal):
    """The ⌈(n + 1) · nominal⌉-th smallest, by the definition of Lei et al."""
    known = sorted(one for one in errors if not math.isnan(one))
    rank = math.ceil(round((len(known) + 1) * nominal, 6))
    return known[rank - 1] if rank <= len(known) else math.inf


@given(st.integers(0, 60), st.integers(0, 2**32 - 1))
def test_split_radii_are_order_statistics(count, seed):
    rng = np.random.default_rng(seed)
    errors = np.abs(rng.normal(size=(count, 2)))
    errors[rng.uniform(size=errors.shape) < 0.2] = np.nan
    found = split_radii(errors, NOMINAL)
    assert found.tolist() == [[rank_of(errors[:, h], one) for one in NOMINAL] for h in range(2)]


def test_too_few_errors_promise_nothing():
    assert split_radii(np.arange(1.0, 20)[:, None], (0.95,))[0, 0] == 19.0  # 19 errors are just enough
    assert split_radii(np.arange(1.0, 19)[:, None], (0.95,))[0, 0] == math.inf


def test_coverage_is_what_theory_says():
    """For exchangeable errors it is ⌈(n + 1) · nominal⌉ / (n + 1) exactly, on average."""
    rng = np.random.default_rng(0)
    draws = np.abs(rng.standard_cauchy((20_000, 10)))  # 9 errors of calibration, and the one to come
    radii = split_radii(draws[:, :9].T, (0.8,))[:, 0]
    assert (draws[:, 9] <= radii).mean() == pytest.approx(0.8, abs=0.01)


def walk(calibration, errors, delay, nominal, rate):
    """One series, one step ahead, by eq. 2 of Gibbs & Candès, each answer counting `delay` origins later."""
    known = sorted(calibration.tolist())
    alphas, radii = {}, []
    miss, n = 1 - nominal, len(known)
    for r in range(len(errors)):
        alpha = miss
        for s in range(max(0, r - delay + 1)):
            if not math.isnan(errors[s]):
                alpha += rate * (miss - (errors[s] > radii[s]))
        rank = min(max(math.ceil(round((n + 1) * (1 - alpha), 6)), 0), n)
        alphas[r] = alpha
        radii.append(0.0 if rank == 0 else known[rank - 1])
    return radii


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.05, 0.4]))
def test_adaptive_radii_equal_a_loop_over_origins(seed, rate):
    rng = np.random.default_rng(seed)
    calibration = np.abs(rng.normal(size=(30, 3)))
    errors = np.abs(rng.normal(size=(2, 12, 3))) * 2
    errors[rng.uniform(size=errors.shape) < 0.1] = np.nan
    known = np.maximum(0, np.arange(12)[:, None] - np.arange(3))
    found = adaptive_radii(calibration, errors, np.tile(known, (2, 1, 1)), (0.6, 0.8), rate)
    for n in range(2):
        for h in range(3):
            for a, nominal in enumerate((0.6, 0.8)):
                expected = walk(calibration[:, h], errors[n, :, h], h + 1, nominal, rate)
                assert found[n, :, h, a].tolist() == expected


def test_no_radius_depends_on_an_answer_that_had_not_come():
    rng = np.random.default_rng(4)
    calibration, errors = np.abs(rng.normal(size=(50, 4))), np.abs(rng.normal(size=(1, 40, 4)))
    cutoffs = np.sort(rng.choice(100, 40, replace=False))  # origins are left out here and there
    ahead = cutoffs[:, None] + np.arange(1, 5)
    known = answered_by(cutoffs, ahead)[None]
    for cutoff in cutoffs:
        other = np.where(ahead[None] > cutoff, 99 * rng.uniform(size=errors.shape), errors)
        one, two = (adaptive_radii(calibration, some, known, NOMINAL, 0.3) for some in (errors, other))
        seen = cutoffs <= cutoff
        np.testing.assert_array_equal(one[:, seen], two[:, seen])
    late = known + (known < np.arange(1, 41)[None, :, None])  # an answer too early is noticed
    assert (adaptive_radii(calibration, errors, late, NOMINAL, 0.3) != one).any()


def test_answers_are_counted_when_they_have_come():
    cutoffs, ahead = np.array([1, 2, 5]), np.array([[2, 3], [3, 4], [6, 7]])
    assert answered_by(cutoffs, ahead).tolist() == [[0, 0], [1, 0], [2, 2]]


def test_the_adaptive_coverage_is_nominal_where_the_errors_grow():
    """Prop. 4.1 of Gibbs & Candès: over T origins it is off by (max(α, 1 − α) + γ) / (γ T) at most."""
    rng = np.random.default_rng(5)
    calibration = np.abs(rng.normal(size=(2000, 1)))
    errors = np.abs(rng.normal(size=(1, 4000, 1))) * 1.5
    known = np.arange(4000)[None, :, None]
    radii = adaptive_radii(calibration, errors, known, (0.8,), 0.02)[..., 0]
    assert abs((errors <= radii).mean() - 0.8) <= (0.8 + 0.02) / (0.02 * 4000)
    assert (errors[0, :, 0] <= split_radii(calibration, (0.8,))[0, 0]).mean() < 0.65
