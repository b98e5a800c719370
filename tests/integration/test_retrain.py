"""Rounds of `reprocast retrain`, cut off at every point, end as if they had not been."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import toy_rounds
from live_source import LiveSource
from toy_rounds import FIRST, NEXT, World, day, git, in_this_process, killed, new_world, status
from tracked_store import migrated

from reprocast.commands import (
    fresh,
    repro,
    retrain_back,
    retrain_place,
    retrain_remote,
    retrain_steps,
    tracked,
)
from reprocast.stages import acquire

__all__ = ["migrated"]


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Path]:
    """A project after its first round; do not change it."""
    before, folder = Path.cwd(), tmp_path_factory.mktemp("begun")
    with pytest.MonkeyPatch.context() as patch:
        in_this_process(patch)
        new_world(folder, migrated)
        World(LiveSource(patch), patch).round(FIRST)
        os.chdir(before)
        yield folder


@pytest.fixture
def world(begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A copy of it, in which the source has a session more."""
    return copy(begun, tmp_path / "world", monkeypatch)


def copy(begun: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    shutil.copytree(begun, folder, symlinks=True)
    monkeypatch.chdir(folder / "project")
    in_this_process(monkeypatch)
    return World(LiveSource(monkeypatch), monkeypatch)


@pytest.fixture(scope="module")
def uninterrupted(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a round that nothing has cut off leaves."""
    with pytest.MonkeyPatch.context() as patch:
        world = copy(begun, tmp_path_factory.mktemp("uninterrupted") / "world", patch)
        world.round()
        return world.state()


POINTS = {
    "nothing was done": (retrain_place, "refuse_other_work", "before"),
    "commits of others are here": (retrain_place, "over_the_network", "after fetch"),
    "before the source is asked": (acquire, "_ask", "before"),
    "the answer is stored, its turn is not": (acquire, "store", "after"),
    "its turn is noted, DVC does not know it": (fresh, "track", "before"),
    "DVC knows it": (tracked, "dvc", "after add"),
    "it is pushed, which is not noted": (tracked, "dvc", "after push"),
    "before data.end moves": (retrain_back, "write_file", "after"),
    "data.end has moved": (retrain_steps, "write_file", "after"),
    "the data are validated": (repro, "dvc", "after repro validate"),
    "everything is reproduced": (repro, "dvc", "after repro --pull"),
    "it is not recorded": (repro, "_record", "before"),
    "it is recorded": (repro, "_record", "after"),
    "before the decision": (toy_rounds, "decided", "before"),
    "the decision is in the ledger": (toy_rounds, "decided", "after"),
    "before dvc push": (retrain_remote, "dvc", "before push"),
    "after dvc push": (retrain_remote, "dvc", "after push"),
    "the push is verified": (retrain_remote, "_named", "after"),
    "git has read the tree": (retrain_place, "git", "after read-tree"),
    "git has the files": (retrain_place, "git", "after add"),
    "the commit is made": (retrain_place, "git", "after commit-tree"),
    "before git push": (retrain_place, "over_the_network", "before push"),
    "after git push": (retrain_place, "over_the_network", "after push"),
    "the branch follows, the index does not": (retrain_place, "git", "after update-ref"),
    "the index follows": (retrain_place, "git", "after reset"),
    "before the registry": (toy_rounds, "enact", "before"),
    "registered, the alias has not moved": (toy_rounds, "registered", "after"),
    "the alias has moved": (toy_rounds, "enact", "after"),
}
FEW = ("data.end has moved", "the decision is in the ledger", "after git push")


@pytest.mark.parametrize(
    "point", [pytest.param(p, marks=() if p in FEW else pytest.mark.slow) for p in POINTS]
)
def test_a_round_that_was_killed_is_replayed(point: str, world: World, uninterrupted: dict[str, Any]) -> None:
    killed(world, *POINTS[point])
    world.round()
    assert world.state() == uninterrupted
    assert status()["state"] == "done"
