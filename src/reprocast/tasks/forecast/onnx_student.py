"""Quantiles of Student's t by sums and products alone, which every runtime of ONNX has. Legend: Q levels."""

from typing import Any

import numpy as np
import torch
from numpy.polynomial import chebyshev
from scipy import stats
from torch import Tensor

DEGREE = 16
"""Of the polynomials in 1/ν that stand for the quantiles of Student's t: right to 1e-8 for ν ≥ 2."""


def student_quantiles(freedom: Tensor, levels: tuple[float, ...]) -> Tensor:
    """Quantiles (…, Q) of Student's t with ν ≥ 2 degrees of freedom (…, 1): smooth functions of 1/ν alone."""

    def quantiles(place: Any) -> Any:
        freedom = 4 / np.maximum(place + 1, 1e-9)[:, None]  # 1/ν from 0 to ½ is −1 to 1
        return stats.t.ppf(np.asarray(levels), freedom)

    place = 4 / freedom - 1
    before, now = torch.ones_like(place), place
    coefficients = torch.tensor(chebyshev.chebinterpolate(quantiles, DEGREE), dtype=freedom.dtype)  # (…, Q)
    found = coefficients[0] * before + coefficients[1] * now
    for one in coefficients[2:]:
        before, now = now, 2 * place * now - before
        found = found + one * now
    return found
