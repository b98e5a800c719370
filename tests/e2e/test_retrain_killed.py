"""`reprocast retrain`, killed by kill -9 while a stage works, or stopped, and begun anew: the same end."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from e2e.killed_worlds import (
    COMMAND,
    DATED,
    NEXT,
    Project,
    begun,
    copied,
    finished_world,
    lives,
    shared,
    state,
    uninterrupted,
)

__all__ = ["begun", "finished_world", "shared", "uninterrupted"]
pytestmark = pytest.mark.long
Place = Callable[[Project, str], bool]


def validates(project: Project, _said: str) -> bool:
    try:
        found = json.loads((project.path / ".reprocast/run_status.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    return bool(found["state"] == "running" and found["step"] == "validate")


def in_training(_project: Project, said: str) -> bool:
    return "epoch 1" in said


def cut_off(project: Project, is_there: Place, number: int) -> int:
    """Starts a round and signals its process, and no other, when it is there; returns its exit code."""
    log = project.path / ".reprocast" / "log"
    with log.open("w", encoding="utf-8") as stream:
        child = subprocess.Popen(
            [*COMMAND, NEXT], cwd=project.path, env=project.environment(**DATED), stdout=stream, stderr=stream
        )
        while not is_there(project, log.read_text(encoding="utf-8")):
            assert child.poll() is None, log.read_text(encoding="utf-8")
            time.sleep(0.02)
        os.kill(child.pid, number)
        return child.wait()


@pytest.mark.parametrize("place", [validates, in_training])
def test_a_round_killed_within_a_stage_is_replayed(
    place: Place, begun: Path, tmp_path: Path, uninterrupted: dict[str, Any]
) -> None:
    project = copied(begun, tmp_path / "world")
    assert cut_off(project, place, signal.SIGKILL) == -signal.SIGKILL
    while lives(project):  # what it had started ends by itself
        time.sleep(0.05)
    project.run(*COMMAND, NEXT, **DATED)
    assert state(project) == uninterrupted
    summary = (project.path / ".reprocast/run_summary.md").read_text(encoding="utf-8")
    assert "The round before this one was killed (process" in summary


def test_sigterm_leaves_what_was_there_and_143(begun: Path, tmp_path: Path) -> None:
    project = copied(begun, tmp_path / "world")
    before = state(project)
    assert cut_off(project, in_training, signal.SIGTERM) == 143
    assert not lives(project)
    after = state(project)
    assert {**after, "registry": None} == {**before, "registry": None}
    assert all(
        after["registry"][name] == before["registry"][name] for name in ("versions", "aliases", "current")
    )
    status = json.loads((project.path / ".reprocast/run_status.json").read_text(encoding="utf-8"))
    assert (status["state"], status["exit_code"], status["step"]) == ("stopped", 143, "reproduce")
