"""Reversible instance normalisation: each window is seen relative to its own look-back, and put back after.

Kim et al. (2022). Legend: B batch, L steps seen, C channels, K targets.
"""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

import torch
from torch import Tensor

InstanceName = Literal["none", "mean", "median", "last"]
LEAST = 1e-5
"""Added to a scale, so that a constant look-back has one."""
NORMAL = 1.4826
"""Median absolute deviation of a normal distribution of deviation 1, inverted."""


class Own(NamedTuple):
    """A window's own location and scale (B, 1, C)."""

    loc: Tensor
    scale: Tensor

    def of_targets(self, targets: int) -> "Own":
        """Those of the first K channels."""
        return Own(self.loc[:, :, :targets], self.scale[:, :, :targets])


def _mean(seen: Tensor) -> Own:
    """Mean and deviation of the look-back (B, L, C)."""
    deviation = seen.var(dim=1, keepdim=True, unbiased=False).add(LEAST).sqrt()
    return Own(seen.mean(dim=1, keepdim=True), deviation)


def _median(seen: Tensor) -> Own:
    """Median and median absolute deviation: one wild value moves neither."""
    middle = _middle(seen)
    return Own(middle, NORMAL * _middle((seen - middle).abs()) + LEAST)


def _middle(seen: Tensor) -> Tensor:
    """Median over time, the mean of the two in the middle where there are two."""
    ordered = seen.sort(dim=1).values
    L = seen.shape[1]
    return 0.5 * (ordered[:, (L - 1) // 2] + ordered[:, L // 2])[:, None]


def _last(seen: Tensor) -> Own:
    """The last value, and no scale (Zeng et al. 2023)."""
    return Own(seen[:, -1:], torch.ones_like(seen[:, -1:]))


MEASURES: Mapping[InstanceName, Callable[[Tensor], Own]] = {"mean": _mean, "median": _median, "last": _last}
"""By the name they have in params.yaml."""


def own(name: InstanceName, seen: Tensor) -> Own | None:
    """Location and scale of the channels seen (B, L, C); none for `none`."""
    return None if name == "none" else MEASURES[name](seen)
