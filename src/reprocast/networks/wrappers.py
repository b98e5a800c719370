"""What can stand around a recurrent layer: a learned beginning, dropout of the state, dilation, a slow clock.

Each of them is a recurrent layer itself. Legend: B batch, L steps, C inputs, D hidden, d dilation.
"""

from typing import Any

import torch
from torch import Tensor, nn

from reprocast.networks.layer import State, parts_of


class LearnedBeginning(nn.Module):
    """Begins at a state that is trained with the rest, instead of zeros."""

    def __init__(self, layer: Any, hidden: int) -> None:
        super().__init__()
        self.layer = layer
        self.first = nn.Parameter(torch.zeros(parts_of(layer), hidden))

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """See `RecurrentLayer`."""
        outputs, after = self.layer(x, state or self.beginning(x))
        return outputs, after

    def beginning(self, x: Tensor) -> State:
        """The learned state, for each example."""
        return tuple(part.expand(x.shape[0], -1).contiguous() for part in self.first)


class StateDropout(nn.Module):
    """Drops units of what is handed from step to step, the same ones at every step (Gal & Ghahramani 2016).

    In training the layer then runs step by step; an LSTM's cell state stays whole.
    """

    def __init__(self, layer: Any, rate: float) -> None:
        super().__init__()
        self.layer, self.dropout = layer, nn.Dropout(rate)

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """See `RecurrentLayer`."""
        state = state or self.beginning(x)
        if not self.training:
            outputs, state = self.layer(x, state)
            return outputs, state
        mask, steps = self.dropout(torch.ones_like(state[0])), []
        for t in range(x.shape[1]):
            outputs, state = self.layer(x[:, t : t + 1], (state[0] * mask, *state[1:]))
            steps.append(outputs)
        return torch.cat(steps, dim=1), state

    def beginning(self, x: Tensor) -> State:
        """The layer's own."""
        begin: State = self.layer.beginning(x)
        return begin


class Dilated(nn.Module):
    """Hands its state on over d steps instead of one (Chang et al. 2017): d interleaved sequences, one layer.

    The parts of its state are (B, d, D), the sequence whose turn is next first.
    """

    def __init__(self, layer: Any, dilation: int) -> None:
        super().__init__()
        self.layer, self.dilation = layer, dilation

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """See `RecurrentLayer`; only the state that comes out is (B, d, D), outputs are (B, L, D)."""
        state, parts = state or self.beginning(x), []
        whole = x.shape[1] - x.shape[1] % self.dilation
        if whole:
            outputs, state = self._rounds(x[:, :whole], state)
            parts.append(outputs)
        for t in range(whole, x.shape[1]):
            outputs, mine = self.layer(x[:, t : t + 1], tuple(part[:, 0] for part in state))
            pairs = zip(state, mine, strict=True)
            state = tuple(torch.cat([part[:, 1:], new[:, None]], dim=1) for part, new in pairs)
            parts.append(outputs)
        return torch.cat(parts, dim=1), state

    def _rounds(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """A multiple of d steps: the interleaved sequences side by side in the batch."""
        (B, L, C), d = x.shape, self.dilation
        apart = x.reshape(B, L // d, d, C).transpose(1, 2).reshape(B * d, L // d, C)
        outputs, after = self.layer(apart, tuple(part.reshape(B * d, -1) for part in state))
        together = outputs.reshape(B, d, L // d, -1).transpose(1, 2).reshape(B, L, -1)
        return together, tuple(part.reshape(B, d, -1) for part in after)

    def beginning(self, x: Tensor) -> State:
        """The layer's own, for each of the interleaved sequences."""
        return tuple(part[:, None].expand(-1, self.dilation, -1) for part in self.layer.beginning(x))


class Slow(nn.Module):
    """Moves at every k-th step only and holds its output in between (El Hihi & Bengio 1996).

    Steps are counted back from the last one, so that the newest observation always moves it.
    """

    def __init__(self, layer: Any, every: int) -> None:
        super().__init__()
        self.layer, self.every = layer, every

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> tuple[Tensor, State]:
        """From x (B, L, C), each sequence of some length (B,), to outputs (B, L, D) and the last state.

        Before its first step it gives out zeros.
        """
        B, L, C = x.shape
        last = (x.new_full((B,), L) if lengths is None else lengths).long() - 1
        first = last % self.every
        moves = (
            torch.arange(-(-L // self.every), device=x.device) * self.every + first[:, None]
        )  # -> (B, moves)
        outputs, after = self.layer(x.gather(1, moves.clamp(max=L - 1)[:, :, None].expand(-1, -1, C)))
        since = (torch.arange(L, device=x.device) - first[:, None]).div(self.every, rounding_mode="floor")
        held = outputs.gather(1, since.clamp(min=0)[:, :, None].expand(-1, -1, outputs.shape[2]))
        return held * (since >= 0)[:, :, None], after
