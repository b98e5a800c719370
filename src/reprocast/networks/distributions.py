"""Distributions that heads can name: likelihood, mean, exact quantiles and samples from their parameters.

Legend: … any shape (B, H, K), P parameters of a distribution, Q levels.
"""

import math
from abc import abstractmethod
from collections.abc import Mapping
from typing import Protocol

import numpy as np
import torch
from scipy import stats
from torch import Tensor
from torch.nn.functional import softplus

LEAST = 1e-4
"""Smallest scale, in units of the scaler."""


class Distribution(Protocol):
    """A family of distributions, as functions of what a network puts out."""

    parameters: int
    """How many numbers it takes (P)."""
    moves: bool
    """Whether it can be shifted and stretched: what instance normalisation and paths do."""

    @abstractmethod
    def settle(self, raw: Tensor) -> Tensor:
        """From any numbers (…, P) to parameters in their ranges (…, P)."""
        ...

    @abstractmethod
    def moved(self, settled: Tensor, by: Tensor, scale: Tensor) -> Tensor:
        """Parameters of scale · X + by, for `by` and `scale` of shape (…)."""
        ...

    @abstractmethod
    def loss(self, settled: Tensor, target: Tensor) -> Tensor:
        """Minus the logarithm of the likelihood of targets (…), entry by entry."""
        ...

    @abstractmethod
    def mean(self, settled: Tensor) -> Tensor:
        """Expected values (…)."""
        ...

    @abstractmethod
    def quantiles(self, settled: Tensor, levels: tuple[float, ...]) -> Tensor:
        """Exact quantiles (…, Q)."""
        ...

    @abstractmethod
    def sample(self, settled: Tensor, count: int, generator: torch.Generator) -> Tensor:
        """Independent draws (count, …)."""
        ...


class Gaussian:
    """Location and scale; −log p = ½ z² + log s + ½ log 2π with z = (y − m) / s."""

    parameters, moves = 2, True

    def settle(self, raw: Tensor) -> Tensor:
        """See `Distribution`."""
        return torch.stack([raw[..., 0], softplus(raw[..., 1]) + LEAST], dim=-1)

    def moved(self, settled: Tensor, by: Tensor, scale: Tensor) -> Tensor:
        """See `Distribution`."""
        return torch.stack([settled[..., 0] * scale + by, settled[..., 1] * scale], dim=-1)

    def loss(self, settled: Tensor, target: Tensor) -> Tensor:
        """See `Distribution`."""
        loc, scale = settled.unbind(dim=-1)
        square: Tensor = ((target - loc) / scale).square()
        return 0.5 * square + scale.log() + 0.5 * math.log(2 * math.pi)

    def mean(self, settled: Tensor) -> Tensor:
        """See `Distribution`."""
        return settled[..., 0]

    def quantiles(self, settled: Tensor, levels: tuple[float, ...]) -> Tensor:
        """See `Distribution`."""
        z: Tensor = torch.special.ndtri(torch.tensor(levels, dtype=torch.float64)).to(settled.dtype)
        return settled[..., :1] + settled[..., 1:2] * z

    def sample(self, settled: Tensor, count: int, generator: torch.Generator) -> Tensor:
        """See `Distribution`."""
        loc, scale = settled.unbind(dim=-1)
        draws = torch.randn(count, *loc.shape, generator=generator, dtype=loc.dtype)
        return loc + scale * draws


