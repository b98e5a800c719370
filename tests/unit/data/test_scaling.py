import statistics

import numpy as np
import pytest

from reprocast.data.scaling import fit_scaler, refuse_unseen, season_errors
from reprocast.errors import DataError

NAN = np.nan
OFFSETS = np.array([0, 4, 7])
VALUES = np.array([[1.0, 5.0], [2.0, 5.0], [NAN, 5.0], [4.0, 9.0], [10.0, 0.1], [30.0, 0.1], [99.0, 0.1]])
TRAINING = np.array([True, True, True, False, True, True, False])


def test_mean_and_deviation_of_the_training_rows() -> None:
    loc, scale = fit_scaler(VALUES, OFFSETS, TRAINING, "standard")
    assert loc[:, 0] == pytest.approx([statistics.mean([1, 2]), statistics.mean([10, 30])])
    assert scale[:, 0] == pytest.approx([statistics.pstdev([1, 2]), statistics.pstdev([10, 30])])


def test_a_constant_channel_is_shifted_to_zero() -> None:
    loc, scale = fit_scaler(VALUES, OFFSETS, TRAINING, "standard")
    assert loc[:, 1].tolist() == [5.0, 0.1]
    assert scale[:, 1].tolist() == [1.0, 1.0]


def test_a_channel_that_varies_by_rounding_is_constant() -> None:
    values = np.array([[0.1 + 0.2], [0.3], [0.1 * 3]])
    _, scale = fit_scaler(values, np.array([0, 3]), np.ones(3, bool), "standard")
    assert scale.tolist() == [[1.0]]


def test_a_small_channel_is_not_constant() -> None:
    values = np.array([[1e-9], [3e-9]])
    _, scale = fit_scaler(values, np.array([0, 2]), np.ones(2, bool), "standard")
    assert scale[0, 0] == pytest.approx(1e-9)


def test_no_scaling() -> None:
    loc, scale = fit_scaler(VALUES, OFFSETS, TRAINING, "none")
    assert not loc.any()
    assert (scale == 1).all()


def test_seasonal_differences() -> None:
    values = np.array([[1.0], [4.0], [6.0], [NAN], [7.0], [100.0], [5.0], [5.0], [5.0]])
    training = np.array([True] * 5 + [False] + [True] * 3)
    errors = season_errors(values, np.array([0, 6, 9]), training, 2)
    assert errors[0, 0] == pytest.approx((abs(6 - 1) + abs(7 - 6)) / 2)
    assert np.isnan(errors[1, 0])  # never changes: the unit would be zero


def test_a_season_longer_than_the_training_rows() -> None:
    assert np.isnan(season_errors(VALUES, OFFSETS, TRAINING, 8)).all()


def test_a_series_without_training_rows() -> None:
    with pytest.raises(
        DataError, match="series late: has no row before the training span ends; begin the test"
    ):
        refuse_unseen(VALUES, OFFSETS, TRAINING & (np.arange(7) < 4), ("early", "late"), ("y", "x"))


def test_a_channel_without_training_values() -> None:
    values = VALUES.copy()
    values[4:6, 1] = NAN
    with pytest.raises(DataError, match="series late, x: has no value to train on"):
        refuse_unseen(values, OFFSETS, TRAINING, ("early", "late"), ("y", "x"))
