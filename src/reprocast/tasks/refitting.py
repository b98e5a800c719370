"""A network trained again without validation, for as many epochs as validation chose before.

Epochs are held, not steps: schedules, scheduled sampling, averages of weights and the order of the windows
are laid out over epochs, so that on the same windows the same weights come out bit for bit (a test has it),
and on more windows each is seen as often as before. Goodfellow, Bengio & Courville (2016), Deep Learning,
section 7.8, names both ways, and that neither is known to be the better one.
"""

import math
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytorch_lightning as pl
from torch import Tensor

from reprocast.data.batches import WindowData
from reprocast.errors import InternalError
from reprocast.networks.arithmetic import fix_arithmetic
from reprocast.networks.lit import LitNetwork
from reprocast.tasks.training import Training, _fit, _refuse_missing, _trainer  # the very same, by design


@dataclass(frozen=True)
class Chosen:
    """What validation and search have chosen for one seed; nothing of it is chosen anew."""

    epochs: int
    """The epoch whose weights were kept, from 1."""
    rate: float
    """Peak learning rate."""
    shares: Sequence[float]
    """Share of the peak rate that `plateau` left in force in each of these epochs; 1 with other schedules."""


@dataclass(frozen=True)
class Refitted:
    """What a refit leaves."""

    weights: Mapping[str, Tensor]
    """Of the last epoch, or their mean where train.averaging says so."""
    steps: int
    """Optimiser steps taken."""


def refit_seed(training: Training, seed: int, chosen: Chosen) -> Refitted:
    """Trains on all windows of the fold's `train`; the same arguments give the same bits.

    Raises:
        InternalError: a loss is not finite.
        UnavailableError: there is no such accelerator.
        KeyboardInterrupt: the process was asked to stop.
    """
    t = training
    _refuse_missing(t.runtime.accelerator)
    fix_arithmetic(t.runtime.threads)
    network = t.network(seed)
    data = WindowData(t.windows, t.fold, t.train.batch_size, seed)
    module = LitNetwork(network, t.learn.loss(t.train.loss, network), t.train, seed, t.steps(), chosen.rate)
    held = _Held(chosen)
    trainer = _trainer(t, [held])
    trainer.fit_loop.max_epochs = chosen.epochs
    trainer.limit_val_batches = 0
    _fit(trainer, module, data)
    if not held.weights:
        raise InternalError(f"seed {seed}: {chosen.epochs} epochs left no weights")
    return Refitted(held.weights, module.global_step)


def nearest_share(share: float) -> float:
    """The power of a half that `plateau` had in force, from a rate that was rounded for a report."""
    return float(0.5 ** round(-math.log2(share)))


class _Held(pl.Callback):
    """Does what validation does between epochs, without looking at anything."""

    def __init__(self, chosen: Chosen) -> None:
        self.chosen = chosen
        self.weights: dict[str, Tensor] = {}

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Puts the rate where the scored training had it."""
        plateau: Any = pl_module.plateau
        if plateau is not None:
            plateau.share = self.chosen.shares[trainer.current_epoch]

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Counts the epoch's weights where a mean of them is kept; keeps those of the last epoch."""
        assert isinstance(pl_module, LitNetwork)
        if pl_module.average is not None:
            pl_module.average.after_epoch(trainer.current_epoch)
        if trainer.current_epoch + 1 == self.chosen.epochs:
            self.weights = deepcopy(pl_module.judged.state_dict())
