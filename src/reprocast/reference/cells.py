"""The three recurrent cells in NumPy, one step each, written from their equations; the oracle of the tests.

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
    return (np.tanh(x @ weights.w_x.T + weights.b_x + h @ weights.w_h.T + weights.b_h),)


def lstm(weights: Weights, x: Floats, state: State) -> State:
    """Hochreiter & Schmidhuber (1997) with the forget gate of Gers et al. (2000); state (h, c).

    Gates in the order input i, forget f, candidate g, output o: c' = f ∘ c + i ∘ g and h' = o ∘ tanh(c').
    """
    h, c = state
    i, f, g, o = np.split(x @ weights.w_x.T + weights.b_x + h @ weights.w_h.T + weights.b_h, 4, axis=1)
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


def sigmoid(a: Floats) -> Floats:
    """1 / (1 + e^−a), through tanh, which does not overflow."""
    return 0.5 * (1 + np.tanh(0.5 * a))


CELLS: Mapping[str, Cell] = {"rnn": rnn, "lstm": lstm, "gru": gru}
"""Cells by the name they have in params.yaml."""
STATES: Mapping[str, int] = {"rnn": 1, "lstm": 2, "gru": 1}
"""Arrays in a cell's state."""
