"""Heads: from what a decoder found to outputs, and the losses they can be trained with.

Legend: B batch, H horizon, E features of a step, K targets.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from torch import Tensor, nn
from torch.nn import functional

LossName = Literal["mse", "mae", "huber"]
Loss = Callable[[Tensor, Tensor], Tensor]
"""From outputs and targets, both (B, H, K), to a scalar: the mean over all entries."""


class PointHead(nn.Module):
    """One number a step and target."""

    def __init__(self, features: int, targets: int) -> None:
        super().__init__()
        self.linear = nn.Linear(features, targets)

    def forward(self, x: Tensor) -> Tensor:
        """From features (B, H, E) to outputs (B, H, K)."""
        outputs: Tensor = self.linear(x)
        return outputs

    def multiply_adds(self, horizon: int) -> int:
        """H · E · K."""
        return horizon * self.linear.in_features * self.linear.out_features


LOSSES: Mapping[LossName, Loss] = {
    "mse": functional.mse_loss,
    "mae": functional.l1_loss,
    "huber": functional.huber_loss,
}
"""Losses by the name they have in params.yaml; Huber's bends at 1."""
