"""Trains one network from one seed: windows and settings in, weights and the account of each epoch out."""

import logging
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from torch import Tensor, nn

from reprocast.data.batches import WindowData
from reprocast.data.sizes import sizes_of
from reprocast.data.windows import Windows
from reprocast.errors import InternalError, UnavailableError
from reprocast.networks.arithmetic import fix_arithmetic
from reprocast.networks.lit import LitNetwork
from reprocast.networks.rate_finder import find_rate
from reprocast.networks.watch import Epoch, Watch
from reprocast.params.architecture import Architecture
from reprocast.params.train import Runtime, Train
from reprocast.tasks.protocol import Learn


@dataclass(frozen=True)
class Trained:
    """What a training leaves."""

    weights: dict[str, Tensor]
    """The weights with the lowest validation loss."""
    best_epoch: int
    """The epoch they come from, from 1."""
    best_loss: float
    """Their validation loss."""
    steps: int
    """Optimiser steps taken."""
    rate: float
    """Peak learning rate."""


class DivergedError(InternalError):
    """A loss became no number; the weights of the best epoch before that, if there was one, are kept."""

    def __init__(self, said: str, weights: dict[str, Tensor], epoch: int) -> None:
        super().__init__(said)
        self.weights, self.epoch = weights, epoch


@dataclass(frozen=True)
class Training:
    """What the trainings of one architecture on one fold have in common; other folds do not matter to it."""

    learn: Learn
    """The task's part that knows networks and losses."""
    architecture: Architecture
    windows: Windows
    fold: int
    """The fold whose training windows teach, and whose validation windows stop."""
    train: Train
    runtime: Runtime
    scratch: Path
    """Where Lightning may write; it has nothing to."""

    def steps(self) -> int:
        """Most optimiser steps a seed can take: the length of the schedule."""
        batches = -(-len(self.windows.folds[self.fold].starts["train"]) // self.train.batch_size)
        return batches * self.train.max_epochs

    def network(self, seed: int) -> nn.Module:
        """A network with the fresh weights of a seed; the global generator is left as it was."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            sizes = sizes_of(self.windows, len(self.windows.ids))
            network: nn.Module = self.learn.build(self.architecture, sizes)
        return network


def train_seed(
    training: Training,
    seed: int,
    on_epoch: Callable[[Epoch], None] = lambda _: None,
    callbacks: Sequence[pl.Callback] = (),
) -> Trained:
    """Trains until validation no longer gains; the same arguments give the same bits.

    Raises:
        DivergedError: a loss is not finite.
        UnavailableError: there is no such accelerator.
        KeyboardInterrupt: the process was asked to stop.
    """
    t = training
    _refuse_missing(t.runtime.accelerator)
    fix_arithmetic(t.runtime.threads)
    network = t.network(seed)
    loss = t.learn.loss(t.train.loss, network)
    data = WindowData(t.windows, t.fold, t.train.batch_size, seed)
    rate = _rate(t.train, network, loss, data, seed)
    module = LitNetwork(network, loss, t.train, seed, t.steps(), rate)
    watch = Watch(t.train.patience, on_epoch)
    try:
        _fit(_trainer(t, [watch, *callbacks]), module, data)
    except InternalError as error:
        raise DivergedError(str(error), watch.best_weights, watch.best_epoch) from None
    return Trained(watch.best_weights, watch.best_epoch, watch.best_loss, module.global_step, rate)


def _rate(train: Train, network: nn.Module, loss: Any, data: WindowData, seed: int) -> float:
    """The peak learning rate: as declared, or found on the training windows."""
    if train.learning_rate != "find":
        return train.learning_rate
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return find_rate(network, loss, data.train_dataloader(), train)


def _fit(trainer: pl.Trainer, module: LitNetwork, data: WindowData) -> None:
    with warnings.catch_warnings():  # Lightning 2.6 asks torch 2.13 in a way that is going out of use
        warnings.filterwarnings("ignore", r".*treespec, LeafSpec", FutureWarning)
        try:
            trainer.fit(module, datamodule=data)
        except SystemExit:  # Lightning's way to end after SIGINT and SIGTERM, with code 0 in the latter case
            raise KeyboardInterrupt from None


def _trainer(training: Training, callbacks: list[pl.Callback]) -> pl.Trainer:
    """A trainer that says and writes nothing of its own."""
    for name in ("pytorch_lightning", "lightning_fabric"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return pl.Trainer(
        accelerator=training.runtime.accelerator,
        devices=1,
        max_epochs=training.train.max_epochs,
        callbacks=callbacks,
        deterministic=True,
        logger=False,
        enable_checkpointing=False,
        enable_model_summary=False,
        enable_progress_bar=False,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
        default_root_dir=training.scratch,
    )


def _refuse_missing(accelerator: str) -> None:
    if accelerator == "cuda" and not torch.cuda.is_available():
        raise UnavailableError("runtime.accelerator: PyTorch sees no CUDA device here; set it to cpu")
