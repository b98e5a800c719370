"""`reprocast drift` on champions that are really registered, while the panel goes on."""

import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from integration.gate_scene import DAYS, draw, go_on, play
from little_adding import add_little
from registered_project import moved
from scipy.signal import lfilter
from tracked_store import migrated

from reprocast.commands.decisions.ledger_files import read_ledger
from reprocast.commands.drift import drift, looked
from reprocast.commands.promote import promote
from reprocast.commands.report import report
from reprocast.commands.rollback import rollback
from reprocast.commands.rounds.drift import drift_lines
from reprocast.deterministic import sha256_of_file
from reprocast.evaluation.drift.report import DriftReport
from reprocast.stages import baseline, compare, evaluate, evaluate_baseline, train, validate
from reprocast.tracking.address import tracking_of
from reprocast.tracking.registered import champion, open_registry, versions
from reprocast.tracking.store import open_store

__all__ = ["migrated"]
BY = "a test"
CHOSEN = 260
"""Days that the champion was chosen on."""


def data(change: str = "none") -> pd.DataFrame:
    """Two series with a week's pattern and noise that persists; `change` sets in after CHOSEN days."""
    rng, days = np.random.default_rng(3), np.arange(len(DAYS))
    after = days >= CHOSEN
    parts = []
    for n, name in enumerate("AB"):
        own = rng.normal(size=len(days))
        rest = lfilter([np.sqrt(1 - 0.7**2)], [1, -0.7], own)
        if change == "restless":  # as far from its mean as before, on the other side after two days
            rest = np.where(after, lfilter([np.sqrt(1 - 0.9**2)], [1, 0, 0.9], own), rest)
        wild = 1 + 4 * (after & (change == "wild"))
        week = np.sin(2 * np.pi * (days + 3 * (after & (change == "phase"))) / 7)
        x = 10 + n + 0.5 * week + 0.5 * wild * rest + 3 * (after & (change == "level"))
        parts.append(pd.DataFrame({"unique_id": name, "ds": DAYS, "x": x}))
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def crowned(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> dict[str, Path]:
    """The project with a baseline as its champion, and with a network. Do not change them."""
    home = tmp_path_factory.mktemp("crowned")
    root = home / "baseline"
    play(root, CHOSEN, ("naive",), data=data())
    (root / "mlruns").mkdir()
    shutil.copy(migrated, root / "mlruns" / "mlflow.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        patch.chdir(root)
        promote(root, by=BY)
        other = moved(root, home / "network")
        patch.chdir(other)
        gru = next(one for one in versions(open_registry(other)) if one.model == "gru")
        rollback(other, by=BY, to=gru.number)
    return {"naive": root, "gru": other}


@pytest.fixture
def project(
    crowned: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Path:
    """A copy to change, with the champion that a test names or the baseline; its own models are gone."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    root = moved(crowned[getattr(request, "param", "naive")], tmp_path / "project")
    shutil.rmtree(root / "models")
    monkeypatch.chdir(root)
    return root


both = pytest.mark.parametrize("project", ["naive", "gru"], indirect=True)


def decisions(root: Path) -> object:
    """All that only the gate or a person may change."""
    registry = open_registry(root)
    entries = {path.name: sha256_of_file(path) for path in sorted((root / "ledger").iterdir())}
    return entries, versions(registry), champion(registry)


def drifted(root: Path, change: str, steps: int, **policy: object) -> DriftReport:
    """What is said when so many steps have come since the champion was chosen."""
    (root / "operations.yaml").write_text(f"drift: {policy}\n".replace("'", ""), encoding="utf-8")
    go_on(root, data(change), CHOSEN + steps)
    return looked(root)


@both
def test_unmoved_data_propose_nothing(project: Path, request: pytest.FixtureRequest) -> None:
    found = drifted(project, "none", 200)
    assert found.model == request.node.callspec.params["project"]
    assert (found.as_of, found.steps) == (str(DAYS[CHOSEN - 1].date()), 200)
    assert [look.step for look in found.looks] == list(range(20, 201, 5))
    assert not any(look.alarms for look in found.looks)
    assert (found.proposes, found.reasons) == (False, ())


@both
@pytest.mark.parametrize(("change", "what"), [("level", "level"), ("phase", "pattern of the season")])
def test_another_level_or_phase_of_the_season_proposes(project: Path, change: str, what: str) -> None:
    found = drifted(project, change, 20)
    assert found.proposes
    assert found.latest is not None
    assert "input" in found.latest.alarms
    assert all(one.beyond for one in found.latest.inputs)
    assert re.match(
        f"x of . and 1 more has another (.* and )?{what} than at the same phase", found.reasons[0]
    )


@both
def test_larger_errors_propose(project: Path) -> None:
    found = drifted(project, "wild", 30, triggers=["performance"], cooldown=0)
    assert found.proposes
    assert found.latest is not None
    assert "performance" in found.latest.alarms
    assert "above the backtest's" in found.reasons[-1]


def test_errors_may_grow_while_inputs_are_distributed_as_before(project: Path) -> None:
    """The naive forecast is off where series turn more often; no single value is unusual."""
    found = drifted(project, "restless", 60, schedule=20, alpha=0.25)
    assert found.latest is not None
    assert found.latest.alarms == ("performance",)
    assert found.proposes


@both
def test_nothing_but_the_gate_promotes(project: Path) -> None:
    go_on(project, data("level"), CHOSEN + 20)
    before = decisions(project)
    assert drift(project).proposes
    assert drift_lines(project)[0].startswith("Drift: x of ")
    assert decisions(project) == before


@pytest.mark.slow
def test_the_report_shows_it(project: Path) -> None:
    go_on(project, data("level"), CHOSEN + 20)
    validate.main()
    train.main("gru")
    add_little("gru")
    evaluate.main("gru")
    baseline.main("naive")
    evaluate_baseline.main("naive")
    compare.main()
    report(project)
    pages = [project / "reports" / name for name in ("report.html", "report.md")]
    assert not any("Proposal: retrain" in page.read_text(encoding="utf-8") for page in pages)
    (reason,) = drift(project).reasons
    assert 'id="drift"' in pages[0].read_text(encoding="utf-8")
    assert all(reason[:40] in page.read_text(encoding="utf-8") for page in pages)
    assert all("Proposal: retrain" in page.read_text(encoding="utf-8") for page in pages)


def test_looks_are_points_in_mlflow_once(project: Path) -> None:
    for steps in (20, 32, 32):
        go_on(project, data("level"), CHOSEN + steps)
        drift(project)
    store = open_store(tracking_of(project))
    (run,) = store.runs("tags.role = 'drift'")
    points = store.client.get_metric_history(run.info.run_id, "drift_input_alarm")
    assert [(point.step, point.value) for point in points] == [(20, 1), (25, 1), (30, 1)]
    assert {"drift_input_ks_max", "drift_performance_ratio"} <= set(run.data.metrics)


def test_schedule_cooldown_and_triggers_are_those_of_operations_yaml(project: Path) -> None:
    said = {steps: drifted(project, "level", steps) for steps in (19, 20, 22, 25, 40)}
    assert [steps for steps, found in said.items() if found.proposes] == [20, 22, 40]
    assert (said[19].looks, said[19].next_look) == ((), 1)
    assert said[22].looks == said[20].looks
    assert said[25].held_back == "5 steps after the last proposal, of a cooldown of 20"
    assert drifted(project, "level", 25, cooldown=5).proposes
    assert [look.step for look in drifted(project, "level", 40, schedule=9).looks] == [27, 36]
    assert drifted(project, "level", 20, triggers=["performance"]).held_back.startswith("drift.triggers")


def test_a_retraining_that_keeps_the_champion_answers_the_proposal(project: Path) -> None:
    assert drifted(project, "level", 20).proposes
    draw("gru")
    promote(project, by=BY)
    assert read_ledger(project)[-1].action == "keep"
    assert looked(project).held_back == "0 steps after the last decision, of a cooldown of 20"


@both
def test_what_was_said_of_a_day_does_not_change_with_what_comes_later(project: Path) -> None:
    """Two series that go wild, each in its own way, 40 days after the champion was chosen."""
    early = drifted(project, "level", 40)
    later, wild = data("level"), np.tile(np.arange(len(DAYS)) >= CHOSEN + 40, 2)
    later.loc[(later["unique_id"] == "A") & wild, "x"] *= 1000.0
    go_on(project, later, len(DAYS))
    late = looked(project)
    assert late.looks[-1].alarms
    same = [look.model_copy(update={"inputs": ()}) for look in early.looks]
    assert [look.model_copy(update={"inputs": ()}) for look in late.looks[: len(same)]] == same
