"""A batch as float32 tensors, the form in which networks read it.

Legend: B batch, L look-back, H horizon, C channels, F future covariates, S static, K targets.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from reprocast.data.windows import Batch, Floats


class Tensors(NamedTuple):
    """Scaled examples."""

    past: Tensor
    """What is seen (B, L, C)."""
    future: Tensor
    """What is known ahead (B, H, F)."""
    target: Tensor
    """What is to be forecast (B, H, K); NaN where it was not observed."""
    series: Tensor
    """Index of each example's series (B,)."""
    static: Tensor
    """What does not change in time (B, S)."""


def to_tensors(batch: Batch) -> Tensors:
    """The same examples in single precision."""
    series = torch.from_numpy(np.ascontiguousarray(batch.series))
    past, future, target = _single(batch.past), _single(batch.future), _single(batch.target)
    return Tensors(past, future, target, series, _single(batch.static))


def _single(values: Floats) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))
