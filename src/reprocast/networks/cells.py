"""Recurrent layers by name, behind one interface: (B, L, C) in, outputs (B, L, D) and last state out.

Legend: B batch, L look-back, C inputs, D hidden. A new cell is one class and one entry in the table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from torch import nn

from reprocast.networks.jordan import Jordan
from reprocast.networks.layer import Elman, Gru, IdentityRelu, Lstm
from reprocast.networks.minimal import MinGru, MinLstm
from reprocast.networks.normalised import NormalisedElman, NormalisedGru, NormalisedLstm
from reprocast.params.architecture import CellName


@dataclass(frozen=True)
class Cell:
    """How a layer is made, and what a step of it costs."""

    layer: Callable[[int, int], nn.Module]
    """From inputs (C) and hidden units (D) to a layer."""
    of_input: int
    """Matrix products of width D with the input, at each step."""
    of_state: int
    """Matrix products of width D with the state, at each step."""

    def multiply_adds(self, inputs: int, hidden: int) -> int:
        """Of the matrix products of one step; the gates' arithmetic is left out."""
        return hidden * (self.of_input * inputs + self.of_state * hidden)


CELLS: Mapping[CellName, Cell] = {
    "rnn": Cell(Elman, 1, 1),
    "relu_rnn": Cell(IdentityRelu, 1, 1),
    "jordan": Cell(Jordan, 1, 2),
    "lstm": Cell(Lstm, 4, 4),
    "gru": Cell(Gru, 3, 3),
    "min_gru": Cell(MinGru, 2, 0),
    "min_lstm": Cell(MinLstm, 3, 0),
    "norm_rnn": Cell(NormalisedElman, 1, 1),
    "norm_lstm": Cell(NormalisedLstm, 4, 4),
    "norm_gru": Cell(NormalisedGru, 3, 3),
}
"""Layers by the name they have in params.yaml."""
