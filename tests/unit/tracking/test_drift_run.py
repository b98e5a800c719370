"""The looks in MLflow: a run a champion, a point a look, none twice, and no other command is disturbed."""

from pathlib import Path

from reprocast.evaluation.drift.report import DriftReport, Look
from reprocast.tracking.drift_run import ROLE, record
from reprocast.tracking.store import Store
from reprocast.tracking.sync import sync


def look(step: int, *alarms: str) -> Look:
    figures = {"input_ks_max": step / 100, "performance_ratio": 1.5}
    return Look(
        step=step, time=f"2013-01-{step}", inputs=(), performance=None, alarms=alarms, figures=figures
    )  # type: ignore[arg-type]  # fmt: skip


def report(*looks: Look, fingerprint: str = "gru-1", proposes: bool = False) -> DriftReport:
    return DriftReport(
        model="gru", fingerprint=fingerprint, as_of="2013-01-01", data_end="2013-02-01", steps=20,
        next_look=1, looks=looks, proposes=proposes, held_back="", reasons=(),
    )  # fmt: skip


def test_each_look_is_a_point(root: Path, store: Store) -> None:
    assert record(root, report(look(10))) == 1
    assert record(root, report(look(10), look(15, "input"), proposes=True)) == 1
    assert record(root, report(look(10), look(15, "input"), proposes=True)) == 0
    (run,) = store.runs(f"tags.role = '{ROLE}'")
    history = store.client.get_metric_history(run.info.run_id, "drift_input_ks_max")
    assert [(point.step, point.value) for point in history] == [(10, 0.1), (15, 0.15)]
    assert run.data.metrics["drift_input_alarm"] == 1
    assert run.data.metrics["drift_performance_alarm"] == 0
    assert run.data.tags["proposes"] == "true"
    assert run.info.status == "FINISHED"


def test_a_champion_has_a_run_of_its_own(root: Path, store: Store) -> None:
    record(root, report(look(10)))
    record(root, report(look(10), fingerprint="lstm-1"))
    assert {run.data.tags["champion"] for run in store.runs(f"tags.role = '{ROLE}'")} == {"gru-1", "lstm-1"}


def test_sync_leaves_it_alone(outputs: Path, store: Store) -> None:
    record(outputs, report(look(10)))
    sync(outputs, force=True)
    (run,) = store.runs(f"tags.role = '{ROLE}'")
    assert "fingerprint" not in run.data.tags
    assert "current" not in run.data.tags
    assert str(sync(outputs, force=True)) == str(sync(outputs, force=True))
