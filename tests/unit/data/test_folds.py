import numpy as np
import pytest

from reprocast.data.folds import Series, Shape, make_fold
from reprocast.data.splitting import Span, spans_before
from reprocast.data.windows import Channels
from reprocast.errors import DataError

SPANS = spans_before(validation=10, test=14, end=18, embargo=1)
SHAPE = Shape(look_back=3, horizon=2, scaling="standard", season=1)


def series(*lengths: int, missing: tuple[int, ...] = ()) -> Series:
    """Series that all end at step 17."""
    values = np.arange(sum(lengths), dtype=float)[:, None] ** 2
    values[list(missing)] = np.nan
    positions = np.concatenate([np.arange(18 - length, 18) for length in lengths])
    ids = tuple("abc"[: len(lengths)])
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return Series(values, ids, offsets, Channels(("y",)), np.arange(100, 118), positions)


def test_a_fold_worked_out_by_hand() -> None:
    fold = make_fold(series(18), SPANS, SHAPE)
    # train forecasts steps 0…8, so starts 0…4; validation 10…12; test 14…17
    assert {split: starts.tolist() for split, starts in fold.starts.items()} == {
        "train": [0, 1, 2, 3, 4],
        "validation": [7, 8],
        "test": [11, 12, 13],
    }
    assert fold.bounds == {"train": (100, 108), "validation": (110, 112), "test": (114, 117)}
    assert fold.loc[0, 0] == pytest.approx(np.mean(np.arange(9.0) ** 2))
    assert fold.season_error[0, 0] == pytest.approx(np.mean([2 * t - 1 for t in range(1, 9)]))


def test_windows_that_touch_a_missing_value_are_counted() -> None:
    fold = make_fold(series(18, 18, missing=(0, 18 + 16)), SPANS, SHAPE)
    assert {split: counts.tolist() for split, counts in fold.left_out.items()} == {
        "train": [1, 0],
        "validation": [0, 0],
        "test": [0, 2],
    }
    assert fold.starts["test"].tolist() == [11, 12, 13, 18 + 11]


def test_rolling_folds_use_the_same_function() -> None:
    earlier, later = (
        make_fold(series(18), spans_before(begin, begin + 4, begin + 8, 0), SHAPE) for begin in (8, 10)
    )
    assert earlier.starts["test"].tolist() == [9, 10, 11]
    assert later.starts["test"].tolist() == [11, 12, 13]
    assert earlier.loc[0, 0] == pytest.approx(np.mean(np.arange(8.0) ** 2))


@pytest.mark.parametrize(
    ("spans", "line"),
    [
        (spans_before(4, 14, 18, 1), "split train: holds no window of 3 + 2 steps; begin with earlier data"),
        (
            spans_before(10, 12, 18, 1),
            "split validation: holds no window of 3 + 2 steps; make split.validation lo",
        ),
        (
            SPANS | {"test": Span(17, 18)},
            "split test: holds no window of 3 + 2 steps; make split.test longer",
        ),
    ],
)
def test_a_split_without_windows(spans: dict[str, Span], line: str) -> None:
    with pytest.raises(DataError) as error:
        make_fold(series(18), spans, SHAPE)
    assert str(error.value).startswith(line)


def test_missing_values_are_named_as_the_cause() -> None:
    with pytest.raises(
        DataError, match=r"split test: holds no window of 3 \+ 2 steps \(3 left out for missing"
    ):
        make_fold(series(18, missing=(14,)), SPANS, SHAPE)


def test_a_series_that_begins_after_the_training_span() -> None:
    with pytest.raises(DataError, match="series b: has no row before the training span ends"):
        make_fold(series(18, 9), SPANS, SHAPE)


def test_a_series_too_short_for_any_window() -> None:
    grid = series(18)
    positions = np.concatenate([grid.positions, np.arange(4)])
    short = Series(
        np.arange(22.0)[:, None], ("a", "b"), np.array([0, 18, 22]), grid.channels, grid.grid, positions
    )
    with pytest.raises(
        DataError, match=r"series b: its 4 rows hold no window of 3 \+ 2 steps in any split; give"
    ):
        make_fold(short, SPANS, SHAPE)
