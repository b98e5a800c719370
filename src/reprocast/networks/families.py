"""What a head may answer with: a point, quantiles, or a distribution, behind one interface.

Legend: … any shape (B, H, K), P numbers that a network puts out for each of them, Q levels.
"""

from abc import abstractmethod
from typing import Protocol

import torch
from torch import Tensor
from torch.nn.functional import softplus

from reprocast.errors import UsageError
from reprocast.networks.distributions import DISTRIBUTIONS
from reprocast.params.head import Head


class Family(Protocol):
    """A kind of answer, as functions of what a network puts out."""

    parameters: int
    """How many numbers it takes (P)."""
    moves: bool
    """Whether it can be shifted and stretched: what instance normalisation and paths do."""

    @abstractmethod
    def settle(self, raw: Tensor) -> Tensor:
        """From any numbers (…, P) to such as the answer allows (…, P)."""
        ...

    @abstractmethod
    def moved(self, settled: Tensor, by: Tensor, scale: Tensor) -> Tensor:
        """The answer for scale · X + by, with `by` and `scale` of shape (…)."""
        ...

    @abstractmethod
    def mean(self, settled: Tensor) -> Tensor:
        """The point forecast (…)."""
        ...

    @abstractmethod
    def quantiles(self, settled: Tensor, levels: tuple[float, ...]) -> Tensor:
        """Quantiles (…, Q)."""
        ...

    @abstractmethod
    def sample(self, settled: Tensor, count: int, generator: torch.Generator) -> Tensor:
        """Independent draws (count, …)."""
        ...


class Point:
    """One number."""

    parameters, moves = 1, True

    def settle(self, raw: Tensor) -> Tensor:
        """See `Family`."""
        return raw

    def moved(self, settled: Tensor, by: Tensor, scale: Tensor) -> Tensor:
        """See `Family`."""
        return settled * scale[..., None] + by[..., None]

    def mean(self, settled: Tensor) -> Tensor:
        """See `Family`."""
        return settled[..., 0]

    def quantiles(self, settled: Tensor, levels: tuple[float, ...]) -> Tensor:  # noqa: ARG002
        """A point has none.

        Raises:
            UsageError: always.
        """
        raise UsageError("head.kind point has no quantiles; take quantiles, gaussian or student_t")

    def sample(self, settled: Tensor, count: int, generator: torch.Generator) -> Tensor:  # noqa: ARG002
        """A point draws nothing; raises like `quantiles`."""
        return self.quantiles(settled, ())


class Quantiles:
    """The lowest level, and how far it is from each level to the next, which is never negative."""

    moves = True

    def __init__(self, levels: tuple[float, ...]) -> None:
        self.levels, self.parameters = levels, len(levels)

    def settle(self, raw: Tensor) -> Tensor:
        """See `Family`; quantiles that cannot cross."""
        steps = torch.cat([raw[..., :1], softplus(raw[..., 1:])], dim=-1)
        return steps.cumsum(dim=-1)

    def moved(self, settled: Tensor, by: Tensor, scale: Tensor) -> Tensor:
        """See `Family`."""
        return settled * scale[..., None] + by[..., None]

    def loss(self, settled: Tensor, target: Tensor) -> Tensor:
        """Pinball loss, mean over levels: max(τ e, (τ − 1) e) with e = y − q (Koenker & Bassett 1978)."""
        error = target[..., None] - settled
        levels = torch.tensor(self.levels, dtype=settled.dtype)
        return torch.maximum(levels * error, (levels - 1) * error).mean(dim=-1)

    def mean(self, settled: Tensor) -> Tensor:
        """The median, between its neighbours where it is no level."""
        return self.quantiles(settled, (0.5,))[..., 0]

    def quantiles(self, settled: Tensor, levels: tuple[float, ...]) -> Tensor:
        """Levels that were trained as they are, others on the line between; beyond the ends, the ends."""
        trained = torch.tensor(self.levels, dtype=torch.float64)
        wanted = torch.tensor(levels, dtype=torch.float64).clamp(trained[0], trained[-1])
        after = torch.searchsorted(trained, wanted).clamp(max=len(self.levels) - 1)
        before = (after - 1).clamp(min=0)
        gap = (trained[after] - trained[before]).clamp(min=1e-12)
        share = ((wanted - trained[before]) / gap).clamp(0, 1).to(settled.dtype)
        return settled[..., before] * (1 - share) + settled[..., after] * share

    def sample(self, settled: Tensor, count: int, generator: torch.Generator) -> Tensor:
        """Uniform levels between the lowest and the highest trained, read off the line."""
        low, high = self.levels[0], self.levels[-1]
        draws = torch.rand(count, generator=generator, dtype=torch.float64) * (high - low) + low
        return self.quantiles(settled, tuple(draws.tolist())).movedim(-1, 0)


def family_of(head: Head) -> Family:
    """The answer that a head's block names."""
    if head.kind == "point":
        return Point()
    return Quantiles(head.levels) if head.kind == "quantiles" else DISTRIBUTIONS[head.kind]
