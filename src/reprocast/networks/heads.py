"""Heads: from what a decoder found to outputs, and the losses they can be trained with.

Legend: B batch, H horizon, E features of a step, K targets.
"""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from reprocast.networks.families import family_of
from reprocast.params.head import Head
from reprocast.params.train import LossName

Loss = Callable[..., Tensor]
"""From outputs and targets, both (B, H, K), and `reduction` to a scalar: mean or sum over all entries."""


class Answer(nn.Module):
    """Reads features into a family's numbers; of several maps, step h is read by map h mod their number."""

    def __init__(self, features: int, targets: int, maps: int = 1, block: Head | None = None) -> None:
        super().__init__()
        self.family: Any = family_of(block or Head())
        self.targets, self.maps = targets, maps
        self.linear = nn.Linear(features, targets * self.family.parameters * maps)

    def forward(self, x: Tensor) -> Tensor:
        """From features (B, H, E) to settled numbers (B, H, K, P)."""
        B, H, E = x.shape
        if self.maps == 1:
            read = self.linear(x)
        else:
            padded = nn.functional.pad(x, (0, 0, 0, -H % self.maps)).reshape(B, -1, self.maps, E)
            weight = self.linear.weight.reshape(self.maps, -1, E)
            read = torch.einsum("bpme,moe->bpmo", padded, weight) + self.linear.bias.reshape(self.maps, -1)
        settled: Tensor = self.family.settle(read.reshape(B, -1, self.targets, self.family.parameters))
        return settled[:, :H]

    def multiply_adds(self, horizon: int) -> int:
        """H · E · K · P."""
        return horizon * self.linear.in_features * self.targets * int(self.family.parameters)


LOSSES: Mapping[LossName, Loss] = {
    "mse": functional.mse_loss,
    "mae": functional.l1_loss,
    "huber": functional.huber_loss,
}
"""Losses by the name they have in params.yaml; Huber's bends at 1."""


def masked(measure: Loss, outputs: Tensor, target: Tensor) -> Tensor:
    """Mean loss over the entries (B, H, K) whose target was observed (is not NaN); 0 if none was.

    A missing target is replaced by the output itself, so that it moves neither the sum nor the gradient.
    """
    seen = ~target.isnan()
    total = measure(outputs, torch.where(seen, target, outputs.detach()), reduction="sum")
    return total / seen.sum().clamp(min=1)


def masked_entries(loss: Tensor, target: Tensor) -> Tensor:
    """Mean of losses that were computed entry by entry (B, H, K), over those whose target was observed."""
    seen = ~target.isnan()
    return torch.where(seen, loss, torch.zeros_like(loss)).sum() / seen.sum().clamp(min=1)


def answered(target: Tensor) -> Tensor:
    """How many windows' worth of targets (B, H, K) was observed: B where none is missing."""
    return (~target.isnan()).double().mean() * len(target)
