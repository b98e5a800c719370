"""The comparison: bit for bit, and the name of what moved first."""

import numpy as np
import pytest

from reprocast.audit.leak import LeakError, differ, near, same

CAUSE = "when something was scrambled"


def place(index: tuple[int, ...]) -> str:
    return f"place {index}"


def test_equal_arrays_are_counted() -> None:
    values = np.array([[1.0, np.nan], [np.inf, -0.0]])
    assert same(values, values.copy(), place, CAUSE) == 4


def test_bits_are_compared_and_missing_values_are_alike() -> None:
    one = np.array([0.0, np.nan, 1.0, np.nan, 2.0])
    other = np.array([-0.0, np.nan, np.nextafter(1.0, 2.0), 3.0, 2.0])
    assert differ(one, other).tolist() == [True, False, True, True, False]


def test_what_moved_first_by_time_is_named() -> None:
    """Rows stand series after series, so the first row is not the earliest."""
    true, false = np.zeros((4, 2)), np.zeros((4, 2))
    false[1, 0], false[2, 1] = 5.0, 7.0
    times = np.array([3, 4, 1, 2])
    said = r"place \(2, 1\) moved from 0 to 7 when something was scrambled \(2 of 8 values moved\)"
    with pytest.raises(LeakError, match=said):
        same(true, false, place, CAUSE, times)
    with pytest.raises(LeakError, match=r"place \(1, 0\) moved from 0 to 5"):
        same(true, false, place, CAUSE)


def test_another_shape_is_a_leak() -> None:
    with pytest.raises(LeakError, match=r"place \(\): 2 × 3 values became 2 × 2 values when"):
        same(np.zeros((2, 3)), np.zeros((2, 2)), place, CAUSE)
    with pytest.raises(LeakError, match="3 values became 2 values"):
        near(np.zeros(3), np.zeros(2), 1.0, place, CAUSE)


def test_near_names_what_moved_most_on_its_own_scale() -> None:
    true, false = np.array([1.0, 1000.0, np.nan]), np.array([1.001, 1000.5, np.nan])
    assert near(true, false, 0.002, place, CAUSE) == 3
    with pytest.raises(LeakError, match=r"place \(0,\) moved from 1 to 1.001"):
        near(true, false, 0.0007, place, CAUSE)
    with pytest.raises(LeakError, match=r"place \(2,\)"):
        near(true, np.array([1.0, 1000.0, 5.0]), 10.0, place, CAUSE)
