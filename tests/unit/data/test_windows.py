import numpy as np
import pytest

from reprocast.data.starts import Starts
from reprocast.data.windows import Channels, Fold, Windows, gather, series_of


@pytest.fixture
def windows() -> Windows:
    """Series a: rows 0…4, series b: rows 5…8; target 10·row, past row, future −row."""
    row = np.arange(9.0)
    fold = Fold(
        loc=np.array([[10.0, 0.0, 0.0], [0.0, 5.0, -5.0]]),
        scale=np.array([[2.0, 1.0, 1.0], [10.0, 0.5, 1.0]]),
        season_error=np.ones((2, 1)),
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
