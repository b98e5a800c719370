"""The size of the procedure at the recipes' own lengths: how often a true null is called a difference at 5 %.

`python bench/significance.py` measures the same for more lengths, and the coverage of intervals and sets.
"""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from unit.evaluation.nulls import null_losses

from reprocast.evaluation.conditional import predictive_ability
from reprocast.evaluation.sample import Sample
from reprocast.evaluation.significance import compare_losses

REPLICATES, CUTOFFS = 2000, 496


@pytest.fixture(scope="module", params=[5, 24], ids=["daily, 5 ahead", "hourly, 24 ahead"])
def nulls(request):
    """Pairs of equally good models, 2,000 of them, at 496 cutoffs."""
    horizon = request.param
    losses = null_losses(np.random.default_rng(20261122), REPLICATES, CUTOFFS, horizon)
    return [
        Sample(pd.DataFrame(pair.T, columns=["a", "b"]), pd.DataFrame(), "origin", horizon) for pair in losses
    ]


def share(p_values):
    return np.mean(np.array(p_values) < 0.05)


def test_diebold_and_mariano_raise_three_to_eight_false_alarms_in_a_hundred(nulls):
    assert 0.03 <= share([compare_losses("a", "b", pair, 0.05).p_value for pair in nulls]) <= 0.08


def test_giacomini_and_white_raise_three_to_eight_false_alarms_in_a_hundred(nulls):
    assert 0.03 <= share([predictive_ability("a", "b", pair).p_value for pair in nulls]) <= 0.08


def test_a_test_that_ignores_the_overlap_raises_four_to_twelve_times_as_many(nulls):
    """A plain t-test: about 27 % at five steps and 60 % at twenty-four."""
    differences = np.array([pair.losses["a"] - pair.losses["b"] for pair in nulls])
    alarms = share(stats.ttest_1samp(differences, 0, axis=1).pvalue)
    expected = {5: 0.27, 24: 0.60}[nulls[0].horizon]
    assert alarms == pytest.approx(expected, abs=0.05)


def test_the_naive_test_gives_31_percent_where_that_figure_comes_from():
    """Squared errors five steps ahead of random walks from 60 cutoffs, as Diebold and Mariano draw them."""
    shocks = np.random.default_rng(5).standard_normal((REPLICATES, 2, 64))
    errors = np.lib.stride_tricks.sliding_window_view(shocks, 5, axis=-1).sum(axis=-1)
    differences = errors[:, 0] ** 2 - errors[:, 1] ** 2
    assert share(stats.ttest_1samp(differences, 0, axis=1).pvalue) == pytest.approx(0.31, abs=0.03)


def test_false_alarms_stay_where_losses_persist_beyond_the_overlap():
    """An autoregression of 0.6 under the mean of five steps."""
    rng, p_values = np.random.default_rng(20), []
    for _ in range(600):
        shocks = rng.standard_normal(550)
        state = np.zeros(550)
        for t in range(1, 550):
            state[t] = 0.6 * state[t - 1] + shocks[t]
        losses = np.convolve(state, np.full(5, 0.2), "valid")[-500:]
        pair = Sample(pd.DataFrame({"a": losses, "b": 0.0}), pd.DataFrame(), "origin", 5)
        p_values.append(compare_losses("a", "b", pair, 0.05).p_value)
    assert 0.03 <= share(p_values) <= 0.08
