"""The recurrent cells backwards, one step each: the chain rule written out by hand, gate by gate.

Each function takes the step's input and the state before it, computes the gates again, and goes from the
loss's gradient with respect to the state after the step to those of weights, input and state before.
Legend: B batch, C inputs, D hidden, G gates. `d_x` is ∂loss/∂x.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from reprocast.reference.cells import Floats, State, Weights, gates_of, sigmoid


@dataclass(frozen=True)
class StepGradients:
    """What one step hands back."""

    weights: Weights
    """Gradients of the weights, of the same shapes."""
    x: Floats
    """Of the input (B, C)."""
    state: State
    """Of the state before, an array (B, D) for each of its parts."""


class Backward(Protocol):
    """One step of a recurrent network, backwards."""

    def __call__(self, weights: Weights, x: Floats, state: State, d_state: State) -> StepGradients:
        """From the gradient with respect to the state after to those before."""
        ...


def rnn(weights: Weights, x: Floats, state: State, d_state: State) -> StepGradients:
    """Of h' = tanh(a): ∂a = (1 − h'²) ∘ ∂h'."""
    (h,), (d_after,) = state, d_state
    after = np.tanh(gates_of(weights, x, h))
    d_a = (1 - after**2) * d_after
    return _collect(weights, x, h, d_a, d_a, (d_a @ weights.w_h,))


def lstm(weights: Weights, x: Floats, state: State, d_state: State) -> StepGradients:
    """Of c' = f ∘ c + i ∘ g and h' = o ∘ tanh(c'): ∂c' comes from h' and from the step after."""
    (h, c), (d_after, d_cell) = state, d_state
    a_i, a_f, a_g, a_o = np.split(gates_of(weights, x, h), 4, axis=1)
    i, f, g, o = sigmoid(a_i), sigmoid(a_f), np.tanh(a_g), sigmoid(a_o)
    squashed = np.tanh(f * c + i * g)
    d_cell = d_cell + d_after * o * (1 - squashed**2)
    d_a = np.concatenate(
        [
            d_cell * g * i * (1 - i),
            d_cell * c * f * (1 - f),
            d_cell * i * (1 - g**2),
            d_after * squashed * o * (1 - o),
        ],
        axis=1,
    )
    return _collect(weights, x, h, d_a, d_a, (d_a @ weights.w_h, d_cell * f))


def gru(weights: Weights, x: Floats, state: State, d_state: State) -> StepGradients:
    """The reset gate multiplies the state's product: h_n reaches the candidate as r ∘ h_n."""
    (h,), (d_after,) = state, d_state
    x_r, x_z, x_n = np.split(x @ weights.w_x.T + weights.b_x, 3, axis=1)
    h_r, h_z, h_n = np.split(h @ weights.w_h.T + weights.b_h, 3, axis=1)
    r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
    n = np.tanh(x_n + r * h_n)
    d_n = d_after * (1 - z) * (1 - n**2)
    d_r, d_z = d_n * h_n * r * (1 - r), d_after * (h - n) * z * (1 - z)
    d_from_x = np.concatenate([d_r, d_z, d_n], axis=1)
    d_from_h = np.concatenate([d_r, d_z, d_n * r], axis=1)
    return _collect(weights, x, h, d_from_x, d_from_h, (d_from_h @ weights.w_h + d_after * z,))


def gru_cho(weights: Weights, x: Floats, state: State, d_state: State) -> StepGradients:
    """The reset gate multiplies the state itself, so its gradient passes through the candidate's matrix."""
    (h,), (d_after,) = state, d_state
    D = h.shape[1]
    first, last = slice(0, 2 * D), slice(2 * D, 3 * D)
    outer = Weights(weights.w_x[first], weights.w_h[first], weights.b_x[first], weights.b_h[first])
    inner = Weights(weights.w_x[last], weights.w_h[last], weights.b_x[last], weights.b_h[last])
    r, z = np.split(sigmoid(gates_of(outer, x, h)), 2, axis=1)
    n = np.tanh(gates_of(inner, x, r * h))
    d_n = d_after * (1 - z) * (1 - n**2)
    d_reset = d_n @ inner.w_h  # -> (B, D), of r ∘ h
    d_r, d_z = d_reset * h * r * (1 - r), d_after * (h - n) * z * (1 - z)
    d_outer = np.concatenate([d_r, d_z], axis=1)
    d_h = d_outer @ outer.w_h + d_reset * r + d_after * z
    of_outer = _collect(outer, x, h, d_outer, d_outer, ())
    of_inner = _collect(inner, x, r * h, d_n, d_n, ())
    parts = zip(vars(of_outer.weights).values(), vars(of_inner.weights).values(), strict=True)
    joined = Weights(*(np.concatenate(pair) for pair in parts))
    return StepGradients(joined, of_outer.x + of_inner.x, (d_h,))


def _collect(
    weights: Weights, x: Floats, h: Floats, d_from_x: Floats, d_from_h: Floats, d_state: State
) -> StepGradients:
    """Gradients of both products, x W_xᵀ + b_x and h W_hᵀ + b_h, from those of their sums (B, G·D)."""
    of_weights = Weights(d_from_x.T @ x, d_from_h.T @ h, d_from_x.sum(axis=0), d_from_h.sum(axis=0))
    return StepGradients(of_weights, d_from_x @ weights.w_x, d_state)


BACKWARD: Mapping[str, Backward] = {"rnn": rnn, "lstm": lstm, "gru": gru, "gru_cho": gru_cho}
"""Cells by name, as in `cells.CELLS`."""
