"""Runs an encoder step by step, so that each state is a place at which gradients can be asked for.

PyTorch's fused layers give gradients of all outputs, but each of them without what the later steps hand back.
Legend: B batch, L steps, C inputs, D hidden, d dilation, T states of a layer.
"""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from reprocast.networks.layer import State
from reprocast.networks.wrappers import Dilated, Slow


@dataclass
class Visited:
    """What a layer in one direction went through while it read a batch."""

    level: int
    """From 1, the lowest."""
    backwards: bool
    stride: int
    """Steps of the window from one state to the next."""
    cell: nn.Module
    """The bare layer."""
    states: list[Tensor] = field(default_factory=list)
    """Every h (B, D) in the order of reading (T)."""
    cells: list[Tensor] = field(default_factory=list)
    """Every c that is handed on beside it by an LSTM (T); empty for other cells."""
    inputs: list[Tensor] = field(default_factory=list)
    """What the layer read at each of them (B, C)."""
    before: list[State] = field(default_factory=list)
    """The state before each of them."""


class Stepped(nn.Module):
    """The same layer, one step at a time; its outputs and what it hands on are one tensor."""

    def __init__(self, layer: Any, visited: Visited) -> None:
        super().__init__()
        self.dilation = layer.dilation if isinstance(layer, Dilated) else 0
        self.layer, self.visited = (layer.layer if self.dilation else layer), visited

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """See `RecurrentLayer`."""
        turns, outputs = self._turns(x, state), []
        for t in range(x.shape[1]):
            before = turns.pop(0)
            _, after = self.layer(x[:, t : t + 1], before)
            self.visited.inputs.append(x[:, t].detach())
            self.visited.before.append(tuple(part.detach() for part in before))
            self.visited.states.append(after[0])
            self.visited.cells.extend(after[1:])
            turns.append(after)
            outputs.append(after[0])
        return torch.stack(outputs, dim=1), self._together(turns)

    def _turns(self, x: Tensor, state: State | None) -> list[State]:
        """The states of the interleaved sequences, the one whose turn is next first; one without dilation."""
        if state is None:
            return [self.layer.beginning(x)] * max(1, self.dilation)
        if not self.dilation:
            return [state]
        return [tuple(part[:, j] for part in state) for j in range(self.dilation)]

    def _together(self, turns: list[State]) -> State:
        if not self.dilation:
            return turns[0]
        return tuple(torch.stack(parts, dim=1) for parts in zip(*turns, strict=True))


def step_by_step(encoder: Any) -> list[Visited]:
    """Makes an encoder keep what it goes through, the lowest layer first; its numbers stay the same."""
    found = []
    width = 1 if encoder.segments is None else encoder.segments.steps
    for n, level in enumerate(encoder.levels, start=1):
        for direction, layer in enumerate(level.layers):
            slow = isinstance(layer, Slow)
            inner = layer.layer if slow else layer
            visited = Visited(n, bool(direction), width * (layer.every if slow else 1), _bare(inner))
            if slow:
                layer.layer = Stepped(inner, visited)
            else:
                level.layers[direction] = Stepped(inner, visited)
            found.append(visited)
    return found


def _bare(layer: Any) -> nn.Module:
    """The recurrent layer inside of what stands around it."""
    inner = getattr(layer, "layer", None)
    return layer if inner is None else _bare(inner)
