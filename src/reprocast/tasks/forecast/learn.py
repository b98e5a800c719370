"""Forecasting, second part: the network, what it minimises, and what its outputs say.

Legend: B batch, H horizon, K targets.
"""

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor

from reprocast.data.sizes import Sizes
from reprocast.networks.families import Point
from reprocast.networks.forecaster import Forecaster
from reprocast.networks.heads import LOSSES, masked, masked_entries
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


def loss(name: LossName, network: Forecaster) -> Callable[[Tensor, Answers], Tensor]:
    """A function of a network's outputs and batch to the mean loss over all entries that were observed.

    A point head minimises the loss of this name, any other its own.
    """
    family, measure = network.family, LOSSES[name]
    if isinstance(family, Point):
        return lambda outputs, batch: masked(measure, outputs, batch.target)

    def own(outputs: Tensor, batch: Answers) -> Tensor:
        known = torch.where(batch.target.isnan(), family.mean(outputs).detach(), batch.target)
        return masked_entries(family.loss(outputs, known), batch.target)

    return own


def forecast(outputs: Tensor, network: Forecaster) -> Tensor:
    """Scaled point forecasts (B, H, K) from a network's outputs."""
    point: Tensor = outputs if isinstance(network.family, Point) else network.family.mean(outputs)
    return point


def quantiles(outputs: Tensor, network: Forecaster, levels: tuple[float, ...]) -> Tensor:
    """Scaled quantiles (B, H, K, Q) from a network's outputs.

    Raises:
        UsageError: the network answers with a point.
    """
    found: Tensor = network.family.quantiles(outputs, levels)
    return found
