import numpy as np
import pandas as pd
import pytest
from arch.bootstrap import StationaryBootstrap

from reprocast.evaluation.bootstrap import Draws
from reprocast.evaluation.confidence_set import confidence_set, members
from reprocast.evaluation.sample import Sample

DRAWS = Draws(500, 1)


def sample(losses, horizon=5, unit="origin"):
    return Sample(pd.DataFrame(losses), pd.DataFrame(losses), unit, horizon)


def noisy(n=300, seed=0, **means):
    rng = np.random.default_rng(seed)
    return {name: mean + rng.standard_normal(n) for name, mean in means.items()}


def by_hand(losses, block, draws):
    """Hansen, Lunde & Nason (2011), section 3.1.2, T_R, pair by pair, draw by draw."""
    names = sorted(losses)
    index = StationaryBootstrap(block, np.arange(len(losses[names[0]])), seed=draws.seed)
    picks = [data[0][0] for data in index.bootstrap(draws.replications)]
    mean = {a: np.mean(losses[a]) for a in names}
    drawn = {a: np.array([np.mean(losses[a][pick]) for pick in picks]) for a in names}
    gap = {(a, b): mean[a] - mean[b] for a in names for b in names if a != b}
    noise = {(a, b): drawn[a] - drawn[b] - gap[a, b] for a, b in gap}
    deviation = {pair: np.sqrt(np.mean(noise[pair] ** 2)) for pair in gap}
    left, found, largest = list(names), {}, 0.0
    while len(left) > 1:
        pairs = [(a, b) for a in left for b in left if a != b]
        t = {pair: gap[pair] / deviation[pair] for pair in pairs}
        under_null = np.max([np.maximum(noise[pair] / deviation[pair], 0) for pair in pairs], axis=0)
        worst = max(pairs, key=t.__getitem__)
        largest = max(largest, float(np.mean(under_null > t[worst])))
        found[worst[0]] = largest
        left.remove(worst[0])
    return found | {left[0]: 1.0}


def test_p_values_equal_the_procedure_written_out():
    losses = noisy(a=1.0, b=1.05, c=1.2, d=1.6, e=1.02)
    one = sample(losses)
    assert confidence_set(one, 0.05, DRAWS) == pytest.approx(by_hand(losses, one.block, DRAWS))


def test_the_worst_goes_and_the_best_stays():
    found = confidence_set(sample(noisy(good=1.0, also=1.01, bad=2.0)), 0.05, DRAWS)
    assert members(found, 0.05) == ("also", "good")
    assert found["bad"] < 0.01
    assert max(found.values()) == 1.0


def test_models_with_the_same_losses_stand_or_fall_together():
    losses = noisy(a=1.0, b=1.5)
    found = confidence_set(sample(losses | {"twin": losses["b"], "other": losses["a"]}), 0.05, DRAWS)
    assert found["a"] == found["other"] == 1.0
    assert found["b"] == found["twin"] < 0.05
    only = confidence_set(sample({"a": losses["a"], "b": losses["a"]}), 0.05, DRAWS)
    assert only == {"a": 1.0, "b": 1.0}


def test_the_same_seed_gives_the_same_set_and_another_one_another_p_value():
    one = sample(noisy(a=1.0, b=1.1, c=1.15))
    assert confidence_set(one, 0.05, DRAWS) == confidence_set(one, 0.05, DRAWS)
    assert confidence_set(one, 0.05, DRAWS) != confidence_set(one, 0.05, Draws(500, 2))


def test_the_order_of_the_models_does_not_matter():
    losses = noisy(a=1.0, b=1.1, c=1.15)
    turned = {name: losses[name] for name in reversed(losses)}
    assert confidence_set(sample(losses), 0.05, DRAWS) == confidence_set(sample(turned), 0.05, DRAWS)


def test_overlapping_losses_exclude_less_than_independent_ones():
    """Blocks as long as the horizon asks: long swings of one model's loss are no evidence."""
    swings = np.repeat(np.random.default_rng(4).normal(0, 1, 13), 24)[:300]
    losses = {"a": 1 + np.random.default_rng(5).normal(0, 0.1, 300), "b": 1.3 + swings}
    blocks, rows = sample(losses, 24), sample(losses, 24, "series")
    assert confidence_set(rows, 0.05, DRAWS)["b"] < 0.05 < confidence_set(blocks, 0.05, DRAWS)["b"]


def test_across_series_rows_are_drawn_one_by_one():
    losses = noisy(n=40, a=1.0, b=1.3)
    assert confidence_set(sample(losses, 48, "series"), 0.05, DRAWS) == pytest.approx(
        by_hand(losses, 1, DRAWS)
    )


def test_too_few_cutoffs_have_no_set():
    assert confidence_set(sample(noisy(n=49, a=1.0, b=9.0)), 0.05, DRAWS) == {}
