"""One level of the encoder: a recurrent layer in one or both directions, with what stands around it.

Legend: B batch, L steps, C inputs, D hidden, W width of what comes out (D, or 2·D in both directions).
"""

from typing import Any

import torch
from torch import Tensor, nn

from reprocast.networks.cells import CELLS
from reprocast.networks.initial import fill, set_forget_bias
from reprocast.networks.layer import State
from reprocast.networks.skips import NORMS, SKIPS
from reprocast.networks.wrappers import Dilated, LearnedBeginning, Slow, StateDropout
from reprocast.params.architecture import Architecture


class Level(nn.Module):
    """x -> dropout -> layer(s) -> skip -> normalisation; the lowest has neither dropout nor skip."""

    def __init__(self, architecture: Architecture, n: int, inputs: int) -> None:
        super().__init__()
        a = architecture
        hidden, self._every = a.of_each_layer("hidden")[n], a.of_each_layer("every")[n]
        layers = [_layer(a, n, inputs) for _ in range(1 + a.bidirectional)]
        self.layers = nn.ModuleList([Slow(one, self._every) for one in layers] if self._every > 1 else layers)
        self.width = hidden * len(layers)
        self.dropout = (SameDropout if a.variational else nn.Dropout)(a.dropout if n else 0.0)
        self.skip = SKIPS[a.skip](inputs, self.width) if n and a.skip != "none" else None
        self.norm = NORMS[a.normalisation](self.width) if a.normalisation != "none" else None
        self._per_step = CELLS[a.cell].multiply_adds(inputs, hidden) * len(layers)

    def forward(
        self, x: Tensor, state: State | None = None, lengths: Tensor | None = None
    ) -> tuple[Tensor, State | None]:
        """From x (B, L, C), the state before it and the sequences' lengths (B,) to outputs (B, L, W)."""
        if lengths is not None and self.training and isinstance(self.norm, nn.BatchNorm1d):
            raise ValueError("batch normalisation would average over padding; take normalisation: layer")
        x = self.dropout(x)
        outputs, after = self._one(0, x, state, lengths)
        if len(self.layers) > 1:
            turned, _ = self._one(1, reverse(x, lengths), None, lengths)
            outputs, after = torch.cat([outputs, reverse(turned, lengths)], dim=2), None
        if self.skip is not None:
            outputs = self.skip(x, outputs)
        return (outputs if self.norm is None else self.norm(outputs)), after

    def _one(
        self, direction: int, x: Tensor, state: State | None, lengths: Tensor | None
    ) -> tuple[Tensor, State | None]:
        layer: Any = self.layers[direction]
        outputs, after = layer(x, lengths) if isinstance(layer, Slow) else layer(x, state)
        return outputs, after

    def multiply_adds(self, steps: int) -> int:
        """Of the matrix products of so many steps."""
        beside = 0 if self.skip is None else steps * self.skip.multiply_adds()
        return self._per_step * -(-steps // self._every) + beside


def _layer(a: Architecture, n: int, inputs: int) -> Any:
    """One recurrent layer with what stands around it."""
    hidden, dilation = a.of_each_layer("hidden")[n], a.of_each_layer("dilation")[n]
    layer: Any = CELLS[a.cell].layer(inputs, hidden)
    fill(layer, a.initial_weights, hidden)
    if a.forget_bias is not None:
        set_forget_bias(layer, a.forget_bias, hidden)
    if a.learned_state:
        layer = LearnedBeginning(layer, hidden)
    if a.state_dropout:
        layer = StateDropout(layer, a.state_dropout)
    return Dilated(layer, dilation) if dilation > 1 else layer


def reverse(x: Tensor, lengths: Tensor | None) -> Tensor:
    """The first `lengths` (B,) steps of each sequence in x (B, L, C) backwards, its padding where it was."""
    if lengths is None:
        return x.flip(1)
    steps = torch.arange(x.shape[1], device=x.device)
    turned = torch.where(steps < lengths[:, None], lengths[:, None] - 1 - steps, steps)  # -> (B, L)
    return x.gather(1, turned[:, :, None].expand_as(x))


class SameDropout(nn.Dropout):
    """Drops the same units at every step of a sequence (Gal & Ghahramani 2016)."""

    def forward(self, x: Tensor) -> Tensor:
        """From x (B, L, C) to as much."""
        return x * super().forward(torch.ones_like(x[:, :1]))
