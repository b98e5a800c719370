"""Training in NumPy: a cell with a linear output at each step, squared errors, clipping, gradient descent.

Legend: B batch, L steps, C inputs, D hidden, K outputs.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from reprocast.reference.bptt import backpropagate, truncated
from reprocast.reference.cells import Floats, Weights
from reprocast.reference.sequence import unroll

Arrays = Mapping[str, Floats]


@dataclass(frozen=True)
class Network:
    """One recurrent layer and what reads its outputs."""

    cell: str
    """Name of the cell."""
    recurrent: Weights
    w_y: Floats
    """Of the outputs (K, D)."""
    b_y: Floats
    """Added to them (K,)."""

    def arrays(self) -> Arrays:
        """All weights by name."""
        return {**vars(self.recurrent), "w_y": self.w_y, "b_y": self.b_y}

    def with_arrays(self, arrays: Arrays) -> "Network":
        """The same network with other weights."""
        recurrent = Weights(*(arrays[name] for name in vars(self.recurrent)))
        return Network(self.cell, recurrent, arrays["w_y"], arrays["b_y"])


def outputs(network: Network, x: Floats) -> tuple[Floats, Floats]:
    """From x (B, L, C) to hidden outputs h (B, L, D) and y = W_y h + b_y (B, L, K)."""
    h, _ = unroll(network.cell, network.recurrent, x)
    return h, h @ network.w_y.T + network.b_y


def gradients(network: Network, x: Floats, target: Floats, chunk: int | None = None) -> Arrays:
    """Gradients of ½ Σ (y − target)² for x (B, L, C) and target (B, L, K), by name.

    With `chunk`, through so many steps at most, the state carried from chunk to chunk.
    """
    h, y = outputs(network, x)
    d_y = y - target
    d_h = d_y @ network.w_y
    if chunk is None:
        of_cell = backpropagate(network.cell, network.recurrent, x, d_h).weights
    else:
        of_cell = truncated(network.cell, network.recurrent, x, d_h, chunk, chunk)
    w_y = np.einsum("blk,bld->kd", d_y, h)
    return {**vars(of_cell), "w_y": w_y, "b_y": d_y.sum(axis=(0, 1))}


def clipped_by_norm(arrays: Arrays, largest: float) -> Arrays:
    """All gradients scaled by one factor, so that their norm is `largest` at most (Pascanu et al. 2013).

    The direction stays; a gradient that has vanished stays as small as it is.
    """
    norm = np.sqrt(sum(float((array**2).sum()) for array in arrays.values()))
    factor = min(1.0, largest / norm) if norm > 0 else 1.0
    return {name: array * factor for name, array in arrays.items()}


def clipped_by_value(arrays: Arrays, largest: float) -> Arrays:
    """Each number between −largest and largest (Mikolov 2012); the direction may change."""
    return {name: np.clip(array, -largest, largest) for name, array in arrays.items()}


def descend(network: Network, arrays: Arrays, rate: float) -> Network:
    """One step of gradient descent: w − rate · ∂w."""
    return network.with_arrays({name: w - rate * arrays[name] for name, w in network.arrays().items()})


def train(
    network: Network,
    x: Floats,
    target: Floats,
    rate: float,
    clip_norm: float | None = None,
    fixed: Collection[str] = (),
) -> Iterator[tuple[float, Network]]:
    """Full-batch training without end: before each update, the mean squared error and the network.

    `fixed` names weights that stay as they are. The biases b_x and b_h of an RNN or LSTM are one bias written
    twice: descending in both doubles its step, so the textbook's single bias is b_x with b_h fixed.
    """
    while True:
        _, y = outputs(network, x)
        yield float(((y - target) ** 2).mean()), network
        found = {
            name: np.zeros_like(array) if name in fixed else array
            for name, array in gradients(network, x, target).items()
        }
        network = descend(network, found if clip_norm is None else clipped_by_norm(found, clip_norm), rate)
