"""The thin LightningModule: it optimises a network and keeps an account of each epoch, nothing else."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from pytorch_lightning.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn

from reprocast.errors import InternalError
from reprocast.networks.heads import answered
from reprocast.networks.schedules import SCHEDULES
from reprocast.params.train import Train


@dataclass
class Tally:
    """A running mean over windows or steps, kept as a tensor so that no step waits for a number."""

    total: Tensor | float = 0.0
    count: Tensor | float = 0.0

    def add(self, value: Tensor, weight: Tensor | float = 1.0) -> None:
        """Counts `value` `weight` times."""
        self.total = self.total + value.detach().double() * weight
        self.count += weight

    def take(self) -> float:
        """The mean so far; begins anew."""
        mean = float(self.total) / float(self.count)
        self.total, self.count = 0.0, 0.0
        return mean


class LitNetwork(pl.LightningModule):
    """Minimises `loss` of `network` with AdamW; `steps` is the length of the whole schedule."""

    def __init__(
        self, network: nn.Module, loss: Callable[[Any, Any], Tensor], train: Train, seed: int, steps: int
    ) -> None:
        super().__init__()
        self.network, self.loss = network, loss
        self.settings, self.seed, self.steps = train, seed, steps
        self.train_loss, self.validation_loss, self.gradient_norm = Tally(), Tally(), Tally()
        dropout = any(isinstance(part, nn.Dropout) and part.p > 0 for part in network.modules())
        self._draws = dropout or bool(getattr(network, "draws", False))

    def on_train_epoch_start(self) -> None:
        """Tells a network that changes with time (scheduled sampling) how much of training is over."""
        if hasattr(self.network, "at"):
            self.network.at(self.current_epoch / max(1, self.settings.max_epochs - 1))

    def on_train_batch_start(self, *_: Any) -> None:
        """Draws dropout masks and the like from (seed, step) alone, so that a resumed run draws the same."""
        if self._draws:
            torch.manual_seed(int(np.random.SeedSequence([self.seed, self.global_step]).generate_state(1)[0]))

    def training_step(self, batch: Any, index: int) -> Tensor:
        """Mean loss of one batch.

        Raises:
            InternalError: it is not finite.
        """
        loss = self.loss(self.network(batch), batch)
        if not math.isfinite(loss.item()):
            raise diverged(f"epoch {self.current_epoch + 1}, step {index + 1}", "training")
        self.train_loss.add(loss, answered(batch.target))
        return loss

    def validation_step(self, batch: Any, index: int) -> None:  # noqa: ARG002  # Lightning passes both
        """Counts a batch's loss by what was observed of its windows."""
        self.validation_loss.add(self.loss(self.network(batch), batch), answered(batch.target))

    def configure_gradient_clipping(self, *_: Any, **__: Any) -> None:
        """Scales gradients down to the norm allowed, and counts the norm they had."""
        norm = nn.utils.clip_grad_norm_(self.network.parameters(), self.settings.clip_norm)
        self.gradient_norm.add(norm)

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """AdamW with the schedule's rate at every step."""
        t = self.settings
        optimizer = torch.optim.AdamW(
            self.network.parameters(), lr=t.learning_rate, weight_decay=t.weight_decay
        )
        scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, self.share_of_peak)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": scheduler, "interval": "step"}}

    def share_of_peak(self, step: int) -> float:
        """Learning rate of a step (from 0) as a share of `learning_rate`."""
        return SCHEDULES[self.settings.schedule](step, self.steps)


def diverged(where: str, which: str) -> InternalError:
    """The error of a loss that is no number."""
    return InternalError(
        f"{where}: the {which} loss is not finite; lower train.learning_rate or train.clip_norm"
    )
