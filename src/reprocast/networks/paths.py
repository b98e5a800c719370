"""Paths that pass by the recurrent network and are added to what it says of each step.

Legend: B batch, L steps seen, H horizon, K targets.
"""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from reprocast.data.sizes import Sizes
from reprocast.params.decoder import PathName


class Last(nn.Module):
    """The last value, weighed a step of the horizon (1 at first): the network learns how far it moves."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(sizes.horizon, sizes.targets))

    def forward(self, seen: Tensor) -> Tensor:
        """From the targets seen (B, L, K) to (B, H, K)."""
        return seen[:, -1:] * self.weight


class Seasonal(nn.Module):
    """The value a season before each step, weighed a step (1 at first): the network learns the difference."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        steps = torch.arange(sizes.horizon)
        self.steps = (steps % sizes.season - sizes.season).tolist()
        self.weight = nn.Parameter(torch.ones(sizes.horizon, sizes.targets))

    def forward(self, seen: Tensor) -> Tensor:
        """From the targets seen (B, L, K) to (B, H, K)."""
        return seen[:, self.steps] * self.weight


class Linear(nn.Module):
    """A linear map of the look-back, one for all series and a target each (0 at first; Zeng et al. 2023)."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(sizes.targets, sizes.horizon, sizes.look_back))
        self.bias = nn.Parameter(torch.zeros(sizes.horizon, sizes.targets))

    def forward(self, seen: Tensor) -> Tensor:
        """From the targets seen (B, L, K) to (B, H, K)."""
        return torch.einsum("khl,blk->bhk", self.weight, seen) + self.bias


PATHS: Mapping[PathName, Callable[[Sizes], nn.Module]] = {
    "last": Last,
    "seasonal": Seasonal,
    "linear": Linear,
}
"""By the name they have in params.yaml."""


def multiply_adds(names: tuple[PathName, ...], sizes: Sizes) -> int:
    """Of one window."""
    each = sizes.horizon * sizes.targets
    return sum(each * (sizes.look_back if name == "linear" else 1) for name in names)
