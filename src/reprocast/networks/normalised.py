"""Layer-normalised recurrent layers (Ba, Kiros & Hinton 2016): what goes into the gates is normalised.

LN(a) = (a − mean) / deviation ∘ gain over the units of one step, so that nothing depends on the batch or on
how long the sequence is. The products with input and state are normalised each by itself, with gains of
their own; the bias stays outside. Step by step in Python, so slower than PyTorch's own layers.
Legend: B batch, L steps, C inputs, D hidden, G gates.
"""

from abc import abstractmethod

import torch
from torch import Tensor, nn

from reprocast.networks.layer import State, zeros


class Groups(nn.Module):
    """Layer normalisation of some gates together, for each group of gates."""

    def __init__(self, gates: tuple[int, ...], hidden: int) -> None:
        super().__init__()
        self.widths = [n * hidden for n in gates]
        self.norms = nn.ModuleList(nn.LayerNorm(width, bias=False) for width in self.widths)

    def forward(self, products: Tensor) -> Tensor:
        """From products (…, G·D) to as many normalised numbers."""
        parts = torch.split(products, self.widths, dim=-1)
        return torch.cat([norm(part) for norm, part in zip(self.norms, parts, strict=True)], dim=-1)


class Normalised(nn.Module):
    """A recurrent layer whose products are normalised, in groups of gates."""

    gates: tuple[int, ...]
    """How many gates each group has."""

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        width = sum(self.gates) * hidden
        self.hidden = hidden
        self.from_input = nn.Linear(inputs, width, bias=False)
        self.from_state = nn.Linear(hidden, width, bias=False)
        self.of_input, self.of_state = Groups(self.gates, hidden), Groups(self.gates, hidden)
        self.bias = nn.Parameter(torch.zeros(width))
        for product in (self.from_input, self.from_state):
            nn.init.uniform_(product.weight, -(hidden**-0.5), hidden**-0.5)  # as PyTorch's own layers

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """See `RecurrentLayer`."""
        state = state or self.beginning(x)
        given = self.of_input(self.from_input(x)) + self.bias  # -> (B, L, G·D), all steps at once
        outputs = []
        for t in range(x.shape[1]):
            state = self.step(given[:, t], self.of_state(self.from_state(state[0])), state)
            outputs.append(state[0])
        return torch.stack(outputs, dim=1), state

    def beginning(self, x: Tensor) -> State:
        """Zeros."""
        return (zeros(x, self.hidden),)

    @abstractmethod
    def step(self, given: Tensor, carried: Tensor, state: State) -> State:
        """From the normalised products of input (with bias) and state (B, G·D) to the state after."""
        ...


class NormalisedElman(Normalised):
    """h' = tanh(LN(W x) + LN(U h) + b)."""

    gates = (1,)

    def step(self, given: Tensor, carried: Tensor, state: State) -> State:  # noqa: ARG002
        """See `Normalised`."""
        return (torch.tanh(given + carried),)


class NormalisedLstm(Normalised):
    """Gates i, f, g, o as in the LSTM; the cell state is normalised before it goes out (eq. 20 to 22)."""

    gates = (4,)

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__(inputs, hidden)
        self.of_cell = nn.LayerNorm(hidden)

    def beginning(self, x: Tensor) -> State:
        """Output and cell state of zeros."""
        return super().beginning(x) * 2

    def step(self, given: Tensor, carried: Tensor, state: State) -> State:
        """See `Normalised`."""
        i, f, g, o = (given + carried).chunk(4, dim=-1)
        c = torch.sigmoid(f) * state[1] + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(self.of_cell(c)), c


class NormalisedGru(Normalised):
    """Gates r and z, normalised together, and n; r acts on the state's normalised product (eq. 23, 24)."""

    gates = (2, 1)

    def step(self, given: Tensor, carried: Tensor, state: State) -> State:
        """See `Normalised`."""
        x_r, x_z, x_n = given.chunk(3, dim=-1)
        h_r, h_z, h_n = carried.chunk(3, dim=-1)
        z = torch.sigmoid(x_z + h_z)
        n = torch.tanh(x_n + torch.sigmoid(x_r + h_r) * h_n)
        return ((1 - z) * n + z * state[0],)
