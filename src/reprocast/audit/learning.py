"""A short training: its weights do not depend on what comes after training, nor its end on test rows."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytorch_lightning as pl
from torch import Tensor, nn

from reprocast.audit.leak import LeakError, same
from reprocast.audit.result import Done
from reprocast.audit.scrambling import Scramble
from reprocast.audit.subject import Subject
from reprocast.data.starts import Starts
from reprocast.data.windows import Fold, Ints, Windows
from reprocast.model import deployed_fold
from reprocast.params.train import overridden
from reprocast.tasks import part, training
from reprocast.tasks.training import Trained, Training

EPOCHS = 2
MOST = {"train": 2048, "validation": 512}
"""Windows of a split that the short training sees: those nearest to the next split."""


@dataclass(frozen=True)
class Short:
    """What a short training leaves."""

    trained: Trained
    network: nn.Module
    """Of the form that was trained."""
    last: dict[str, Tensor]
    """Weights after the last epoch, the best or not."""


class _Last(pl.Callback):
    """Keeps the weights of the latest epoch."""

    weights: dict[str, Tensor]

    def on_train_epoch_end(self, _: pl.Trainer, module: Any) -> None:
        self.weights = {name: value.clone() for name, value in module.network.state_dict().items()}


def stops_on_validation(subject: Subject) -> Done:
    """Every row after validation scrambled: the same weights, from the same epoch, with the same loss."""
    windows, fold, seed = subject.windows, deployed_fold(subject.windows), subject.params.seeds[0]
    after = windows.folds[fold].bounds["validation"][1]
    scramble = subject.scramble(after)
    true, false = train(subject, windows), train(subject, subject.cut(scramble(subject.panel)))
    place = f"training: fold {fold}, seed {seed}"
    for what in ("rate", "best_loss", "best_epoch"):
        one, other = (np.asarray([getattr(run.trained, what)]) for run in (true, false))
        same(one, other, lambda _, what=what: f"{place}: {what.replace('_', ' ')}", str(scramble))  # type: ignore[misc]
    compared = _same_weights(true.trained.weights, false.trained.weights, f"{place}: best weights", scramble)
    return Done({"epochs": EPOCHS, "weights": compared})


def learns_from_training(subject: Subject) -> Done:
    """Every row after training scrambled: the same weights after the last epoch, whichever is best."""
    windows, fold, seed = subject.windows, deployed_fold(subject.windows), subject.params.seeds[0]
    scramble = subject.scramble(windows.folds[fold].bounds["train"][1])
    true, false = train(subject, windows), train(subject, subject.cut(scramble(subject.panel)))
    place = f"training: fold {fold}, seed {seed}: last weights"
    return Done({"epochs": EPOCHS, "weights": _same_weights(true.last, false.last, place, scramble)})


def train(subject: Subject, windows: Windows) -> Short:
    """The first architecture with the first seed on the windows of the deployed fold, as far as `MOST`."""
    seed, last = subject.params.seeds[0], _Last()
    with tempfile.TemporaryDirectory() as scratch:
        short = short_training(subject, windows, Path(scratch))
        trained = training.train_seed(short, seed, callbacks=[last])
    return Short(trained, short.network(seed), last.weights)


def short_training(subject: Subject, windows: Windows, scratch: Path) -> Training:
    """Two epochs of the first architecture on the deployed fold's windows, as far as `MOST`."""
    p, fold = subject.params, deployed_fold(windows)
    architecture = next(iter(p.architectures.values()))
    declared = overridden(p.train, architecture.train)
    settings = declared.model_copy(update={"max_epochs": EPOCHS, "patience": EPOCHS})
    cut = nearest(windows, fold)
    return Training(part(p.task, "learn"), architecture, cut, fold, settings, p.runtime, scratch)


def nearest(windows: Windows, number: int) -> Windows:
    """The windows with fewer of the splits that a training sees: the latest ones."""
    fold: Fold = windows.folds[number]
    starts = {
        split: Starts.of(_latest(windows, np.asarray(some), MOST.get(split, len(some))))
        for split, some in fold.starts.items()
    }
    return replace(windows, folds={**windows.folds, number: replace(fold, starts=starts)})


def _latest(windows: Windows, starts: Ints, count: int) -> Ints:
    return np.sort(starts[np.argsort(windows.ds[starts], kind="stable")[-count:]])


def _same_weights(true: dict[str, Tensor], false: dict[str, Tensor], place: str, scramble: Scramble) -> int:
    if true.keys() != false.keys():
        raise LeakError(f"{place}: {', '.join(sorted(true.keys() ^ false.keys()))} came or went {scramble}")
    return sum(
        same(true[name].numpy(), false[name].numpy(), _named(f"{place}, {name}"), str(scramble))
        for name in sorted(true)
    )


def _named(place: str) -> Callable[[tuple[int, ...]], str]:
    return lambda index: f"{place}{list(index) or ''}"