class StudentT:
    """Location, scale and degrees of freedom ν > 2, so that a variance exists (Lange et al. 1989)."""

    parameters, moves = 3, True

    def settle(self, raw: Tensor) -> Tensor:
        """See `Distribution`."""
        scale, freedom = softplus(raw[..., 1]) + LEAST, 2 + softplus(raw[..., 2]) + LEAST
        return torch.stack([raw[..., 0], scale, freedom], dim=-1)

    def moved(self, settled: Tensor, by: Tensor, scale: Tensor) -> Tensor:
        """See `Distribution`."""
        parts = [settled[..., 0] * scale + by, settled[..., 1] * scale, settled[..., 2]]
        return torch.stack(parts, dim=-1)

    def loss(self, settled: Tensor, target: Tensor) -> Tensor:
        """−log p = log s + ½ log νπ + log Γ(ν/2) − log Γ((ν+1)/2) + (ν+1)/2 · log(1 + z²/ν)."""
        loc, scale, freedom = settled.unbind(dim=-1)
        z = (target - loc) / scale
        gammas = torch.lgamma(freedom / 2) - torch.lgamma((freedom + 1) / 2)
        tail = (freedom + 1) / 2 * torch.log1p(z.square() / freedom)
        return scale.log() + 0.5 * torch.log(freedom * math.pi) + gammas + tail

    def mean(self, settled: Tensor) -> Tensor:
        """See `Distribution`."""
        return settled[..., 0]

    def quantiles(self, settled: Tensor, levels: tuple[float, ...]) -> Tensor:
        """See `Distribution`."""
        freedom = settled[..., 2:3].detach().double().numpy()
        z = torch.from_numpy(np.asarray(stats.t.ppf(np.asarray(levels), freedom))).to(settled.dtype)
        return settled[..., :1] + settled[..., 1:2] * z

    def sample(self, settled: Tensor, count: int, generator: torch.Generator) -> Tensor:
        """A normal draw over the root of a χ² draw over ν: by inverting uniform draws."""
        loc, scale, freedom = settled.unbind(dim=-1)
        level = torch.rand(count, *loc.shape, generator=generator, dtype=torch.float64)
        z = stats.t.ppf(level.clamp(1e-12, 1 - 1e-12).numpy(), freedom.detach().double().numpy())
        return loc + scale * torch.from_numpy(np.asarray(z)).to(loc.dtype)


class NegativeBinomial:
    """Mean μ and dispersion α of counts: variance μ + α μ² (Hilbe 2011; Salinas et al. 2020)."""

    parameters, moves = 2, False

    def settle(self, raw: Tensor) -> Tensor:
        """See `Distribution`."""
        return softplus(raw) + LEAST

    def moved(self, settled: Tensor, by: Tensor, scale: Tensor) -> Tensor:
        """Counts cannot be moved; params.yaml refuses what would."""
        raise NotImplementedError("counts have a zero and a unit of their own")

    def loss(self, settled: Tensor, target: Tensor) -> Tensor:
        """−log p with r = 1/α: log Γ(r) + log y! − log Γ(y + r) + (r + y) log(1 + αμ) − y log αμ."""
        mean, dispersion = settled.unbind(dim=-1)
        r, product = 1 / dispersion, dispersion * mean
        gammas = torch.lgamma(r) + torch.lgamma(target + 1) - torch.lgamma(target + r)
        return gammas + (r + target) * torch.log1p(product) - target * product.log()

    def mean(self, settled: Tensor) -> Tensor:
        """See `Distribution`."""
        return settled[..., 0]

    def quantiles(self, settled: Tensor, levels: tuple[float, ...]) -> Tensor:
        """The least count whose distribution function reaches the level."""
        r, p = _as_scipy(settled[..., None, :])
        counts = stats.nbinom.ppf(np.asarray(levels), r, p)
        return torch.from_numpy(np.asarray(counts)).to(settled.dtype)

    def sample(self, settled: Tensor, count: int, generator: torch.Generator) -> Tensor:
        """By inverting uniform draws."""
        level = torch.rand(count, *settled.shape[:-1], generator=generator, dtype=torch.float64)
        r, p = _as_scipy(settled)
        return torch.from_numpy(np.asarray(stats.nbinom.ppf(level.numpy(), r, p))).to(settled.dtype)


def _as_scipy(settled: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Number of failures r and their probability p."""
    mean, dispersion = (part.detach().double().numpy() for part in settled.unbind(dim=-1))
    return 1 / dispersion, 1 / (1 + dispersion * mean)


DISTRIBUTIONS: Mapping[str, Distribution] = {
    "gaussian": Gaussian(),
    "student_t": StudentT(),
    "negative_binomial": NegativeBinomial(),
}
"""By the name they have in params.yaml."""
