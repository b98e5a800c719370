"""Backpropagation through time, whole or truncated: the steps of `gradients`, from the last to the first.

Werbos (1990); truncated: Williams & Peng (1990). Legend: B batch, L steps, C inputs, D hidden.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reprocast.reference.cells import Floats, State, Weights
from reprocast.reference.gradients import BACKWARD
from reprocast.reference.sequence import states, unroll


@dataclass(frozen=True)
class Gradients:
    """Of a loss over a sequence."""

    weights: Weights
    """Of the weights, summed over steps and batch."""
    x: Floats
    """Of the inputs (B, L, C)."""
    state: State
    """Of the state before the first step, an array (B, D) for each of its parts."""
    per_step: Floats
    """Norm of ∂loss/∂h_t after each step (L,): how far the loss reaches back."""


def backpropagate(
    name: str, weights: Weights, x: Floats, d_outputs: Floats, first: State | None = None
) -> Gradients:
    """Gradients of a loss whose gradients with respect to the outputs are `d_outputs` (B, L, D)."""
    visited = states(name, weights, x, first)
    total = _zeros(weights)
    d_x, per_step = np.empty_like(x), np.empty(x.shape[1])
    d_state: State = tuple(np.zeros_like(part) for part in visited[0])
    for t in reversed(range(x.shape[1])):
        d_state = (d_state[0] + d_outputs[:, t], *d_state[1:])
        per_step[t] = np.linalg.norm(d_state[0])
        step = BACKWARD[name](weights, x[:, t], visited[t], d_state)
        total, d_x[:, t], d_state = added(total, step.weights), step.x, step.state
    return Gradients(total, d_x, d_state, per_step)


def truncated(name: str, weights: Weights, x: Floats, d_outputs: Floats, every: int, back: int) -> Weights:
    """Gradients of the weights when every `every` steps the last `every` outputs reach `back` steps back.

    With every = back, and a length that is a multiple of it, the sequence falls into chunks whose state is
    carried forward but not differentiated through, which is what `detach` does between chunks.

    Raises:
        ValueError: `back` is shorter than `every`: some outputs would reach no step at all.
    """
    if back < every:
        raise ValueError(f"back ({back}) must not be shorter than every ({every})")
    visited, total = states(name, weights, x), _zeros(weights)
    for end in [*range(every, x.shape[1], every), x.shape[1]]:
        newest = end - ((end - 1) % every + 1)
        begin = max(0, end - back)
        d_chunk = d_outputs[:, begin:end].copy()
        d_chunk[:, : newest - begin] = 0  # earlier outputs had their turn
        chunk = backpropagate(name, weights, x[:, begin:end], d_chunk, visited[begin])
        total = added(total, chunk.weights)
    return total


def stack_backwards(name: str, layers: Sequence[Weights], x: Floats, d_outputs: Floats) -> list[Gradients]:
    """Gradients of each layer of a stack, the lowest first, from those of the top layer's outputs."""
    inputs = [x]
    for weights in layers:
        inputs.append(unroll(name, weights, inputs[-1])[0])
    found: list[Gradients] = []
    for weights, given in zip(reversed(layers), reversed(inputs[:-1]), strict=True):
        found.append(backpropagate(name, weights, given, d_outputs))
        d_outputs = found[-1].x
    return found[::-1]


def added(one: Weights, other: Weights) -> Weights:
    """Their sum, array by array."""
    return Weights(*(a + b for a, b in zip(vars(one).values(), vars(other).values(), strict=True)))


def _zeros(weights: Weights) -> Weights:
    return Weights(*(np.zeros_like(array) for array in vars(weights).values()))
