import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.tsa.stattools import diebold_mariano_test

from reprocast.evaluation.sample import Sample, lags_for
from reprocast.evaluation.significance import compare_losses, holm, long_run_variance, origins_needed


def sample(a, b, horizon, unit="origin"):
    losses = pd.DataFrame({"a": np.asarray(a, float), "b": np.asarray(b, float)})
    return Sample(losses, losses, unit, horizon)


def compare(differences, horizon=5, unit="origin"):
    return compare_losses("a", "b", sample(differences, np.zeros(len(differences)), horizon, unit), 0.05)


def persistent(rng, n, rho, horizon):
    """Null differentials as they come: an autoregression, averaged over overlapping horizons."""
    shocks = rng.standard_normal(n + horizon + 50)
    state = np.zeros(len(shocks))
    for t in range(1, len(shocks)):
        state[t] = rho * state[t - 1] + shocks[t]
    return np.convolve(state, np.ones(horizon) / horizon, "valid")[-n:]


@pytest.mark.parametrize(("n", "horizon"), [(50, 1), (60, 5), (500, 5), (300, 24)])
def test_statistic_and_p_value_equal_the_published_formula(n, horizon):
    """Harvey, Leybourne & Newbold (1997), equations 3, 5 and 9, term by term."""
    d = persistent(np.random.default_rng(n), n, 0.3, horizon) + 0.1
    found = compare(d, horizon)
    h = found.lags + 1
    mean = sum(d) / n
    gamma = [sum((d[t] - mean) * (d[t - k] - mean) for t in range(k, n)) / n for k in range(h)]
    variance = (gamma[0] + 2 * sum(gamma[1:])) / n
    expected = math.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n) * mean / math.sqrt(variance)
    assert found.kernel == "rectangular"
    assert found.statistic == pytest.approx(expected)
    assert found.p_value == pytest.approx(2 * stats.t.sf(abs(expected), n - 1))
    assert found.difference / found.error == pytest.approx(expected)


def rectangular(d, lags):
    centred = d - d.mean()
    gamma = [centred[k:].dot(centred[: len(d) - k]) / len(d) for k in range(lags + 1)]
    return gamma[0] + 2 * sum(gamma[1:])


def test_bartlett_takes_over_where_the_variance_is_not_positive_and_equals_statsmodels():
    """Differences that swing back at once, among which some have a negative rectangular sum."""
    lags = lags_for(200, 5)
    draws = (np.diff(np.random.default_rng(seed).standard_normal(201)) + 0.05 for seed in range(50))
    d = next(d for d in draws if rectangular(d, lags) < 0)
    found = compare(d)
    assert found.kernel == "bartlett"
    reference = diebold_mariano_test(
        d, d, d * 0, criterion=lambda _, loss: loss, lags=lags, harvey_adj=True, horizon=lags + 1
    )
    assert found.statistic == pytest.approx(reference.statistic)
    assert found.p_value == pytest.approx(reference.pvalue)


@given(st.lists(st.floats(-5, 5), min_size=12, max_size=60), st.integers(1, 6))
def test_a_variance_is_never_negative(values, lags):
    variance, _ = long_run_variance(np.array(values), lags)
    assert variance >= 0


def test_the_sign_says_which_model_is_better():
    rng = np.random.default_rng(0)
    both = sample(rng.uniform(0, 1, 100), rng.uniform(1, 2, 100), 2)
    found, back = compare_losses("a", "b", both, 0.05), compare_losses("b", "a", both, 0.05)
    assert found.difference < 0 < back.difference
    assert found.statistic == pytest.approx(-back.statistic)
    assert found.p_value == back.p_value < 0.001


def test_equal_forecasts_do_not_differ_and_a_constant_difference_is_certain():
    same, certain = compare(np.zeros(50)), compare(np.full(50, 0.25))
    assert (same.statistic, same.p_value, same.origins_needed) == (0.0, 1.0, None)
    assert (certain.statistic, certain.p_value) == (math.inf, 0.0)


@pytest.mark.parametrize("n", [0, 1, 6, 59])
def test_too_few_cutoffs_give_no_p_value(n):
    found = compare(np.arange(n) * 0.1, horizon=6)
    assert (found.origins, found.p_value, found.statistic, found.error) == (n, None, None, None)


@pytest.mark.parametrize("n", [10, 30, 414])
def test_across_series_it_is_the_paired_t_test(n):
    a, b = np.random.default_rng(n).gamma(2, size=(2, n))
    found = compare_losses("a", "b", sample(a, b, 48, "series"), 0.05)
    expected = stats.ttest_rel(a, b)
    assert (found.statistic, found.p_value) == pytest.approx((expected.statistic, expected.pvalue))
    assert found.lags == 0


def test_the_sample_size_gives_the_power_it_promises():
    """Independent normal differences of known size: at n origins, 80 % of the tests find them."""
    needed = origins_needed(0.2, 1.0, 0.05)
    assert needed == pytest.approx((1.959964 + 0.841621) ** 2 / 0.04, abs=1)
    rng = np.random.default_rng(4)
    hits = [compare(rng.normal(0.2, 1, needed), horizon=1).p_value < 0.05 for _ in range(400)]
    assert 0.72 <= np.mean(hits) <= 0.88


def test_no_difference_is_never_found():
    assert origins_needed(0.0, 1.0, 0.05) is None


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, None, 0.4]) == [0.8, None, 0.8]
    assert holm([]) == []


@settings(max_examples=20, deadline=None)  # statsmodels takes 50 ms a call
@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_holm_agrees_with_statsmodels(p_values):
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])
