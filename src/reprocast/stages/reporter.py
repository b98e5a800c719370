"""Tells how a training goes: events for the record, bars on a terminal, a line an epoch elsewhere."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Protocol

from pytorch_lightning import Callback

from reprocast.networks.progress import Bars
from reprocast.networks.watch import Epoch
from reprocast.stages.events import Events
from reprocast.stages.finished import Finished
from reprocast.tasks.training import Trained


class Train(Protocol):
    """`train_seed` with everything but what watches it."""

    def __call__(self, *, on_epoch: Callable[[Epoch], None], callbacks: Sequence[Callback]) -> Trained:
        """Trains."""
        ...


class Reporter:
    """Watches the networks of one model, one after the other."""

    def __init__(self, bars: Bars, events: Events) -> None:
        """Begins.

        Args:
            bars: what a terminal shows.
            events: the record.
        """
        self._bars, self._events = bars, events
        self._epochs: list[Epoch] = []
        self._laps: list[float] = []

    def network(self, title: str, fold: int, seed: int, steps: int, train: Train) -> Finished:
        """Trains one network and reports on it; `steps` is the most it can take."""
        self._bars.begin(title, steps)
        self._epochs, self._laps = [], []
        begun = clock = time.perf_counter()

        def on_epoch(epoch: Epoch) -> None:
            nonlocal clock
            now = time.perf_counter()
            self._epoch(title, fold, epoch, now - clock)
            clock = now

        self._events.write("seed_start", fold=fold, seed=seed)
        trained = train(on_epoch=on_epoch, callbacks=[self._bars] if self._bars.shown else [])
        seconds = time.perf_counter() - begun
        finished = Finished(trained, tuple(self._epochs), tuple(self._laps), seconds)
        self._end(title, fold, seed, finished, f"{seconds:.1f} s")
        return finished

    def again(self, title: str, fold: int, seed: int, finished: Finished) -> None:
        """Reports on a network that was trained before the stage was killed, as if it had been now."""
        self._events.write("seed_start", fold=fold, seed=seed)
        for epoch, lap in zip(finished.epochs, finished.laps, strict=True):
            self._events.write("epoch", fold=fold, **asdict(epoch), seconds=lap)
        self._events.earlier += finished.seconds
        self._end(title, fold, seed, finished, "trained before the run was interrupted")

    def _epoch(self, title: str, fold: int, epoch: Epoch, seconds: float) -> None:
        self._epochs.append(epoch)
        self._laps.append(seconds)
        self._events.write("epoch", fold=fold, **asdict(epoch), seconds=seconds)
        self._bars.tell(epoch)
        if not self._bars.shown:
            losses = f"train {epoch.train_loss:.4f}, validation {epoch.validation_loss:.4f}"
            rate = f"rate {epoch.learning_rate:.2g}, gradient {epoch.gradient_norm:.2f}"
            print(f"{title} epoch {epoch.epoch}: {losses}, {rate}", flush=True)

    def _end(self, title: str, fold: int, seed: int, finished: Finished, took: str) -> None:
        trained = finished.trained
        best = {"best_epoch": trained.best_epoch, "best_loss": trained.best_loss}
        self._events.write("seed_end", fold=fold, seed=seed, seconds=finished.seconds, **best)
        self._bars.end()
        found = f"best validation loss {trained.best_loss:.4f} in epoch {trained.best_epoch}"
        print(f"{title}: {found}, {took}", flush=True)
