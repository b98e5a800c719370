"""The stationary block bootstrap: stretches of cutoffs are drawn whole, so that what is dependent stays so.

Legend: B draws, n cutoffs or series.
"""

from dataclasses import dataclass

import numpy as np
from arch.bootstrap import StationaryBootstrap

from reprocast.data.windows import Floats
from reprocast.evaluation.sample import Sample


@dataclass(frozen=True)
class Draws:
    """How many draws, and from which random numbers."""

    replications: int
    """Draws (B)."""
    seed: int


def resampled_totals(sample: Sample, draws: Draws) -> Floats:
    """Each model's total loss in each draw (B, models).

    Politis & Romano (1994), The Stationary Bootstrap: blocks of random length with mean `sample.block`,
    wrapped around the end; with a mean length of 1 it draws rows one by one.
    """
    bootstrap = StationaryBootstrap(sample.block, sample.totals.to_numpy(float), seed=draws.seed)
    return np.stack([data[0][0].sum(axis=0) for data in bootstrap.bootstrap(draws.replications)])
