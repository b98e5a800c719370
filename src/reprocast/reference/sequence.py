"""A cell over a whole sequence, and layers of cells one on top of the other, as plain loops.

Legend: B batch, L steps, C inputs, D hidden.
"""

from collections.abc import Sequence

import numpy as np

from reprocast.reference.cells import CELLS, STATES, Floats, State, Weights


def states(name: str, weights: Weights, x: Floats, first: State | None = None) -> list[State]:
    """The state before the first step of x (B, L, C) and after each (L+1 of them), from `first` or zeros."""
    zeros = np.zeros((len(x), weights.w_h.shape[1]))
    visited: list[State] = [first or (zeros,) * STATES[name]]
    for t in range(x.shape[1]):
        visited.append(CELLS[name](weights, x[:, t], visited[-1]))
    return visited


def unroll(name: str, weights: Weights, x: Floats, first: State | None = None) -> tuple[Floats, State]:
    """Runs cell `name` over x (B, L, C): outputs (B, L, D) and the last state."""
    visited = states(name, weights, x, first)
    return np.stack([state[0] for state in visited[1:]], axis=1), visited[-1]


def stack(name: str, layers: Sequence[Weights], x: Floats) -> Floats:
    """Each layer reads the outputs of the one below: the top layer's outputs (B, L, D)."""
    for weights in layers:
        x, _ = unroll(name, weights, x)
    return x
