"""The gate's decisions on losses whose answer is known."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from unit.registry.entries import OLD, candidate

from reprocast.errors import DataError
from reprocast.evaluation.sample import Sample
from reprocast.params.registry import Gate
from reprocast.registry.gate import Budget, Compared, Decision, decide

N = 400
Losses = Callable[[np.ndarray], np.ndarray]


def outcome(
    change: Losses,
    *,
    level: float = 0.01,
    n: int = N,
    rules: Gate | None = None,
    multiply_adds: int = 230_000,
    fresh: int = 9,
) -> Decision:
    """The challenger's losses are the champion's, changed."""
    champion = 1 + 0.3 * np.random.default_rng(1).random(n)
    losses = pd.DataFrame({"champion": champion, "challenger": change(champion)})
    compared = Compared(Sample(losses, losses, "origin", 2), np.arange(n), 4)
    challenger = candidate(multiply_adds=multiply_adds)
    return decide(candidate(OLD, "har"), challenger, compared, Budget(level, fresh), rules or Gate())


def noisy(shift: float) -> Losses:
    return lambda losses: losses * (1 + shift) + 0.05 * np.random.default_rng(2).normal(size=len(losses))


def test_one_that_is_better_is_promoted() -> None:
    found = outcome(noisy(-0.1))
    assert found.action == "promote"
    assert found.evidence.skill == pytest.approx(0.1, abs=0.01)
    assert "gru is better: its MAE is " in found.reason
    assert "lower on 400 cutoffs" in found.reason


@pytest.mark.parametrize("shift", [0.0, 0.1])
def test_one_that_is_not_better_is_not(shift: float) -> None:
    found = outcome(noisy(shift))
    assert (found.action, found.evidence.alpha) == ("keep", 0.01)


def test_what_counts_is_what_the_round_may_spend() -> None:
    p_value = outcome(noisy(-0.006)).evidence.p_value
    assert 0.0 < p_value < 0.5
    assert outcome(noisy(-0.006), level=p_value * 1.01).action == "promote"
    assert outcome(noisy(-0.006), level=p_value * 0.99).action == "keep"


def test_a_tie_keeps_the_champion() -> None:
    found = outcome(lambda losses: losses)
    assert (found.action, found.evidence.skill, found.evidence.p_value) == ("keep", 0.0, 1.0)
    assert "is the same" in found.reason


def test_what_only_rounding_tells_apart_is_a_tie() -> None:
    found = outcome(lambda losses: losses - 1e-9)
    assert (found.action, found.evidence.p_value) == ("keep", 0.0)


def test_without_new_cutoffs_nothing_is_tested() -> None:
    found = outcome(noisy(-0.5), level=0.0, fresh=0)
    assert (found.action, found.evidence.p_value, found.evidence.alpha) == ("keep", None, 0.0)
    assert "no cutoff is later" in found.reason


def test_too_few_cutoffs_are_not_tested_and_spend_nothing() -> None:
    found = outcome(noisy(-0.5), n=20)
    assert (found.action, found.evidence.p_value, found.evidence.alpha) == ("keep", None, 0.0)
    assert "20 cutoffs are too few" in found.reason


def test_a_loss_that_is_no_number_decides_nothing() -> None:
    with pytest.raises(DataError, match="not finite"):
        outcome(lambda losses: losses * np.nan)


CHEAP = 100_000


@pytest.mark.parametrize(
    ("margin", "multiply_adds", "shift", "action"),
    [
        (0.05, CHEAP, 0.01, "promote"),  # cheaper, and shown to be less than 5 % worse
        (None, CHEAP, 0.01, "keep"),  # nobody has asked for that
        (0.05, 229_999, 0.01, "keep"),  # cheaper by nothing to speak of
        (0.05, CHEAP, 0.06, "keep"),  # worse by more
        (0.05, CHEAP, 0.048, "keep"),  # less than 5 %, but not shown
    ],
)
def test_a_cheaper_one_may_be_a_little_worse_where_a_margin_says_so(
    margin: float | None, multiply_adds: int, shift: float, action: str
) -> None:
    found = outcome(noisy(shift), rules=Gate(margin=margin), multiply_adds=multiply_adds)
    assert found.action == action
    if action == "promote":
        assert "saves 57 % of the multiply–adds and is less than 5 % worse" in found.reason


def test_nothing_is_cheaper_than_what_costs_nothing() -> None:
    champion = np.full(N, 1.0) + 0.1 * np.random.default_rng(1).random(N)
    losses = pd.DataFrame({"champion": champion, "challenger": champion})
    compared = Compared(Sample(losses, losses, "origin", 2), np.arange(N), 4)
    free = candidate(OLD, "naive", multiply_adds=0)
    found = decide(free, candidate(multiply_adds=0), compared, Budget(0.01, 9), Gate(margin=0.1))
    assert (found.action, found.evidence.cheaper) == ("keep", False)
