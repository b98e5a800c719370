"""From training events to runs: a parent run a model, a nested run a fold and seed, all in few batches.

Events arrive live from a training process or are made from the outputs on disk (events.py); the runs
look the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlflow.entities import Metric, Param, RunTag

from reprocast.tracking.curves import Curves
from reprocast.tracking.dataset import dataset_input
from reprocast.tracking.flat import flat_params
from reprocast.tracking.labels import labels, note
from reprocast.tracking.notes import NOTE
from reprocast.tracking.outputs import DataOutput
from reprocast.tracking.store import Store

Event = Mapping[str, Any]
CURVES = {
    "train_loss": "train_loss",
    "validation_loss": "validation_loss",
    "learning_rate": "learning_rate",
    "gradient_norm": "gradient_norm",
    "clipped": "clipped_steps",
    "seconds": "epoch_seconds",
}
"""Field of an epoch event -> metric."""
Member = tuple[int, int]
"""Fold and seed of one training."""
BATCH = 1000
"""Metrics in one call at most; mlflow's own limit."""


@dataclass
class Recorder:
    """Writes the events of one model into a store."""

    store: Store
    data: DataOutput
    origin: str
    """`live` or `outputs`: where the events come from."""
    parent: str | None = None
    """Run of the model, once it has started."""
    _start: Event = field(default_factory=dict)
    _open: dict[Member, str] = field(default_factory=dict)
    """Fold and seed -> its run, not ended yet."""
    _metrics: dict[str, list[Metric]] = field(default_factory=dict)
    _best: list[float] = field(default_factory=list)
    _curves: Curves = field(default_factory=Curves)

    def consume(self, events: Iterable[Event]) -> None:
        """Takes events in their order and sends what they amount to."""
        for event in events:
            kind = event["event"]
            if kind == "start":
                self._begin(event)
            elif self.parent is None:
                continue
            elif kind == "seed_start":
                self._begin_seed(event)
            elif kind == "epoch":
                self._epoch(event)
            elif kind == "seed_end":
                self._end_seed(event)
            elif kind == "end":
                self._end(event)
        self._send()

    def abandon(self) -> None:
        """Marks what is still open KILLED: its producer is gone."""
        self._send()
        for run in [*self._open.values(), *([self.parent] if self.parent else [])]:
            self.store.client.set_terminated(run, "KILLED")
        self._open.clear()

    def _begin(self, event: Event) -> None:
        self._start, self._best, self._curves = event, [], Curves()
        role = event["description"].get("kind", "network")
        self.parent = self._create(event, str(event["model"]), {"role": role})
        self.store.client.set_tag(self.parent, NOTE, note(event, self.parent))

    def _begin_seed(self, event: Event) -> None:
        fold, seed = member = _member(event)
        of_fold = f" fold {fold}" if self._start["description"].get("folds", 1) > 1 else ""
        tags = {"role": "seed", "fold": str(fold), "seed": str(seed), "mlflow.parentRunId": str(self.parent)}
        self._open[member] = self._create(event, f"{self._start['model']}{of_fold} seed {seed}", tags)

    def _create(self, event: Event, name: str, tags: Mapping[str, str]) -> str:
        """A new run with its tags, parameters and dataset."""
        client, description = self.store.client, self._start["description"]
        tags = {**labels(self._start, self.origin), **tags}
        run = client.create_run(self.store.experiment, millis(event), dict(tags), name).info.run_id
        params = flat_params(description) | {key: tags[key] for key in ("fold", "seed") if key in tags}
        client.log_batch(run, params=[Param(key, value) for key, value in params.items()])
        dataset = dataset_input(self.data, description.get("windows_sha256"))
        if dataset is not None:
            client.log_inputs(run, [dataset])
        return str(run)

    def _epoch(self, event: Event) -> None:
        values = {name: event[key] for key, name in CURVES.items() if event.get(key) is not None}
        member, epoch = _member(event), int(event["epoch"])
        self._note(self._open[member], values, millis(event), epoch)
        self._curves.add(member, epoch, values)

    def _end_seed(self, event: Event) -> None:
        run = self._open[_member(event)]
        values = {"best_validation_loss": event["best_loss"], "best_epoch": event["best_epoch"]}
        self._best.append(float(event["best_loss"]))
        self._note(run, values | _duration(event), millis(event), 0)
        self._send()
        self.store.client.set_terminated(run, "FINISHED", millis(event))
        del self._open[_member(event)]

    def _end(self, event: Event) -> None:
        status, parent = str(event["status"]), str(self.parent)
        best = {"best_validation_loss": sum(self._best) / len(self._best)} if self._best else {}
        self._note(parent, best | _duration(event), millis(event), 0)
        for epoch, values in self._curves.means():
            self._note(parent, values, millis(event), epoch)
        self._send()
        if event.get("reason"):
            self.store.client.log_batch(parent, tags=[RunTag("reason", str(event["reason"])[:LINE])])
        for run in (*self._open.values(), parent):
            self.store.client.set_terminated(run, status, millis(event))
        self._open.clear()

    def _note(self, run: str, values: Mapping[str, Any], time: int, step: int) -> None:
        batch = [Metric(name, float(value), time, step) for name, value in values.items()]
        self._metrics.setdefault(run, []).extend(batch)

    def _send(self) -> None:
        for run, metrics in self._metrics.items():
            for first in range(0, len(metrics), BATCH):
                self.store.client.log_batch(run, metrics[first : first + BATCH])
        self._metrics.clear()


LINE = 500
"""Characters of a reason that are kept."""


def _member(event: Event) -> Member:
    """Which training an event is about."""
    return int(event.get("fold", 0)), int(event["seed"])


def millis(event: Event) -> int:
    """Time of an event as mlflow counts it."""
    return round(float(event["time"]) * 1000)


def _duration(event: Event) -> dict[str, float]:
    """Training time, unless it is not known (a run made from the outputs)."""
    return {"training_seconds": float(event["seconds"])} if event.get("seconds") is not None else {}
