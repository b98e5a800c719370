"""What watches a training: an account of each epoch, the best weights in memory, when to stop."""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass

import pytorch_lightning as pl
from torch import Tensor

from reprocast.networks.lit import LitNetwork, diverged


@dataclass(frozen=True)
class Epoch:
    """One pass over the training windows."""

    seed: int
    epoch: int
    """From 1."""
    train_loss: float
    """Mean over the windows, each at the weights of its step."""
    validation_loss: float
    """Mean over the windows, at the epoch's last weights."""
    learning_rate: float
    """Rate of the epoch's last step."""
    gradient_norm: float
    """Mean over the steps, before clipping."""
    clipped: float
    """Share of the steps whose gradient was clipped."""


class Watch(pl.Callback):
    """Keeps the weights with the lowest validation loss; stops after `patience` epochs without a lower one.

    A loss that is no number is never the best: it ends the training.
    """

    def __init__(self, patience: int, on_epoch: Callable[[Epoch], None]) -> None:
        self.patience, self.on_epoch = patience, on_epoch
        self.best_epoch, self.best_loss = 0, math.inf
        self.best_weights: dict[str, Tensor] = {}

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Called after the epoch's validation.

        Raises:
            InternalError: the validation loss is not finite.
        """
        assert isinstance(pl_module, LitNetwork)
        epoch = _account(pl_module, trainer.current_epoch + 1)
        if not math.isfinite(epoch.validation_loss):
            raise diverged(f"epoch {epoch.epoch}", "validation")
        if epoch.validation_loss < self.best_loss:
            self.best_epoch, self.best_loss = epoch.epoch, epoch.validation_loss
            self.best_weights = copy.deepcopy(pl_module.judged.state_dict())
        if pl_module.plateau is not None:
            pl_module.plateau.see(epoch.validation_loss)
        self.on_epoch(epoch)
        trainer.should_stop = epoch.epoch - self.best_epoch >= self.patience


def _account(module: LitNetwork, epoch: int) -> Epoch:
    share = module.share_of_peak(module.global_step - 1)
    return Epoch(
        seed=module.seed,
        epoch=epoch,
        train_loss=module.train_loss.take(),
        validation_loss=module.validation_loss.take(),
        learning_rate=module.rate * share,
        gradient_norm=module.gradient_norm.take(),
        clipped=module.clipped.take(),
    )
