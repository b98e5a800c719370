"""Recurrent layers by name, behind one interface: (B, L, C) in, outputs (B, L, D) and last state out.

Legend: B batch, L look-back, C inputs, D hidden. A new cell is one entry in the table.
"""

from collections.abc import Callable, Mapping
from functools import partial

from torch import nn

from reprocast.params.architecture import CellName

Layer = Callable[[int, int], nn.Module]
"""From inputs (C) and hidden units (D) to a layer."""

CELLS: Mapping[CellName, Layer] = {
    "rnn": partial(nn.RNN, batch_first=True),
    "lstm": partial(nn.LSTM, batch_first=True),
    "gru": partial(nn.GRU, batch_first=True),
}
"""Layers by the name they have in params.yaml."""

GATES: Mapping[CellName, int] = {"rnn": 1, "lstm": 4, "gru": 3}
"""Matrix products of width D that a cell takes of its input, and again of its state, at each step."""
