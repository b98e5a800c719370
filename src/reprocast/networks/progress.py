"""A progress bar for a terminal: one line a seed, with the step, the epoch and the latest losses."""

from typing import Any

import pytorch_lightning as pl
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from reprocast.networks.watch import Epoch


class Bar(pl.Callback):
    """Counts steps up to the longest training there can be; early stopping leaves it unfinished."""

    def __init__(self, title: str, steps: int) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, TextColumn("{task.fields[said]}"), transient=True)
        self._task = self._progress.add_task(title, total=steps, said="")

    def on_train_start(self, *_: Any) -> None:
        """Shows the bar."""
        self._progress.start()
        self._progress.refresh()  # a short training may be over before the first of ten redraws a second

    def on_train_batch_end(self, *_: Any) -> None:
        """One step further; rich redraws ten times a second at most."""
        self._progress.advance(self._task)

    def tell(self, epoch: Epoch) -> None:
        """Shows the losses of the epoch that just ended."""
        said = f"epoch {epoch.epoch}  train {epoch.train_loss:.4f}  validation {epoch.validation_loss:.4f}"
        self._progress.update(self._task, said=said)

    def teardown(self, *_: Any, **__: Any) -> None:
        """Takes the bar away, also after an error."""
        self._progress.stop()
