from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from reprocast.data.admissible import Series
from reprocast.data.folds import make_fold
from reprocast.data.held import Shape
from reprocast.data.splitting import Span, spans_before
from reprocast.data.windows import Channels
from reprocast.errors import DataError

SPANS = spans_before(validation=10, test=14, end=18, embargo=1)
SHAPE = Shape(look_back=3, horizon=2, scaling="standard")


def series(*lengths: int, missing: tuple[int, ...] = ()) -> Series:
    """Series that all end at time 117; the longest possible begins at 100."""
    values = np.arange(sum(lengths), dtype=float)[:, None] ** 2
    values[list(missing)] = np.nan
    ds = np.concatenate([np.arange(118 - length, 118) for length in lengths])
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return Series(values, tuple("abc"[: len(lengths)]), offsets, Channels(("y",)), ds, np.arange(100, 118))


def by_split(parts: Mapping[str, np.ndarray]) -> dict[str, list[int]]:
    return {split: np.asarray(part).tolist() for split, part in parts.items()}


def test_a_fold_worked_out_by_hand() -> None:
    fold = make_fold(series(18), SPANS, SHAPE)
    # train forecasts steps 0…8, so starts 0…4; validation 10…12; test 14…17
    assert by_split(fold.starts) == {"train": [0, 1, 2, 3, 4], "validation": [7, 8], "test": [11, 12, 13]}
    assert fold.bounds == {"train": (100, 108), "validation": (110, 112), "test": (114, 117)}
    assert fold.loc[0, 0] == fold.score_loc[0, 0] == pytest.approx(np.mean(np.arange(9.0) ** 2))
    assert fold.score_scale[0, 0] == pytest.approx(np.std(np.arange(9.0) ** 2))


def test_windows_across_a_boundary_are_counted_once() -> None:
    fold = make_fold(series(18, 18), SPANS, SHAPE)
    # targets 8, 9 begin in train; 9, 10 end in validation, 12, 13 begin there; 13, 14 end in test
    assert by_split(fold.purged) == {"train": [1, 1], "validation": [2, 2], "test": [1, 1]}
    every = sum(len(starts) for starts in fold.starts.values()) + sum(map(sum, fold.purged.values()))
    assert every == 2 * (18 - 4)


def test_without_an_embargo_a_window_across_two_splits_is_purged_from_the_first() -> None:
    fold = make_fold(series(18), spans_before(10, 14, 18, 0), SHAPE)
    assert by_split(fold.purged) == {"train": [1], "validation": [1], "test": [0]}


def test_windows_that_touch_a_missing_value_are_counted() -> None:
    fold = make_fold(series(18, 18, missing=(0, 18 + 16)), SPANS, SHAPE)
    assert by_split(fold.left_out) == {"train": [1, 0], "validation": [0, 0], "test": [0, 2]}
    assert by_split(fold.starts)["test"] == [11, 12, 13, 18 + 11]


def test_a_row_may_be_seen_but_not_forecast() -> None:
    whole = series(18)
    rows = np.arange(18)
    fold = make_fold(replace(whole, ahead=rows != 16), SPANS, SHAPE)
    assert by_split(fold.starts)["test"] == [11]  # 12 forecasts 15 and 16, 13 16 and 17
    fold = make_fold(replace(whole, seen=rows != 14), SPANS, SHAPE)
    assert by_split(fold.starts)["test"] == [11]  # 12 and 13 see row 14; 11 forecasts it
    fold = make_fold(replace(whole, cutoffs=rows != 14), SPANS, SHAPE)
    assert by_split(fold.starts)["test"] == [11, 13]


def test_rolling_folds_use_the_same_function() -> None:
    earlier, later = (
        make_fold(series(18), spans_before(begin, begin + 4, begin + 8, 0), SHAPE) for begin in (8, 10)
    )
    assert by_split(earlier.starts)["test"] == [9, 10, 11]
    assert by_split(later.starts)["test"] == [11, 12, 13]
    assert earlier.loc[0, 0] == pytest.approx(np.mean(np.arange(8.0) ** 2))


def test_a_sliding_training_span_teaches_the_scaler_what_lies_in_it() -> None:
    fold = make_fold(series(18), spans_before(10, 14, 18, 1, training_steps=4), SHAPE)
    assert by_split(fold.starts)["train"] == [2, 3, 4]  # targets 5…8, looking back before them
    assert fold.loc[0, 0] == pytest.approx(np.mean(np.arange(5.0, 9) ** 2))


@pytest.mark.parametrize("scaling", ["standard", "robust", "minmax", "window", "none"])
def test_the_scale_of_scores_is_the_same_with_every_scaler(scaling: str) -> None:
    expected = make_fold(series(18, 16), SPANS, SHAPE)
    fold = make_fold(series(18, 16), SPANS, replace(SHAPE, scaling=scaling, over="panel"))
    assert np.array_equal(fold.score_loc, expected.loc)
    assert np.array_equal(fold.score_scale, expected.scale)


def test_what_says_what_was_observed_is_not_scaled() -> None:
    whole = series(18)
    values = np.column_stack([whole.values, np.arange(18) % 3 > 0])
    channels = Channels(("y",), observed=("observed(y)",))
    fold = make_fold(replace(whole, values=values, channels=channels), SPANS, SHAPE)
    assert (fold.loc[0, 1], fold.scale[0, 1]) == (0, 1)


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
        (spans_before(4, 10, 14, 1), "split train of the fold that ends 113: holds no window of 3 + 2 steps"),
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


def test_a_series_that_begins_after_the_training_span_has_no_windows_yet() -> None:
    fold = make_fold(series(18, 9), SPANS, SHAPE)
    assert by_split(fold.starts)["test"] == [11, 12, 13]
    assert by_split(fold.left_out)["test"] == [0, 3]
    assert (fold.loc[1, 0], fold.scale[1, 0]) == (0, 1)
    assert np.isfinite([fold.score_loc, fold.score_scale]).all()


def test_windows_stay_within_their_series() -> None:
    ragged = series(18, 6, 12)
    fold = make_fold(ragged, SPANS, SHAPE)
    for starts in fold.starts.values():
        for start in starts[:].tolist():
            assert any(begin <= start and start + 5 <= end for begin, end in pairwise(ragged.offsets))
