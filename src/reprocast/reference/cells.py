"""The recurrent cells in NumPy, one step each, written from their equations; the oracle of the tests.

Legend: B batch, C inputs, D hidden, G gates. A state is a tuple whose first entry is the output h.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
State = tuple[Floats, ...]


@dataclass(frozen=True)
class Weights:
    """Weights of one cell, its gates one below the other."""

    w_x: Floats
    """Of the input (G·D, C)."""
    w_h: Floats
    """Of the state before (G·D, D)."""
    b_x: Floats
    """Added to the input's product (G·D,)."""
    b_h: Floats
    """Added to the state's product (G·D,)."""


class Cell(Protocol):
    """One step of a recurrent network."""

    def __call__(self, weights: Weights, x: Floats, state: State) -> State:
        """From input x (B, C) and the state before to the state after; h is (B, D)."""
        ...


def rnn(weights: Weights, x: Floats, state: State) -> State:
    """Elman (1990): h' = tanh(W_x x + b_x + W_h h + b_h); state (h,)."""
    (h,) = state
    return (np.tanh(gates_of(weights, x, h)),)


def lstm(weights: Weights, x: Floats, state: State) -> State:
    """Hochreiter & Schmidhuber (1997) with the forget gate of Gers et al. (2000); state (h, c).

    Gates in the order input i, forget f, candidate g, output o: c' = f ∘ c + i ∘ g and h' = o ∘ tanh(c').
    """
    h, c = state
    i, f, g, o = np.split(gates_of(weights, x, h), 4, axis=1)
    new_c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(new_c), new_c


def gru(weights: Weights, x: Floats, state: State) -> State:
    """Cho et al. (2014) in PyTorch's form, where the reset gate acts after the state's product; state (h,).

    Gates in the order reset r, update z, candidate n: n = tanh(x_n + r ∘ h_n) and h' = (1 − z) ∘ n + z ∘ h.
    """
    (h,) = state
    x_r, x_z, x_n = np.split(x @ weights.w_x.T + weights.b_x, 3, axis=1)
    h_r, h_z, h_n = np.split(h @ weights.w_h.T + weights.b_h, 3, axis=1)
    z = sigmoid(x_z + h_z)
    n = np.tanh(x_n + sigmoid(x_r + h_r) * h_n)
    return ((1 - z) * n + z * h,)


def gru_cho(weights: Weights, x: Floats, state: State) -> State:
    """The GRU as Cho et al. (2014) wrote it: the reset gate acts before the state's product; state (h,).

    Gates in the order reset r, update z, candidate n: n = tanh(x_n + W_n (r ∘ h) + b_n) and, with z on the
    old state as in the other form, h' = (1 − z) ∘ n + z ∘ h.
    """
    (h,) = state
    D = h.shape[1]
    from_x = x @ weights.w_x.T + weights.b_x
    w, b = weights.w_h, weights.b_h
    r, z = np.split(sigmoid(from_x[:, : 2 * D] + h @ w[: 2 * D].T + b[: 2 * D]), 2, axis=1)
    n = np.tanh(from_x[:, 2 * D :] + (r * h) @ w[2 * D :].T + b[2 * D :])
    return ((1 - z) * n + z * h,)


def gates_of(weights: Weights, x: Floats, h: Floats) -> Floats:
    """What goes into the gates, x W_xᵀ + b_x + h W_hᵀ + b_h (B, G·D)."""
    total: Floats = x @ weights.w_x.T + weights.b_x + h @ weights.w_h.T + weights.b_h
    return total


def sigmoid(a: Floats) -> Floats:
    """1 / (1 + e^−a), through tanh, which does not overflow."""
    return 0.5 * (1 + np.tanh(0.5 * a))


CELLS: Mapping[str, Cell] = {"rnn": rnn, "lstm": lstm, "gru": gru, "gru_cho": gru_cho}
"""Cells by name."""
STATES: Mapping[str, int] = {"rnn": 1, "lstm": 2, "gru": 1, "gru_cho": 1}
"""Arrays in a cell's state."""
