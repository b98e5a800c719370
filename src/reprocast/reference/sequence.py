"""A cell over a whole sequence, and layers of cells one on top of the other, as plain loops.

Legend: B batch, L steps, C inputs, D hidden.
"""

from collections.abc import Sequence

import numpy as np

from reprocast.reference.cells import CELLS, STATES, Floats, State, Weights


def unroll(name: str, weights: Weights, x: Floats) -> tuple[Floats, State]:
    """Runs cell `name` over x (B, L, C) from a state of zeros: outputs (B, L, D) and the last state."""
    zeros = np.zeros((len(x), weights.w_h.shape[1]))
    state: State = (zeros,) * STATES[name]
    outputs = []
    for t in range(x.shape[1]):
        state = CELLS[name](weights, x[:, t], state)
        outputs.append(state[0])
    return np.stack(outputs, axis=1), state


def stack(name: str, layers: Sequence[Weights], x: Floats) -> Floats:
    """Each layer reads the outputs of the one below: the top layer's outputs (B, L, D)."""
    for weights in layers:
        x, _ = unroll(name, weights, x)
    return x
