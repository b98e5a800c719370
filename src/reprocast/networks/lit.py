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
from reprocast.networks.averaging import Average
from reprocast.networks.heads import answered
from reprocast.networks.optimisers import OPTIMISERS
from reprocast.networks.regularising import Penalties, augmented
from reprocast.networks.schedules import SCHEDULES, Plateau
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
    """Minimises `loss` of `network` and what regularises it; `steps` is the length of the whole schedule."""

    def __init__(
        self,
        network: nn.Module,
        loss: Callable[[Any, Any], Tensor],
        train: Train,
        seed: int,
        steps: int,
        rate: float,
    ) -> None:
        super().__init__()
        self.network, self.loss = network, loss
        self.settings, self.seed, self.steps, self.rate = train, seed, steps, rate
        self.train_loss, self.validation_loss, self.gradient_norm = Tally(), Tally(), Tally()
        self.clipped = Tally()
        self.plateau = Plateau() if train.schedule == "plateau" else None
        self.average = Average(network, train) if train.averaging != "none" else None
        self._penalties = Penalties(network, train)
        self._noisy = int(getattr(getattr(network, "sizes", None), "past", 0))
        self._draws = _draws(network, train)

    @property
    def judged(self) -> nn.Module:
        """The network whose validation loss counts: itself, or the mean of its weights."""
        return self.network if self.average is None else self.average.judged

    def on_train_epoch_start(self) -> None:
        """Tells a network that changes with time (scheduled sampling) how much of training is over."""
        at: Any = getattr(self.network, "at", None)
        if at is not None:
            at(self.current_epoch / max(1, self.settings.max_epochs - 1))

    def on_train_batch_start(self, *_: Any) -> None:
        """Draws dropout masks and the like from (seed, step) alone, so that a resumed run draws the same."""
        if self._draws:
            torch.manual_seed(int(np.random.SeedSequence([self.seed, self.global_step]).generate_state(1)[0]))

    def training_step(self, batch: Any, index: int) -> Tensor:
        """Mean loss of one batch.

        Raises:
            InternalError: it is not finite.
        """
        batch = augmented(batch, self.settings, self._noisy)
        loss = self.loss(self.network(batch), batch)
        if not math.isfinite(loss.item()):
            raise diverged(f"epoch {self.current_epoch + 1}, step {index + 1}", "training")
        self.train_loss.add(loss, answered(batch.target))
        return loss + self._penalties()

    def on_train_batch_end(self, *_: Any) -> None:
        """Counts the step's weights."""
        if self.average is not None:
            self.average.after_step()

    def on_validation_epoch_start(self) -> None:
        """Counts the epoch's weights, and judges the mean as it will be used."""
        if self.average is not None:
            self.average.after_epoch(self.current_epoch)
            self.judged.eval()

    def validation_step(self, batch: Any, index: int) -> None:  # noqa: ARG002  # Lightning passes both
        """Counts a batch's loss by what was observed of its windows."""
        self.validation_loss.add(self.loss(self.judged(batch), batch), answered(batch.target))

    def configure_gradient_clipping(self, *_: Any, **__: Any) -> None:
        """Limits gradients as declared, and counts the norm they had and whether they were too large."""
        weights, t = list(self.network.parameters()), self.settings
        if t.clip_value is not None:
            gradients = [w.grad for w in weights if w.grad is not None]
            largest = nn.utils.get_total_norm(gradients, math.inf)
            self.gradient_norm.add(nn.utils.get_total_norm(gradients))
            nn.utils.clip_grad_value_(weights, t.clip_value)
        norm = nn.utils.clip_grad_norm_(weights, t.clip_norm or math.inf)
        clipped = norm > (t.clip_norm or math.inf)
        if t.clip_value is None:
            self.gradient_norm.add(norm)
        else:
            clipped = clipped | (largest > t.clip_value)
        self.clipped.add(clipped)

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """The optimiser with the schedule's rate at every step."""
        optimiser = OPTIMISERS[self.settings.optimiser](self.network.parameters(), self.rate, self.settings)
        scheduler = torch.optim.lr_scheduler.LambdaLR(optimiser, self.share_of_peak)
        return {"optimizer": optimiser, "lr_scheduler": {"scheduler": scheduler, "interval": "step"}}

    def share_of_peak(self, step: int) -> float:
        """Learning rate of a step (from 0) as a share of the peak rate."""
        share = SCHEDULES[self.settings.schedule](step, self.steps)
        return share if self.plateau is None else share * self.plateau.share


def _draws(network: nn.Module, train: Train) -> bool:
    """Whether a training step draws at random."""
    dropout = any(isinstance(part, nn.Dropout) and part.p > 0 for part in network.modules())
    return dropout or bool(getattr(network, "draws", False)) or train.input_noise > 0 or train.reversal > 0


def diverged(where: str, which: str) -> InternalError:
    """The error of a loss that is no number."""
    return InternalError(
        f"{where}: the {which} loss is not finite; lower train.learning_rate or train.clip_norm"
    )
