"""Schedule, cooldown and triggers: the looks played again give the same proposals on any machine."""

import pytest

from reprocast.evaluation.drift.policy import compared, looks, next_look, proposal
from reprocast.params.drift import Drift

POLICY = Drift(schedule=5, cooldown=20, window=30)
INPUT, PERFORMANCE = ("input",), ("performance",)


def test_looks_stand_on_a_grid() -> None:
    assert looks(9, POLICY) == []
    assert looks(27, POLICY) == [10, 15, 20, 25]
    assert looks(29, POLICY) == looks(25, POLICY)
    assert [next_look(since, POLICY) for since in (0, 9, 10, 24, 25)] == [10, 10, 15, 25, 30]
    assert looks(12, Drift(schedule=5, window=33)) == []
    assert looks(15, Drift(schedule=5, window=33)) == [15]
    assert [compared(step, POLICY) for step in (10, 29, 30, 400)] == [10, 10, 30, 30]


def alarms(*steps: int) -> list[tuple[int, tuple[str, ...]]]:
    last = max(steps)
    return [(step, INPUT if step in steps else ()) for step in range(10, last + 1, 5)]


def proposed(steps: list[tuple[int, tuple[str, ...]]], decided: tuple[int, ...] = ()) -> list[int]:
    """The looks that propose, were each the latest."""
    return [steps[n][0] for n in range(len(steps)) if proposal(steps[: n + 1], decided, POLICY).proposes]


def test_an_alarm_proposes_and_rests_for_the_cooldown() -> None:
    lasting = alarms(*range(20, 71, 5))
    assert proposed(lasting) == [20, 40, 60]
    held = proposal(lasting[:4], (), POLICY)
    assert not held.proposes
    assert held.held_back == "5 steps after the last proposal, of a cooldown of 20"


def test_a_decision_begins_a_cooldown_and_answers_a_proposal() -> None:
    lasting = alarms(*range(20, 71, 5))
    assert proposed(lasting, (18,)) == [40, 60]
    assert proposed(lasting, (22,)) == [45, 65]
    answered = proposal(alarms(20), (22,), POLICY)
    assert not answered.proposes
    assert "confirmed since" in answered.held_back


def test_only_named_triggers_propose() -> None:
    shown = Drift(triggers=("performance",))
    assert proposal([(20, PERFORMANCE)], (), shown).proposes
    held = proposal([(20, INPUT)], (), shown)
    assert not held.proposes
    assert "drift.triggers" in held.held_back
    assert not proposal([(20, (*INPUT, *PERFORMANCE))], (), Drift(triggers=())).proposes


def test_no_alarm_and_no_look_propose_nothing() -> None:
    assert proposal([], (), POLICY) == proposal([(10, ())], (), POLICY)
    assert proposal([], (), POLICY).held_back == ""


@pytest.mark.parametrize(("period", "schedule", "expected"), [(250, 5, 50), (250, 7, 36), (1, 5, 1)])
def test_alpha_is_shared_by_the_looks_of_a_period(period: int, schedule: int, expected: int) -> None:
    assert Drift(period=period, schedule=schedule).looks == expected
