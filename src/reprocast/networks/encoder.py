"""The encoder: recurrent layers one on top of the other, the same class for every cell.

Legend: B batch, L look-back, C channels, D hidden.
"""

from torch import Tensor, nn

from reprocast.networks.cells import CELLS
from reprocast.params.architecture import CellName


class Encoder(nn.Module):
    """`layers` recurrent layers; dropout acts on what one layer hands to the next."""

    def __init__(self, cell: CellName, channels: int, hidden: int, layers: int, dropout: float) -> None:
        super().__init__()
        widths = [channels] + [hidden] * (layers - 1)
        self.layers = nn.ModuleList(CELLS[cell].layer(width, hidden) for width in widths)
        self.dropout = nn.Dropout(dropout)
        self._per_step = sum(CELLS[cell].multiply_adds(width, hidden) for width in widths)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """From x (B, L, C) to the top layer's states (B, L, D) and the one after the last step (B, D)."""
        for n, layer in enumerate(self.layers):
            x, _ = layer(x if n == 0 else self.dropout(x))  # -> (B, L, D)
        return x, x[:, -1]

    def multiply_adds(self, look_back: int) -> int:
        """Of L steps through all layers."""
        return look_back * self._per_step
