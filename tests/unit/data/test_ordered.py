"""Medians and quantiles are NumPy's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from reprocast.data.ordered import median, quantiles

VALUES = arrays(float, array_shapes(min_dims=1, max_dims=3, max_side=9), elements=st.floats(-1e6, 1e6))


@given(VALUES)
def test_medians(values: np.ndarray) -> None:
    for axis in range(values.ndim):
        np.testing.assert_allclose(median(values, axis), np.median(values, axis=axis), rtol=1e-12)


@given(VALUES, st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_quantiles(values: np.ndarray, shares: list[float]) -> None:
    expected = np.quantile(values, shares, axis=0)
    np.testing.assert_allclose(quantiles(values, shares), expected, rtol=1e-9, atol=1e-6)


def test_one_value_is_its_own_quantile() -> None:
    assert quantiles(np.array([3.0]), [0.0, 0.5, 1.0]) == pytest.approx([3, 3, 3])
