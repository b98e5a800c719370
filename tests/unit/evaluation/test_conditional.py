import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from reprocast.evaluation.conditional import newey_west, predictive_ability
from reprocast.evaluation.sample import Sample, lags_for


def sample(differences, horizon=5, unit="origin"):
    losses = pd.DataFrame({"a": np.asarray(differences, float) + 3, "b": 3.0})
    return Sample(losses, pd.DataFrame(), unit, horizon)


@pytest.mark.parametrize(("n", "horizon"), [(60, 1), (120, 5), (300, 24)])
def test_statistic_and_p_value_equal_the_paper_written_out(n, horizon):
    """Giacomini & White (2006), equation 8 with Newey and West's weights, sum by sum."""
    d = np.random.default_rng(n).normal(0.1, 1, n)
    z = [np.array([d[t], d[t] * d[t - horizon]]) for t in range(horizon, n)]
    m, lags = len(z), lags_for(len(z), horizon)
    omega = sum(np.outer(one, one) for one in z) / m
    for k in range(1, lags + 1):
        gamma = sum(np.outer(z[t], z[t - k]) for t in range(k, m)) / m
        omega = omega + (1 - k / (lags + 1)) * (gamma + gamma.T)
    mean = sum(z) / m
    expected = m * mean @ np.linalg.inv(omega) @ mean
    found = predictive_ability("a", "b", sample(d, horizon))
    assert found.origins == m
    assert found.statistic == pytest.approx(expected)
    assert found.p_value == pytest.approx(stats.chi2.sf(expected, 2))


def test_the_covariance_is_that_of_statsmodels():
    moments = np.random.default_rng(0).standard_normal((200, 2))
    expected = sm.stats.sandwich_covariance.S_hac_simple(moments, nlags=6) / 200
    assert newey_west(moments, 6) == pytest.approx(expected)


def test_with_one_step_it_is_wests_regression_on_one_and_the_lagged_difference():
    """Section 3.3 of the paper: for one step n R² of 1 on Z, here without autocovariances."""
    d = np.random.default_rng(1).standard_normal(400)
    z = np.column_stack([d[1:], d[1:] * d[:-1]])
    expected = len(z) * sm.OLS(np.ones(len(z)), z).fit().rsquared
    mean = z.mean(axis=0)
    assert len(z) * mean @ np.linalg.solve(newey_west(z, 0), mean) == pytest.approx(expected)


def test_it_finds_what_the_mean_does_not_show():
    """Each model is better half the time, for long stretches: equal on average, and yet foreseeable."""
    turns = np.where(np.arange(480) // 60 % 2 == 0, 1.0, -1.0)
    d = turns + np.random.default_rng(2).normal(0, 0.3, 480)
    assert predictive_ability("a", "b", sample(d)).p_value < 0.001


def test_the_last_difference_that_counts_lies_wholly_behind_the_cutoff():
    """A difference that depends on the one before last alone is foreseen one step ahead, and not two.

    With H = 2 the losses of two neighbouring cutoffs share a step, which is not known yet at the later one.
    """
    d = np.random.default_rng(3).standard_normal(600)
    before = np.where(np.arange(600) % 2, 1, -1) * np.repeat(d[:300], 2)  # each odd one mirrors its neighbour
    assert predictive_ability("a", "b", sample(before, 1)).p_value < 0.001
    assert predictive_ability("a", "b", sample(before, 2)).p_value > 0.05


@pytest.mark.parametrize(
    "one", [sample(np.ones(49)), sample(np.ones(400), unit="series"), sample(np.ones(400))]
)
def test_too_few_cutoffs_no_cutoffs_and_no_variation_are_not_tested(one):
    found = predictive_ability("a", "b", one)
    assert (found.statistic, found.p_value) == (None, None)


def test_equal_forecasts_have_equal_ability():
    assert predictive_ability("a", "b", sample(np.zeros(400))).p_value == 1.0
