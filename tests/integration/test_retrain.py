"""Rounds of `reprocast retrain`, cut off at every point, end as if they had not been."""

from pathlib import Path
from typing import Any

import pytest
import toy_gate
from retrain_worlds import begun, migrated, uninterrupted, world
from toy_rounds import World, killed, quick_dvc, status

from reprocast.commands import acquire as fresh
from reprocast.commands import repro
from reprocast.commands.repository import tracked
from reprocast.commands.rounds import back as retrain_back
from reprocast.commands.rounds import place as retrain_place
from reprocast.commands.rounds import remote as retrain_remote
from reprocast.commands.rounds import steps as retrain_steps
from reprocast.data import turns
from reprocast.stages import acquire

__all__ = ["begun", "migrated", "uninterrupted", "world"]

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
    "before the decision": (toy_gate, "weighed", "before"),
    "before the refit": (toy_gate, "refitted", "before"),
    "it is fitted again, DVC does not know it": (toy_gate, "fitted", "after"),
    "DVC has the refit, the ledger has not": (toy_gate, "refitted", "after"),
    "the decision is in the ledger": (toy_gate, "recorded", "after"),
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
    "before the registry": (toy_gate, "enact", "before"),
    "registered, the alias has not moved": (toy_gate, "registered", "after"),
    "the alias has moved": (toy_gate, "enact", "after"),
}
FEW = (
    "data.end has moved",
    "DVC has the refit, the ledger has not",
    "the decision is in the ledger",
    "after git push",
)


@pytest.mark.parametrize(
    "point", [pytest.param(p, marks=() if p in FEW else pytest.mark.slow) for p in POINTS]
)
def test_a_round_that_was_killed_is_replayed(point: str, world: World, uninterrupted: dict[str, Any]) -> None:
    killed(world, *POINTS[point])
    world.round()
    assert world.state() == uninterrupted
    assert status()["state"] == "done"


def pulled_only(*_: str, **__: object) -> None:
    quick_dvc("repro", "pull")


def without_metrics(*_: str, **__: object) -> None:
    quick_dvc("repro", "train")
    for name in ("metrics.json", "results/leaderboard"):
        Path(name).unlink(missing_ok=True)


def half_pushed(*_: str, **__: object) -> None:
    quick_dvc("push", "--quiet")
    for path in sorted(Path("../remote").rglob("*"))[::2]:
        if path.is_file():
            path.unlink()


def half_written(target: Path, _: str) -> None:
    target.with_name(f".{target.name}-abcd_123").write_text("{", encoding="utf-8")  # as mkstemp names it


HALVES = {
    "the turn is half written": (turns, "write_file", half_written),
    "params.yaml is half written": (retrain_steps, "write_file", half_written),
    "the data are pulled": (repro, "dvc", pulled_only),
    "outputs are deleted": (repro, "dvc", without_metrics),
    "half is pushed": (retrain_remote, "dvc", half_pushed),
}


@pytest.mark.slow
@pytest.mark.parametrize("half", HALVES)
def test_so_is_one_that_was_killed_within_a_step(
    half: str, world: World, uninterrupted: dict[str, Any]
) -> None:
    place, name, act = HALVES[half]
    with world.monkeypatch.context() as patch:
        patch.setattr(place, name, act)
        killed(world, place, name, "after")
    world.round()
    assert world.state() == uninterrupted
