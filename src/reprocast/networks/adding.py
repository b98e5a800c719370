"""The adding problem, small: can a cell learn to carry two numbers over thirty steps, and how well?

A sequence of random numbers, two of them marked, one in each half; the answer is their sum, after the last
step (Hochreiter & Schmidhuber 1997, Long Short-Term Memory, 5.4, in the form of Le, Jaitly & Hinton 2015, A
Simple Way to Initialize Recurrent Networks of Rectified Linear Units). Every cell gets the same units,
steps and rate, so that what is left unexplained is the cell's own doing. Legend: B batch, L steps, D hidden.
"""

import numpy as np
import torch
from torch import Tensor, nn

from reprocast.networks.cells import CELLS
from reprocast.params.architecture import CellName

LENGTH, UNITS = 30, 32
STEPS, BATCH, RATE, CLIP = 500, 64, 1e-2, 1.0
"""Of Adam (Kingma & Ba 2015), and the largest norm of a gradient."""
VARIANCE = 1 / 6
"""Of the sum of two uniform numbers: the error of always answering 1."""
TRAINING, TEST = 0, 1
JUDGED = 1000
"""Sequences of the test, never trained on."""


class Adder(nn.Module):
    """One layer of a cell, its last output read by a linear map."""

    def __init__(self, cell: CellName) -> None:
        super().__init__()
        self.layer, self.read = CELLS[cell].layer(2, UNITS), nn.Linear(UNITS, 1)

    def forward(self, x: Tensor) -> Tensor:
        """From sequences (B, L, 2) to sums (B,)."""
        outputs, _ = self.layer(x)
        total: Tensor = self.read(outputs[:, -1])[:, 0]
        return total


def draw(rng: np.random.Generator, batch: int, length: int) -> tuple[Tensor, Tensor]:
    """Sequences of numbers and marks (B, L, 2), and their sums (B,)."""
    numbers, marks, half = rng.random((batch, length)), np.zeros((batch, length)), length // 2
    rows = np.arange(batch)
    marks[rows, rng.integers(half, size=batch)] = 1
    marks[rows, half + rng.integers(length - half, size=batch)] = 1
    x, y = np.stack([numbers, marks], axis=2), (numbers * marks).sum(axis=1)
    return torch.from_numpy(x).float(), torch.from_numpy(y).float()


def unexplained(cell: CellName, seed: int = 1) -> float:
    """Share of the sums' variance that a trained cell leaves: 1 for always answering 1, 0 for adding.

    The global generators are as before.
    """
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = Adder(cell)
    optimiser = torch.optim.Adam(network.parameters(), lr=RATE)
    for step in range(STEPS):
        x, y = draw(np.random.default_rng([seed, TRAINING, step]), BATCH, LENGTH)
        optimiser.zero_grad()
        nn.functional.mse_loss(network(x), y).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), CLIP)
        optimiser.step()
    x, y = draw(np.random.default_rng([seed, TEST]), JUDGED, LENGTH)
    with torch.no_grad():
        return nn.functional.mse_loss(network(x), y).item() / VARIANCE
