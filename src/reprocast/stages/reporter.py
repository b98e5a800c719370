"""Tells how a training goes: events for the record, a bar on a terminal, a line an epoch elsewhere."""

import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Protocol

from pytorch_lightning import Callback

from reprocast.networks.progress import Bar
from reprocast.networks.watch import Epoch
from reprocast.stages.events import Events
from reprocast.tasks.training import Trained


class Train(Protocol):
    """`train_seed` with everything but what watches it."""

    def __call__(self, *, on_epoch: Callable[[Epoch], None], callbacks: list[Callback]) -> Trained:
        """Trains."""
        ...


class Reporter:
    """Watches the seeds of one model on one fold, one after the other, and keeps their epochs."""

    def __init__(self, name: str, fold: int, steps: int, events: Events) -> None:
        """Begins.

        Args:
            name: what the lines call the model.
            fold: what it is trained on.
            steps: most optimiser steps of a seed.
            events: the record.
        """
        self.epochs: list[Epoch] = []
        self._name, self._fold, self._steps, self._events = name, fold, steps, events
        self._bar: Bar | None = None
        self._clock = time.perf_counter()

    def seed(self, seed: int, train: Train) -> Trained:
        """Trains one seed and reports on it."""
        begun = self._clock = time.perf_counter()
        title = f"{self._name} seed {seed}"
        self._bar = Bar(title, self._steps) if sys.stdout.isatty() else None
        self._events.write("seed_start", fold=self._fold, seed=seed)
        trained = train(on_epoch=self._epoch, callbacks=[self._bar] if self._bar else [])
        seconds = time.perf_counter() - begun
        best = {"best_epoch": trained.best_epoch, "best_loss": trained.best_loss}
        self._events.write("seed_end", fold=self._fold, seed=seed, seconds=seconds, **best)
        print(
            f"{title}: best validation loss {trained.best_loss:.4f} in epoch {trained.best_epoch}, "
            f"{seconds:.1f} s",
            flush=True,
        )
        return trained

    def _epoch(self, epoch: Epoch) -> None:
        now = time.perf_counter()
        seconds, self._clock = now - self._clock, now
        self.epochs.append(epoch)
        self._events.write("epoch", fold=self._fold, **asdict(epoch), seconds=seconds)
        if self._bar:
            self._bar.tell(epoch)
            return
        losses = f"train {epoch.train_loss:.4f}, validation {epoch.validation_loss:.4f}"
        rate = f"rate {epoch.learning_rate:.2g}, gradient {epoch.gradient_norm:.2f}"
        print(f"{self._name} seed {epoch.seed} epoch {epoch.epoch}: {losses}, {rate}", flush=True)
