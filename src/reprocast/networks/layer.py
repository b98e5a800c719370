"""What every recurrent layer offers, and PyTorch's own three in that form.

Legend: B batch, L steps, C inputs, D hidden.
"""

from abc import abstractmethod
from typing import Any, Protocol

import torch
from torch import Tensor, nn

State = tuple[Tensor, ...]
"""What a layer carries from one step to the next, each part (B, …); the first is what it gives out (B, D)."""


class RecurrentLayer(Protocol):
    """One recurrent layer; one step is a sequence of length 1 with the state before."""

    @abstractmethod
    def __call__(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """From x (B, L, C) and a state (none: the beginning) to outputs (B, L, D) and the state after."""
        ...

    @abstractmethod
    def beginning(self, x: Tensor) -> State:
        """The state before the first step of x (B, L, C)."""
        ...


def parts_of(layer: Any) -> int:
    """Parts of a layer's state: 2 of an LSTM's, 1 of most."""
    return len(layer.beginning(torch.zeros(1, 1, 1)))


def zeros(x: Tensor, hidden: int) -> Tensor:
    """A part of a state (B, D) for x (B, L, C)."""
    return x.new_zeros(x.shape[0], hidden)


class Elman(nn.RNN):
    """h' = tanh(W x + U h + b) (Elman 1990), by PyTorch."""

    def __init__(self, inputs: int, hidden: int, **options: Any) -> None:
        super().__init__(inputs, hidden, batch_first=True, **options)

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:  # type: ignore[override]
        """See `RecurrentLayer`."""
        outputs, last = super().forward(x, None if state is None else state[0][None])
        return outputs, (last[0],)

    def beginning(self, x: Tensor) -> State:
        """Zeros."""
        return (zeros(x, self.hidden_size),)


class IdentityRelu(Elman):
    """h' = max(0, W x + U h + b) with U = I and b = 0 at the start (Le, Jaitly & Hinton 2015).

    The state begins as a sum of its inputs, whose gradient neither grows nor fades.
    """

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__(inputs, hidden, nonlinearity="relu")
        nn.init.eye_(self.get_parameter("weight_hh_l0"))
        for bias in ("bias_ih_l0", "bias_hh_l0"):
            nn.init.zeros_(self.get_parameter(bias))


class Lstm(nn.LSTM):
    """Hochreiter & Schmidhuber (1997) with the forget gate of Gers et al. (2000), by PyTorch."""

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__(inputs, hidden, batch_first=True)

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:  # type: ignore[override]
        """See `RecurrentLayer`; the state is (h, c)."""
        begin = None if state is None else (state[0][None], state[1][None])
        outputs, (h, c) = super().forward(x, begin)
        return outputs, (h[0], c[0])

    def beginning(self, x: Tensor) -> State:
        """Zeros."""
        return zeros(x, self.hidden_size), zeros(x, self.hidden_size)


class Gru(nn.GRU):
    """Cho et al. (2014), the reset gate after the state's product, by PyTorch."""

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__(inputs, hidden, batch_first=True)

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:  # type: ignore[override]
        """See `RecurrentLayer`."""
        outputs, last = super().forward(x, None if state is None else state[0][None])
        return outputs, (last[0],)

    def beginning(self, x: Tensor) -> State:
        """Zeros."""
        return (zeros(x, self.hidden_size),)
