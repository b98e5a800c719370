"""Every look since the as-of date sees nothing later; its report says what moved and what is proposed."""

import numpy as np
import pytest
from unit.evaluation.drift.simulated import BEGIN, series

from reprocast.evaluation.drift.looking import Champion, Evidence, Losses, Seen, report
from reprocast.evaluation.drift.report import DriftReport
from reprocast.params.drift import Drift

CHAMPION = Champion("gru", "f" * 64, BEGIN - 1)
HORIZON = 3


def evidence(changes: dict[str, str], factor: float = 1.0, steps: int = 100) -> Evidence:
    """A channel `y` of each series, and errors that grow by `factor`; both after the as-of date."""
    rng, length = np.random.default_rng(9), BEGIN + steps
    times, phase = np.arange(length), np.arange(length) % 5
    seen = [
        Seen(name, "y", series(rng, 5, change)[:length], phase, times) for name, change in changes.items()
    ]
    losses = rng.uniform(0.5, 1.5, size=length - HORIZON)
    ends = times[HORIZON:]
    losses[ends >= BEGIN] *= factor
    found = Losses(times[:-HORIZON], losses, phase[:-HORIZON], BEGIN - HORIZON, ends)
    return Evidence(seen, found, times[BEGIN:])


def looked(found: Evidence, **policy: object) -> DriftReport:
    return report(CHAMPION, found, (), Drift(**policy), int(found.after[-1]))  # type: ignore[arg-type]


def test_nothing_has_changed() -> None:
    said = looked(evidence({"a": "none", "b": "none"}))
    assert not said.proposes
    assert said.reasons == ()
    assert [look.step for look in said.looks] == list(range(20, 101, 5))
    assert not any(look.alarms for look in said.looks)
    assert said.lines()[0].endswith("none found")
    assert len(said.looks[-1].inputs) == 2
    assert said.looks[0].inputs == ()
    assert said.looks[0].figures.keys() == said.looks[-1].figures.keys()


def test_a_shift_is_named_and_proposes() -> None:
    said = looked(evidence({"a": "none", "b": "level"}, steps=20))
    assert said.proposes
    (reason,) = said.reasons
    assert "y of b has another " in reason
    assert "level" in reason
    assert said.latest is not None
    assert said.latest.alarms == ("input",)
    assert said.lines()[1].startswith("Proposal: retrain")


def test_larger_errors_are_named_and_propose() -> None:
    said = looked(evidence({"a": "none"}, factor=1.8, steps=20))
    assert said.proposes
    assert said.latest is not None
    assert said.latest.alarms == ("performance",)
    assert "above the backtest's" in said.reasons[0]
    assert said.latest.performance is not None
    assert said.latest.performance.ratio == pytest.approx(1.8, rel=0.15)


def test_one_of_many_series_is_no_reason() -> None:
    many = {"a": "level"} | {f"s{n:02}": "none" for n in range(14)}
    for share, alarms in ((0.1, ()), (0.05, ("input",))):
        latest = looked(evidence(many, steps=60), share=share).latest
        assert latest is not None
        assert latest.alarms == alarms


def test_a_look_sees_nothing_later() -> None:
    """Rows and losses after a look may be anything: its findings are the same, and so on any later day."""
    whole = evidence({"a": "none"}, steps=60)
    early = looked(evidence({"a": "none"}, steps=40))
    for one in whole.channels:
        one.values[BEGIN + 40 :] = 1e9
    whole.losses.values[whole.losses.ends >= BEGIN + 40] = 1e9
    late = looked(whole)
    kept = [look.model_copy(update={"inputs": ()}) for look in early.looks]
    assert [look.model_copy(update={"inputs": ()}) for look in late.looks[: len(kept)]] == kept


def test_a_day_between_two_looks_says_the_same() -> None:
    monday, thursday = (looked(evidence({"a": "level"}, steps=steps)) for steps in (25, 28))
    assert monday.proposes is thursday.proposes is False  # proposed at 20, cooling down
    assert "5 steps after the last proposal" in monday.held_back
    assert (monday.looks, monday.reasons) == (thursday.looks, thursday.reasons)
    assert (monday.next_look, thursday.next_look) == (5, 2)


def test_before_the_first_look() -> None:
    said = looked(evidence({"a": "level"}, steps=12))
    assert (said.looks, said.proposes, said.next_look) == ((), False, 8)
    assert "first look comes in 8" in said.lines()[0]


def test_the_report_survives_its_file() -> None:
    said = looked(evidence({"a": "level"}, 1.8, steps=30))
    assert DriftReport.model_validate_json(said.model_dump_json()) == said
