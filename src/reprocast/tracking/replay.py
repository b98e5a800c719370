"""The events of a training that is over: from its event file where that is left, else from its outputs."""

from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from reprocast.tracking.outputs import ModelOutput
from reprocast.tracking.producer import this_process
from reprocast.tracking.tail import EVENTS, read_events

Event = dict[str, Any]


def past_events(root: Path, output: ModelOutput, commit: str | None) -> list[Event]:
    """Events that a recorder turns into the runs of `output`.

    The producer in them is this process: it is the one that leaves a run unfinished if it is killed.
    """
    producer = this_process()
    identity = {"host": producer.host, "pid": producer.pid, "process_start": producer.start}
    told = read_events(root / EVENTS / f"{output.description.name}.jsonl")
    if not _tells(told, output):
        told = _from_outputs(output, commit)
    description = output.description.model_dump(mode="json")
    return [{**told[0], **identity, "description": description}, *told[1:]]


def _tells(events: list[Event], output: ModelOutput) -> bool:
    """Whether the events are the whole training of this very model."""
    return (
        bool(events)
        and events[0]["fingerprint"] == output.description.fingerprint
        and events[-1].get("status") == "FINISHED"
    )


def _from_outputs(output: ModelOutput, commit: str | None) -> list[Event]:
    """Times are those of the files; durations are not known and left out."""
    description = output.description
    time = (output.folder / "model.json").stat().st_mtime
    start = {"event": "start", "model": description.name, "fingerprint": description.fingerprint}
    events: list[Event] = [{**start, "time": time, "commit": commit}]
    for (fold, seed), rows in groupby(output.curves, key=_member):
        events += _seed(fold, seed, [dict(row) for row in rows], time)
    return [*events, {"event": "end", "status": "FINISHED", "time": time, "reason": None}]


def _member(row: Mapping[str, float]) -> tuple[int, int]:
    """Fold and seed of a row; curves from before there were folds have the only one."""
    return int(row.get("fold", 0)), int(row["seed"])


def _seed(fold: int, seed: int, rows: list[dict[str, float]], time: float) -> list[Event]:
    best = min(rows, key=lambda row: row["validation_loss"])
    said: Mapping[str, Any] = {"fold": fold, "seed": seed, "time": time}
    return [
        {"event": "seed_start", **said},
        *({"event": "epoch", **row, **said} for row in rows),
        {
            "event": "seed_end",
            **said,
            "best_epoch": int(best["epoch"]),
            "best_loss": best["validation_loss"],
        },
    ]
