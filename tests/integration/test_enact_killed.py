"""Enacting a decision, cut off before each write to the registry, leads to the same registry."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import mlflow
import pytest
from integration.gate_worlds import BY, crowned, move_on, project, reign, rounds
from registered_project import moved
from toy_rounds import Killed
from tracked_store import migrated

from reprocast.commands.promote import decided, enact, enact_pending
from reprocast.registry.ledger_entry import Entry
from reprocast.tracking import agreement
from reprocast.tracking.agreement import settled_run
from reprocast.tracking.outputs import read_model
from reprocast.tracking.registered import open_registry, versions

__all__ = ["crowned", "migrated", "project", "reign", "rounds"]
WRITES = (
    "create_registered_model",
    "create_model_version",
    "set_model_version_tag",
    "set_registered_model_alias",
)
"""What changes the registry; `settled_run` before them writes the model's run."""


def registry(root: Path) -> list[dict[str, Any]]:
    """All that is registered."""
    found = versions(open_registry(root))
    return [{"number": one.number, "is_champion": one.is_champion, **one.tags} for one in found]


def enacted(root: Path, entry: Entry, stop: int | None, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Enacts, and ends before the write of that number; the names of the writes there were."""
    written: list[str] = []

    def cut(name: str, whole: Callable[..., Any]) -> Callable[..., Any]:
        def write(*arguments: Any, **options: Any) -> Any:
            if len(written) == stop:
                raise Killed
            written.append(name)
            return whole(*arguments, **options)

        return write

    with monkeypatch.context() as patch:
        for name in WRITES:
            patch.setattr(mlflow.MlflowClient, name, cut(name, getattr(mlflow.MlflowClient, name)))
        if stop is None:
            enact(root, entry)
        else:
            with pytest.raises(Killed):
                enact(root, entry)
    return written


def replayed(root: Path, entry: Entry, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every point, replayed by the next round, against what nothing has cut off."""
    for name in [who.model for who in (entry.champion, entry.challenger) if who]:
        if (root / "models" / name / "model.json").exists():  # its run is there; the test below is without
            settled_run(open_registry(root).store, read_model(root, name), root)
    whole = moved(root, folder / "whole")
    monkeypatch.chdir(whole)
    written = enacted(whole, entry, None, monkeypatch)
    wanted = registry(whole)
    assert written[-1] == "set_registered_model_alias"  # nobody is served before all is said
    for stop in range(len(written)):
        again = moved(root, folder / f"{stop}")
        monkeypatch.chdir(again)
        assert enacted(again, entry, stop, monkeypatch) == written[:stop]
        enact_pending(again)
        assert registry(again) == wanted, f"killed before {written[stop]}, the write {stop + 1}"
        assert enacted(again, entry, None, monkeypatch) == []


def test_a_promotion_that_was_killed(
    reign: Path, rounds: dict[int, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    move_on(reign, rounds)
    entry, _ = decided(reign, by=BY, model="seasonal_naive")
    assert entry.action == "promote"
    replayed(reign, entry, tmp_path / "killed", monkeypatch)


@pytest.mark.slow
def test_a_first_decision_that_was_killed(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry, _ = decided(project, by=BY)
    assert entry.action == "first"
    replayed(project, entry, tmp_path / "killed", monkeypatch)


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_decision_that_was_killed_when_its_model_was_logged(
    side: str, reign: Path, rounds: dict[int, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    move_on(reign, rounds)
    entry, _ = decided(reign, by=BY, model="seasonal_naive")
    whole = agreement.log_model

    def cut(*arguments: Any) -> None:
        if side == "after":
            whole(*arguments)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(agreement, "log_model", cut)
        with pytest.raises(Killed):
            enact(reign, entry)
    enact_pending(reign)
    standing = {(one["model"], one["status"], one["is_champion"]) for one in registry(reign)}
    assert standing == {
        ("naive", "former", False),
        ("gru", "refused", False),
        ("seasonal_naive", "champion", True),
    }
    runs = open_registry(reign).store.runs(f"tags.fingerprint = '{entry.winner}'")
    assert [run.info.status for run in runs] == ["FINISHED"] * len(runs)
    assert len(runs) == 1
