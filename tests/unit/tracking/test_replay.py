"""Runs that are made afterwards: from the event file where it tells of this model, else from the outputs."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from reprocast.tracking.producer import this_process
from reprocast.tracking.store import Store
from reprocast.tracking.sync import sync

EPOCH = {"event": "epoch", "epoch": 1, "train_loss": 9.0, "validation_loss": 9.0, "learning_rate": 1.0}


def events(fingerprint: str, status: str) -> list[dict]:
    """A training of two seeds that a follower could not record."""
    told: list[dict] = [
        {"event": "start", "model": "gru", "fingerprint": fingerprint, "pid": 1, "time": 100.0}
    ]
    for seed in (1, 2):
        told.append({"event": "seed_start", "seed": seed, "time": 101.0})
        told.append(EPOCH | {"seed": seed, "gradient_norm": None, "seconds": 0.5, "time": 102.0})
        end = {"event": "seed_end", "seed": seed, "best_epoch": 1, "best_loss": 9.0}
        told.append(end | {"seconds": 2.0, "time": 103.0})
    return [*told, {"event": "end", "status": status, "seconds": 7.0, "reason": None, "time": 107.0}]


@pytest.fixture
def tell(outputs: Path) -> Callable[[list[dict]], None]:
    """Leaves an event file."""

    def tell(told: list[dict]) -> None:
        path = outputs / ".reprocast" / "events" / "gru.jsonl"
        path.parent.mkdir(parents=True)
        path.write_text("".join(json.dumps(event) + "\n" for event in told))

    return tell


def test_an_event_file_of_this_model_gives_times(
    outputs: Path, store: Store, tell: Callable[[list[dict]], None]
) -> None:
    tell(events("gru-1", "FINISHED"))
    sync(outputs)
    (model,) = store.runs("tags.role = 'network'")
    seeds = store.runs("tags.role = 'seed'")
    assert (model.info.start_time, model.info.end_time) == (100_000, 107_000)
    assert model.data.metrics["training_seconds"] == 7.0
    assert [seed.data.metrics["train_loss"] for seed in seeds] == [9.0, 9.0]
    assert [seed.data.metrics["epoch_seconds"] for seed in seeds] == [0.5, 0.5]
    assert all("gradient_norm" not in seed.data.metrics for seed in seeds)
    assert model.data.tags["pid"] == str(this_process().pid)


@pytest.mark.parametrize(("fingerprint", "status"), [("gru-0", "FINISHED"), ("gru-1", "FAILED")])
def test_any_other_event_file_is_left_aside(
    outputs: Path, store: Store, tell: Callable[[list[dict]], None], fingerprint: str, status: str
) -> None:
    tell(events(fingerprint, status))
    sync(outputs)
    (model,) = store.runs("tags.role = 'network'")
    assert "training_seconds" not in model.data.metrics
    assert model.data.metrics["best_validation_loss"] == (0.75 + 0.25) / 2
