"""Heads: from what a decoder found to outputs, and the losses they can be trained with.

Legend: B batch, H horizon, E features of a step, K targets.
"""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from reprocast.params.train import LossName

Loss = Callable[..., Tensor]
"""From outputs and targets, both (B, H, K), and `reduction` to a scalar: mean or sum over all entries."""


class PointHead(nn.Module):
    """One number a step and target; with several maps, step h is read by map h modulo their number."""

    def __init__(self, features: int, targets: int, maps: int = 1) -> None:
        super().__init__()
        self.targets, self.maps = targets, maps
        self.linear = nn.Linear(features, targets * maps)

    def forward(self, x: Tensor) -> Tensor:
        """From features (B, H, E) to outputs (B, H, K)."""
        if self.maps == 1:
            outputs: Tensor = self.linear(x)
            return outputs
        B, H, E = x.shape
        padded = nn.functional.pad(x, (0, 0, 0, -H % self.maps)).reshape(B, -1, self.maps, E)
        weight = self.linear.weight.reshape(self.maps, self.targets, E)
        read = torch.einsum("bpme,mke->bpmk", padded, weight) + self.linear.bias.reshape(self.maps, -1)
        return read.reshape(B, -1, self.targets)[:, :H]

    def multiply_adds(self, horizon: int) -> int:
        """H · E · K."""
        return horizon * self.linear.in_features * self.targets


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


def answered(target: Tensor) -> Tensor:
    """How many windows' worth of targets (B, H, K) was observed: B where none is missing."""
    return (~target.isnan()).double().mean() * len(target)
