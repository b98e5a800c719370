from dataclasses import replace

import numpy as np
import pytest

from reprocast.data.starts import Starts
from reprocast.data.windows import Channels, Fold, Windows, gather, series_of, unit_scaler


@pytest.fixture
def windows() -> Windows:
    """Series a: rows 0…4, series b: rows 5…8; target 10·row, past row, future −row."""
    row = np.arange(9.0)
    fold = Fold(
        loc=np.array([[10.0, 0.0, 0.0], [0.0, 5.0, -5.0]]),
        scale=np.array([[2.0, 1.0, 1.0], [10.0, 0.5, 1.0]]),
        starts={"train": Starts.of([0, 1, 5])},
    )
    return Windows(
        values=np.column_stack([10 * row, row, -row]),
        ds=np.array([0, 1, 2, 3, 4, 0, 1, 2, 3]),
        ids=("a", "b"),
        offsets=np.array([0, 5, 9]),
        channels=Channels(("y",), ("x",), ("z",)),
        features=Channels(("y",), ("x",), ("z",)),
        look_back=3,
        horizon=1,
        season=1,
        calendar="step",
        folds={0: fold},
    )


def test_a_batch_worked_out_by_hand(windows: Windows) -> None:
    batch = gather(windows, windows.folds[0], np.array([5, 1]))
    assert batch.series.tolist() == [1, 0]
    assert batch.past[0].tolist() == [[5, 0, 0], [6, 2, -1], [7, 4, -2]]  # rows 5, 6, 7
    assert batch.past[1].tolist() == [[0, 1, -1], [5, 2, -2], [10, 3, -3]]  # rows 1, 2, 3
    assert batch.target.tolist() == [[[8]], [[15]]]
    assert batch.future.tolist() == [[[-3]], [[-4]]]


def test_the_values_themselves_are_left_alone(windows: Windows) -> None:
    before = windows.values.copy()
    gather(windows, windows.folds[0], np.array([0, 5]))
    assert np.array_equal(windows.values, before)


def test_a_batch_of_no_windows(windows: Windows) -> None:
    batch = gather(windows, windows.folds[0], np.zeros(0, np.int64))
    assert batch.past.shape == (0, 3, 3)
    assert batch.future.shape == (0, 1, 1)
    assert batch.target.shape == (0, 1, 1)


def test_a_start_beyond_the_last_window_is_an_error(windows: Windows) -> None:
    with pytest.raises(IndexError):
        gather(windows, windows.folds[0], np.array([6]))


def test_series_of_windows(windows: Windows) -> None:
    assert series_of(windows, np.array([0, 4, 5, 8])).tolist() == [0, 0, 1, 1]


def test_each_window_scaled_by_its_own_look_back(windows: Windows) -> None:
    own = replace(windows, scaling="window")
    batch = gather(own, own.folds[0], np.array([1]))
    deviation = np.sqrt(2 / 3)  # of three neighbouring whole numbers
    assert batch.loc.tolist() == [[20]]
    assert batch.scale[0] == pytest.approx([10 * deviation])
    assert batch.past[0, :, 0] == pytest.approx(np.array([-1, 0, 1]) / deviation)
    assert batch.past[0, :, 1] == pytest.approx(np.array([-1, 0, 1]) / deviation)
    assert batch.target[0, 0, 0] == pytest.approx(2 / deviation)
    assert batch.past[0, :, 2].tolist() == [-1, -2, -3]  # known ahead: by the fold's scaler
    assert batch.future[0, 0, 0] == -4


def test_a_constant_look_back_is_scaled_by_the_training_deviation(windows: Windows) -> None:
    values = windows.values.copy()
    values[:3, 0] = 7
    own = replace(windows, values=values, scaling="window")
    batch = gather(own, own.folds[0], np.array([0]))
    assert (batch.loc[0, 0], batch.scale[0, 0]) == (7, 2)
    assert batch.past[0, :, 0].tolist() == [0, 0, 0]
    assert batch.target[0, 0, 0] == (30 - 7) / 2


@pytest.mark.parametrize("scaling", ["standard", "window"])
def test_what_brings_forecasts_back_to_units(
    windows: Windows, scaling: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    some, starts = replace(windows, scaling=scaling), np.array([0, 5, 1, 1, 0])
    batch = gather(some, some.folds[0], starts)
    monkeypatch.setattr("reprocast.data.windows.CHUNK", 2)
    loc, scale = unit_scaler(some, some.folds[0], starts)
    assert np.array_equal(loc, batch.loc)
    assert np.array_equal(scale, batch.scale)
    assert batch.target[:, :, 0] * scale + loc == pytest.approx(windows.values[starts + 3, :1])


def test_targets_that_were_not_observed_are_no_numbers(windows: Windows) -> None:
    observed = np.array([1, 1, 1, 0, 1, 1, 1, 1, 1.0])  # row 3 is filled
    fold = windows.folds[0]
    scaler = {"loc": np.insert(fold.loc, 2, 0, axis=1), "scale": np.insert(fold.scale, 2, 1, axis=1)}
    masked = replace(
        windows,
        values=np.insert(windows.values, 2, observed, axis=1),
        channels=replace(windows.channels, observed=("observed(y)",)),
        folds={0: replace(fold, **scaler)},
    )
    batch = gather(masked, masked.folds[0], np.array([0, 1]))
    assert np.isnan(batch.target[0]).all()
    assert batch.target[1].tolist() == [[15]]
    assert batch.past[1, :, 2].tolist() == [1, 1, 0]
    assert np.isfinite(batch.past).all()
    assert batch.future.tolist() == [[[-3 + 0]], [[-4]]]


def test_a_batch_knows_what_is_constant_of_its_series(windows: Windows) -> None:
    said = replace(windows, static=np.array([[1.0, 0.0], [0.0, 1.0]]))
    assert gather(said, said.folds[0], np.array([5, 0])).static.tolist() == [[0, 1], [1, 0]]
    assert gather(windows, windows.folds[0], np.array([5, 0])).static.shape == (2, 0)
