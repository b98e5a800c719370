"""The unit of MASE and RMSSE: naive errors over the steps up to each cutoff, and none after it."""

import numpy as np
import pytest

from reprocast.data.history import History
from reprocast.data.in_sample import in_sample_errors

NAN = np.nan
VALUES = np.array([[1.0], [4.0], [6.0], [NAN], [7.0], [100.0], [5.0], [5.0], [5.0]])
"""Two series: rows 0 to 5, and 6 to 8."""


def history(*cutoffs: int, observed: np.ndarray | None = None) -> History:
    begins = np.asarray([0 if cutoff < 6 else 6 for cutoff in cutoffs])
    return History(VALUES, begins, np.asarray(cutoffs), observed)


@pytest.mark.parametrize(("power", "expected"), [(1, (5 + 1) / 2), (2, (25 + 1) / 2)])
def test_worked_out_by_hand(power: int, expected: float) -> None:
    errors = in_sample_errors(history(4, 2, 8), 2, power)
    assert errors[:2, 0].tolist() == [expected, 5.0**power]
    assert np.isnan(errors[2, 0])  # never changes: the unit would be zero


def test_a_season_longer_than_the_steps_seen() -> None:
    assert np.isnan(in_sample_errors(history(4, 8), 8)).all()


def test_what_was_filled_does_not_count() -> None:
    observed = np.ones_like(VALUES)
    observed[2] = 0.0
    assert in_sample_errors(history(2, 4, observed=observed), 1)[:, 0].tolist() == [3.0, 3.0]


def test_later_steps_change_nothing() -> None:
    other = VALUES.copy()
    other[5] = -1e9
    changed = History(other, np.zeros(1, int), np.asarray([4]))
    both = [in_sample_errors(part, 1) for part in (history(4), changed)]
    assert np.array_equal(*both)
    assert in_sample_errors(history(5), 1)[0, 0] > 10 * both[0][0, 0]


def test_a_history_ends_at_its_cutoff() -> None:
    some = history(4, 8, 2)
    assert len(some) == 3
    assert some.of(0)[:, 0].tolist() == pytest.approx([1, 4, 6, NAN, 7], nan_ok=True)
    assert some[1:].of(0)[:, 0].tolist() == [5, 5, 5]
    assert some[np.array([2])].of(0)[:, 0].tolist() == [1, 4, 6]
