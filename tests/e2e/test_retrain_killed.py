"""`reprocast retrain`, whole, killed by kill -9 or stopped at four places, and begun anew: the same end."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from e2e.project import SMALL, Project, commit, new_project

pytestmark = pytest.mark.long
FIRST, NEXT = "2013-02-15", "2013-03-01"
PARAMS = SMALL.replace('end: "2013-03-01"', f'end: "{FIRST}"').replace("  gru: {cell: gru, hidden: 4}\n", "")
DATED = {"GIT_AUTHOR_DATE": "2024-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2024-01-01T00:00:00Z", "CI": ""}
COMMAND = (sys.executable, "-m", "reprocast", "retrain", "--as-of")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project after its first round, its remotes beside it; do not change it."""
    folder = tmp_path_factory.mktemp("begun")
    project = new_project(folder / "project", PARAMS)
    project.run("git", "init", "-q", "--bare", "-b", "main", "../origin.git")
    project.run("git", "remote", "add", "origin", "../origin.git")
    project.run("dvc", "remote", "add", "-q", "-d", "beside", "../remote")
    commit(project, "remotes")
    project.run("git", "push", "-q", "origin", "main")
    project.run(*COMMAND, FIRST, **DATED)
    return folder


@pytest.fixture(scope="module")
def uninterrupted(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    project = copy(begun, tmp_path_factory.mktemp("uninterrupted"))
    project.run(*COMMAND, NEXT, **DATED)
    return state(project)


def copy(begun: Path, folder: Path) -> Project:
    shutil.copytree(begun, folder / "world", symlinks=True)
    return Project(folder / "world" / "project")


def state(project: Project) -> dict[str, Any]:
    """What a round leaves; MLflow's store is asked for its champion by name only: run ids are random."""
    history = project.run("reprocast", "history").stdout.splitlines()
    return {
        "head": project.run("git", "rev-parse", "HEAD", "origin/main").stdout,
        "changed": project.run("git", "status", "--porcelain").stdout,
        "outputs": project.outputs(),
        "pushed": sorted(path.name for path in (project.path.parent / "remote").rglob("*") if path.is_file()),
        "history": history,
        "dvc": project.run("dvc", "status").stdout,
    }


def at_step(name: str) -> Callable[[Project, str], bool]:
    def is_there(project: Project, _said: str) -> bool:
        try:
            found = json.loads((project.path / ".reprocast/run_status.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return False
        return bool(found["state"] == "running" and found["step"] == name)

    return is_there


def in_training(_project: Project, said: str) -> bool:
    return "epoch 1" in said


PLACES = {
    "validation": at_step("validate"),
    "training": in_training,
    "git push": at_step("git_push"),
    "alias": at_step("alias"),
}


def cut_off(project: Project, is_there: Callable[[Project, str], bool], number: int) -> int:
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


def lives(project: Project) -> bool:
    """Whether a process works in the project's folder."""
    for process in psutil.process_iter():
        try:
            is_here = process.status() != psutil.STATUS_ZOMBIE and process.cwd() == str(project.path)
        except psutil.Error:
            continue
        if is_here:
            return True
    return False


@pytest.mark.parametrize("place", PLACES)
def test_a_round_killed_for_good_is_replayed(
    place: str, begun: Path, tmp_path: Path, uninterrupted: dict[str, Any]
) -> None:
    project = copy(begun, tmp_path)
    assert cut_off(project, PLACES[place], signal.SIGKILL) == -signal.SIGKILL
    while lives(project):  # what it had started ends by itself
        time.sleep(0.05)
    project.run(*COMMAND, NEXT, **DATED)
    assert state(project) == uninterrupted
    summary = (project.path / ".reprocast/run_summary.md").read_text(encoding="utf-8")
    assert "The round before this one was killed (process" in summary


def test_sigterm_leaves_what_was_there_and_143(begun: Path, tmp_path: Path) -> None:
    project = copy(begun, tmp_path)
    before = state(project)
    assert cut_off(project, in_training, signal.SIGTERM) == 143
    assert not lives(project)
    assert state(project) == before
    status = json.loads((project.path / ".reprocast/run_status.json").read_text(encoding="utf-8"))
    assert (status["state"], status["exit_code"], status["step"]) == ("stopped", 143, "reproduce")
