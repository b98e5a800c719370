"""Parallel positional decoding, as in SegRNN (Lin et al. 2023): a recurrent step a piece of the horizon.

All pieces start from the encoder's last state and differ by an embedding of their position only, so that no
error runs on from piece to piece. The step's products with position and state separate exactly: each is
computed once and they are added. Legend: B batch, P pieces, D hidden, W width of the encoder, G gates.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from reprocast.data.sizes import Sizes
from reprocast.networks.cells import CELLS
from reprocast.networks.layer import parts_of
from reprocast.params.encoder import CellName

if TYPE_CHECKING:
    from reprocast.networks.decoders import Encoded, Readout

Gates = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
"""From the products of input and of state (…, G·D), the state h and the LSTM's c (…, D) to the next h."""


def _rnn(given: Tensor, carried: Tensor, h: Tensor, c: Tensor) -> Tensor:  # noqa: ARG001
    return torch.tanh(given + carried)


def _lstm(given: Tensor, carried: Tensor, h: Tensor, c: Tensor) -> Tensor:  # noqa: ARG001
    i, f, g, o = (given + carried).chunk(4, dim=-1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c)


def _gru(given: Tensor, carried: Tensor, h: Tensor, c: Tensor) -> Tensor:  # noqa: ARG001
    x_r, x_z, x_n = given.chunk(3, dim=-1)
    h_r, h_z, h_n = carried.chunk(3, dim=-1)
    z = torch.sigmoid(x_z + h_z)
    n = torch.tanh(x_n + torch.sigmoid(x_r + h_r) * h_n)
    return (1 - z) * n + z * h


GATES: dict[str, Gates] = {"rnn": _rnn, "lstm": _lstm, "gru": _gru}
"""Cells whose products separate."""


class PositionalDecoder(nn.Module):
    """Features of step h: its piece's state and the covariates of h; each place in a piece has its map."""

    def __init__(self, cell: CellName, encoder: int, piece: int, sizes: Sizes) -> None:
        super().__init__()
        self.maps, self.width = piece, encoder + sizes.future
        self.pieces, self.horizon = -(-sizes.horizon // piece), sizes.horizon
        self.positions = nn.Parameter(torch.randn(self.pieces, encoder))
        self.layer: Any = CELLS[cell].layer(encoder, encoder)
        self.gates = GATES.get(cell)
        self._of_input, self._of_state = CELLS[cell].of_input, CELLS[cell].of_state

    def forward(self, encoded: "Encoded", future: Tensor, readout: "Readout") -> Tensor:  # noqa: ARG002
        """See `Decoder`."""
        states = self.apart(encoded.last) if self.gates is None else self.together(encoded.last)
        features = states.repeat_interleave(self.maps, dim=1)[:, : self.horizon]
        return torch.cat([features, future], dim=2)

    def apart(self, last: Tensor) -> Tensor:
        """A step of the layer for every example and piece (B, P, D), from the last state (B, D)."""
        B, P, D = last.shape[0], self.pieces, last.shape[1]
        inputs = self.positions.expand(B, P, D).reshape(B * P, 1, D)
        begin = self._state(last[:, None].expand(B, P, D).reshape(B * P, D))
        outputs, _ = self.layer(inputs, begin)
        together: Tensor = outputs.reshape(B, P, D)
        return together

    def together(self, last: Tensor) -> Tensor:
        """The same: positions' products (P, G·D) once, states' products (B, G·D) once."""
        assert self.gates is not None
        given = nn.functional.linear(self.positions, self.layer.weight_ih_l0, self.layer.bias_ih_l0)
        carried = nn.functional.linear(last, self.layer.weight_hh_l0, self.layer.bias_hh_l0)
        return self.gates(given[None], carried[:, None], last[:, None], torch.zeros_like(last)[:, None])

    def _state(self, h: Tensor) -> tuple[Tensor, ...]:
        return (h, *(torch.zeros_like(h) for _ in range(parts_of(self.layer) - 1)))

    def multiply_adds(self, look_back: int) -> int:  # noqa: ARG002
        """Of positions and state, once each where they separate, and for each piece where not."""
        square = self.positions.shape[1] ** 2
        per_state = self._of_state if self.gates is not None else self._of_state * self.pieces
        return square * (self._of_input * self.pieces + per_state)
