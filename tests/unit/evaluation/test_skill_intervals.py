import math
from dataclasses import astuple

import numpy as np
import pandas as pd
import pytest
from arch.bootstrap import IIDBootstrap, StationaryBootstrap
from scipy import stats
from unit.evaluation.nulls import null_losses

from reprocast.evaluation.bootstrap import Draws
from reprocast.evaluation.sample import Sample
from reprocast.evaluation.skill_intervals import skills, tail

DRAWS = Draws(400, 1)


def sample(totals, horizon=5, unit="origin"):
    return Sample(pd.DataFrame(totals), pd.DataFrame(totals), unit, horizon)


def drawn_losses(n=200, seed=0):
    rng = np.random.default_rng(seed)
    return {"gru": rng.gamma(4, 0.2, n), "har": rng.gamma(4, 0.21, n), "naive": rng.gamma(4, 0.3, n)}


@pytest.mark.parametrize("score", ["mae", "rmse"])
def test_ends_are_the_quantiles_of_skills_recomputed_draw_by_draw(score):
    losses = drawn_losses()
    one = sample(losses)
    found = next(s for s in skills(one, ["naive"], score, 0.05, DRAWS) if s.model == "gru")
    index = StationaryBootstrap(one.block, np.arange(200), seed=1)
    root = math.sqrt if score == "rmse" else float
    again = []
    for data in index.bootstrap(400):
        pick = data[0][0]
        again.append(1 - root(sum(losses["gru"][pick]) / sum(losses["naive"][pick])))
    level = stats.norm.cdf(math.sqrt((m := 200 / one.block) / (m - 1)) * stats.t.ppf(0.025, m - 1))
    assert found.skill == pytest.approx(1 - root(sum(losses["gru"]) / sum(losses["naive"])))
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(again, [level, 1 - level])))
    assert found.low < found.skill < found.high


def test_each_model_meets_each_baseline_once_and_never_itself():
    found = skills(sample(drawn_losses()), ["naive", "har", "har"], "mae", 0.05, DRAWS)
    assert [(one.model, one.against) for one in found] == [
        ("gru", "har"), ("gru", "naive"), ("har", "naive"), ("naive", "har"),
    ]  # fmt: skip


def test_nothing_is_gained_on_a_model_without_error():
    assert skills(sample({"a": np.ones(100), "b": np.zeros(100)}), ["b"], "mae", 0.05, DRAWS) == []


def test_too_few_cutoffs_have_a_skill_and_no_interval():
    few = sample({name: values[:20] for name, values in drawn_losses().items()})
    assert all(astuple(one)[3:] == (None, None) for one in skills(few, ["naive"], "mae", 0.05, DRAWS))


def test_the_tail_is_that_of_a_normal_with_many_blocks_and_smaller_with_few():
    wide, narrow = (sample({"a": np.ones(n)}, 24) for n in (480, 10_000_000))
    assert tail(0.05, narrow) == pytest.approx(0.025, rel=0.01)
    pieces = 480 / 48
    expected = stats.norm.cdf(math.sqrt(pieces / (pieces - 1)) * stats.t.ppf(0.025, pieces - 1))
    assert tail(0.05, wide) == pytest.approx(expected)
    assert tail(0.05, wide) < 0.015


def test_across_series_it_is_the_bootstrap_of_independent_rows():
    losses = drawn_losses(n=400)
    found = next(s for s in skills(sample(losses, 48, "series"), ["naive"], "mae", 0.05, Draws(4000, 1))
                 if s.model == "gru")  # fmt: skip
    plain = IIDBootstrap(losses["gru"], losses["naive"], seed=3)
    low, high = plain.conf_int(lambda a, b: 1 - a.sum() / b.sum(), 4000, method="percentile").ravel()
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.006)


def test_the_interval_holds_the_true_skill_about_as_often_as_it_says():
    """Of 100 intervals at 95 %, from errors that are 5 % smaller by construction."""
    inside, true = 0, 1 - 1 / 1.05
    for pair in null_losses(np.random.default_rng(8), 100, 496, 5):
        found = skills(sample({"a": pair[0], "b": 1.05 * pair[1]}), ["b"], "mae", 0.05, Draws(200, 1))[0]
        inside += found.low <= true <= found.high
    assert 0.87 <= inside / 100 <= 1
