"""Progress for a terminal: a line for the networks of a stage, and one for the network at work."""

from typing import Any, Self

import pytorch_lightning as pl
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from reprocast.networks.watch import Epoch


class Bars(pl.Callback):
    """Counts networks, and steps of one up to the longest training there can be; early stopping ends sooner.

    Elsewhere than on a terminal (`shown` false) nothing is drawn.
    """

    def __init__(self, name: str, networks: int, *, shown: bool) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
        said = TextColumn("{task.fields[said]}")
        self._progress = Progress(*columns, said, console=Console(), transient=True, disable=not shown)
        self._all = self._progress.add_task(name, total=networks, said="", visible=networks > 1)
        self._one = self._progress.add_task("", total=None, said="", visible=False)
        self.shown = shown
        self._count(0)

    def __enter__(self) -> Self:
        """Shows them."""
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Takes them away, also after an error."""
        self._progress.stop()

    def begin(self, title: str, steps: int) -> None:
        """The next network."""
        self._progress.reset(self._one, description=title, total=steps, said="", visible=True)

    def on_train_start(self, *_: Any) -> None:
        """Draws at once: a short training may be over before the first of ten redraws a second."""
        self._progress.refresh()

    def on_train_batch_end(self, *_: Any) -> None:
        """One step further; rich redraws ten times a second at most."""
        self._progress.advance(self._one)

    def tell(self, epoch: Epoch) -> None:
        """Shows the losses of the epoch that just ended."""
        said = f"epoch {epoch.epoch}  train {epoch.train_loss:.4f}  validation {epoch.validation_loss:.4f}"
        self._progress.update(self._one, said=said)

    def end(self) -> None:
        """A network is done."""
        self._progress.update(self._one, visible=False)
        self._count(1)

    def _count(self, more: int) -> None:
        self._progress.advance(self._all, more)
        task = self._progress.tasks[0]
        self._progress.update(self._all, said=f"{int(task.completed)} of {int(task.total or 0)} networks")
