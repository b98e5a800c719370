"""Medians and quantiles of short arrays: NumPy's take most of their time to find out what they are given."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def median(values: Floats, axis: int = -1) -> Floats:
    """Median along an axis, which vanishes; the values are finite."""
    ordered, n = np.sort(values, axis=axis), values.shape[axis]
    middle: Floats = (ordered.take((n - 1) // 2, axis) + ordered.take(n // 2, axis)) / 2
    return middle


def quantiles(values: Floats, shares: Sequence[float]) -> Floats:
    """Quantiles along the first axis (len(shares), …), straight between two values as NumPy's default."""
    ordered = np.sort(values, axis=0)
    places = np.asarray(shares) * (len(values) - 1)
    below = places.astype(np.int64)
    above = np.minimum(below + 1, len(values) - 1)
    weight = (places - below).reshape(-1, *([1] * (values.ndim - 1)))
    found: Floats = ordered[below] + weight * (ordered[above] - ordered[below])
    return found
