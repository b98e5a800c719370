"""`reprocast retrain`, killed by kill -9 at every step and within steps, and begun anew: the same end.

The command is the user's own; git, DVC, MLflow and models are real; killer/sitecustomize.py sends the signal.
DVC's cache knows what the stages will make (in tests/e2e/test_retrain_killed.py it does not).
"""

import json
import os
import shutil
import signal
import time
from dataclasses import dataclass
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
    made_once,
    shared,
    state,
    trained,
    uninterrupted,
)

from reprocast.commands.rounds.steps import STEPS

__all__ = ["begun", "finished_world", "shared", "trained", "uninterrupted"]
pytestmark = pytest.mark.long
ROUNDS = "reprocast.commands.rounds"
DECISIONS = "reprocast.commands.decisions"


@dataclass(frozen=True)
class At:
    """A place, as killer/sitecustomize.py wants it."""

    module: str
    name: str
    side: str
    words: tuple[str, ...] = ()
    call: int = 1
    process: tuple[str, ...] = ("retrain",)


def before(step: str) -> At:
    """Where run_status.json names the step, and it has done nothing."""
    return At(f"{ROUNDS}.steps", "changed", "after", (step,))


FIRST_TOUCH = list(STEPS).index("validate")
UNTOUCHED, TOUCHED = list(STEPS)[:FIRST_TOUCH], list(STEPS)[FIRST_TOUCH:]
WITHIN = {
    "data.end is noted, and has not moved": At(f"{ROUNDS}.back", "write_file", "after"),
    "half of the stages are reproduced": At(
        "dvc.repo.reproduce",
        "_get_upstream_downstream_nodes",
        "before",
        call=6,
        process=("repro", "--pull"),
    ),
    "runs are recorded, the model is not": At("reprocast.tracking.agreement", "log_model", "before"),
    "the winner is fitted again, DVC does not know": At(f"{DECISIONS}.refitting", "track_refit", "before"),
    "the decision is in the ledger": At(f"{DECISIONS}.ledger_files", "write_file", "after"),
    "a part is pushed": At("dvc_data.hashfile.transfer", "_add", "after", call=5, process=("push",)),
    "the tree is written, the commit is not": At(f"{ROUNDS}.place", "git", "after", ("write-tree",)),
    "the commit is made, and not noted": At(f"{ROUNDS}.place", "committed", "after"),
    "the branch follows, the index does not": At(f"{ROUNDS}.place", "git", "after", ("update-ref",)),
    "all is done, and not said": At("reprocast.commands.retrain", "changed", "before", ("done",)),
}
ENACTING = {
    "before it is registered": At(f"{DECISIONS}.enacting", "register", "before"),
    "registered": At(f"{DECISIONS}.enacting", "register", "after"),
    "its refit is registered, too": At(f"{DECISIONS}.enacting", "register", "after", call=2),
    "called champion": At(f"{DECISIONS}.enacting", "tag", "after", ("{'status': 'champion'}",)),
    "the one before is a former one, the alias has not moved": At(
        f"{DECISIONS}.enacting", "move_alias", "before"
    ),
    "the alias has moved": At(f"{DECISIONS}.enacting", "move_alias", "after"),
}
"""Of a decision that has been pushed; the next round enacts it."""
AGAIN = (before("dvc_push"), At(f"{ROUNDS}.back", "git", "after", ("checkout",)), before("git_push"))
"""A round that is killed, and whose replay is killed while it puts things back, and the next one later."""


def killed(project: Project, at: At) -> None:
    """A round that gets that far."""
    place = json.dumps([at.process, at.module, at.name, at.side, at.words, at.call])
    path = os.pathsep.join([str(Path(__file__).parent / "killer"), str(project.path / "src")])
    ran = project.run(*COMMAND, NEXT, check=False, REPROCAST_KILLED_AT=place, PYTHONPATH=path, **DATED)
    assert ran.returncode == -signal.SIGKILL, ran.stdout + ran.stderr
    while lives(project):  # what it had started ends by itself
        time.sleep(0.05)
    assert status(project)["state"] == "running"


def status(project: Project) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (project.path / ".reprocast/run_status.json").read_text(encoding="utf-8")
    )
    return found


def replayed(project: Project, wanted: dict[str, Any], kills: int = 1) -> None:
    """The next start ends as if nothing had been; of those that were killed, each is noted once."""
    step = status(project)["step"]
    project.run(*COMMAND, NEXT, **DATED)
    assert state(project) == wanted
    assert (status(project)["state"], status(project)["killed"]["step"]) == ("done", step)
    noted = (project.path / ".reprocast/killed_rounds.jsonl").read_text(encoding="utf-8")
    assert len(noted.splitlines()) == kills
    shutil.rmtree(project.path.parent)  # two dozen worlds would fill a small disk


def test_killed_before_anything_is_touched(
    trained: Path, tmp_path: Path, uninterrupted: dict[str, Any]
) -> None:
    """What is as it was before needs no replay of its own: one start after all of them is each one's."""
    project = copied(trained, tmp_path / "world")
    untouched = state(project)
    for step in UNTOUCHED:
        killed(project, before(step))
        assert status(project)["step"] == step
        assert state(project) == untouched
    replayed(project, uninterrupted, kills=len(UNTOUCHED))


@pytest.mark.parametrize("step", TOUCHED)
def test_killed_before(step: str, trained: Path, tmp_path: Path, uninterrupted: dict[str, Any]) -> None:
    project = copied(trained, tmp_path / "world")
    killed(project, before(step))
    assert status(project)["step"] == step
    replayed(project, uninterrupted)


@pytest.mark.parametrize("place", WITHIN)
def test_killed_when(place: str, trained: Path, tmp_path: Path, uninterrupted: dict[str, Any]) -> None:
    project = copied(trained, tmp_path / "world")
    killed(project, WITHIN[place])
    replayed(project, uninterrupted)


@pytest.fixture(scope="session")
def pushed(shared: Path, trained: Path) -> Path:
    """The world after a round that was killed when it had pushed its commit; do not change it."""
    return made_once(shared, "pushed", lambda folder: killed(copied(trained, folder), before("follow")))


@pytest.mark.parametrize("place", ENACTING)
def test_killed_again_when_the_decision_is_enacted(
    place: str, pushed: Path, tmp_path: Path, uninterrupted: dict[str, Any]
) -> None:
    project = copied(pushed, tmp_path / "world")
    killed(project, ENACTING[place])
    replayed(project, uninterrupted, kills=2)


def test_killed_again_and_again(trained: Path, tmp_path: Path, uninterrupted: dict[str, Any]) -> None:
    project = copied(trained, tmp_path / "world")
    for place in AGAIN:
        killed(project, place)
    replayed(project, uninterrupted, kills=len(AGAIN))
