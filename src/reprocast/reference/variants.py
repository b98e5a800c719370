"""The cells with gates of the input only, and the layer-normalised ones, one step each, from their equations.

Legend: B batch, C inputs, D hidden. `gates` are the products and biases that a step's gates are made of.
"""

import numpy as np

from reprocast.reference.cells import Floats, sigmoid


def min_gru(gates: Floats, h: Floats) -> Floats:
    """One step of minGRU from gates (B, 2·D) in the order update, candidate (Feng et al. 2024)."""
    update, candidate = np.split(gates, 2, axis=1)
    z = sigmoid(update)
    return (1 - z) * h + z * positive(candidate)


def min_lstm(gates: Floats, h: Floats) -> Floats:
    """One step of minLSTM from gates (B, 3·D) in the order forget, input, candidate (Feng et al. 2024)."""
    forget, new, candidate = np.split(gates, 3, axis=1)
    f, i = sigmoid(forget), sigmoid(new)
    return f / (f + i) * h + i / (f + i) * positive(candidate)


def positive(a: Floats) -> Floats:
    """The candidate's activation: a + ½ from 0 on, σ(a) below."""
    return np.where(a >= 0, a + 0.5, sigmoid(a))


def layer_norm(a: Floats, gain: Floats, bias: Floats | float = 0.0, least: float = 1e-5) -> Floats:
    """(a − mean) / √(variance + least) · gain + bias over the last axis (Ba et al. 2016)."""
    centred = a - a.mean(axis=-1, keepdims=True)
    result: Floats = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + least) * gain + bias
    return result
