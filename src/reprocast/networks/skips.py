"""What passes by a recurrent layer, and what is done to what it hands on.

Legend: B batch, L steps, W width of what comes out.
"""

import torch
from torch import Tensor, nn


class Residual(nn.Module):
    """F(x) + x (He et al. 2016), x brought to the width of F(x) by a matrix where they differ."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.beside = nn.Identity() if inputs == width else nn.Linear(inputs, width, bias=False)
        self._cost = 0 if inputs == width else inputs * width

    def forward(self, x: Tensor, outputs: Tensor) -> Tensor:
        """From what went in and what came out to their sum (B, L, W)."""
        total: Tensor = outputs + self.beside(x)
        return total

    def multiply_adds(self) -> int:
        """Of one step."""
        return self._cost


class Highway(Residual):
    """T ∘ F(x) + (1 − T) ∘ x with T = σ(W x + b), b = −1 at first (Srivastava et al. 2015)."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__(inputs, width)
        self.gate = nn.Linear(inputs, width)
        nn.init.constant_(self.gate.bias, -1.0)
        self._cost += inputs * width

    def forward(self, x: Tensor, outputs: Tensor) -> Tensor:
        """See `Residual`."""
        share = torch.sigmoid(self.gate(x))
        mixed: Tensor = share * outputs + (1 - share) * self.beside(x)
        return mixed


class BatchNorm(nn.BatchNorm1d):
    """Over batch and steps, per unit (Ioffe & Szegedy 2015); in use, with the averages of training."""

    def forward(self, x: Tensor) -> Tensor:
        """From x (B, L, W) to as much."""
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


SKIPS = {"residual": Residual, "highway": Highway}
"""Skip connections by the name they have in params.yaml."""
NORMS = {"layer": nn.LayerNorm, "batch": BatchNorm}
"""Normalisations by the name they have in params.yaml."""
