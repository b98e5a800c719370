"""Forecasting, second part: the network, what it minimises, and what its outputs say.

Legend: B batch, H horizon, K targets.
"""

from collections.abc import Callable
from typing import Protocol

from torch import Tensor

from reprocast.data.sizes import Sizes
from reprocast.networks.forecaster import Forecaster
from reprocast.networks.heads import LOSSES, masked
from reprocast.params.architecture import Architecture
from reprocast.params.train import LossName


class Answers(Protocol):
    """What a loss reads of a batch."""

    @property
    def target(self) -> Tensor:
        """What is to be forecast, scaled (B, H, K); NaN where it was not observed."""
        ...


def build(architecture: Architecture, sizes: Sizes) -> Forecaster:
    """A network with fresh weights, drawn from PyTorch's global generator."""
    return Forecaster(architecture, sizes)


def loss(name: LossName) -> Callable[[Tensor, Answers], Tensor]:
    """A function of outputs (B, H, K) and batch to the mean loss over all entries that were observed."""
    measure = LOSSES[name]
    return lambda outputs, batch: masked(measure, outputs, batch.target)


def forecast(outputs: Tensor) -> Tensor:
    """Scaled forecasts (B, H, K): a point forecast is what the network puts out."""
    return outputs
