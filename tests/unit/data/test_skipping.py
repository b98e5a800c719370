import numpy as np
import pytest

from reprocast.data.admissible import Series
from reprocast.data.held import Shape
from reprocast.data.skipping import without_short
from reprocast.data.splitting import spans_before
from reprocast.data.windows import Channels
from reprocast.errors import DataError

SPANS = spans_before(validation=10, test=14, end=18, embargo=1)
SHAPE = Shape(look_back=3, horizon=2, scaling="standard")


def series(*times: range, missing: tuple[int, ...] = ()) -> Series:
    """Series a, b, c … with a row at each of their times."""
    ds = np.concatenate([np.array(part) for part in times])
    values = np.column_stack([np.arange(len(ds)), np.arange(len(ds)) + 0.5])
    values[list(missing), 1] = np.nan
    offsets = np.concatenate([[0], np.cumsum([len(part) for part in times])])
    ids = tuple("abcdefghijklmnop"[: len(times)])
    return Series(values, ids, offsets, Channels(("y",), ("x",)), ds, np.arange(18))


def test_series_that_are_long_enough_stay_as_they_are() -> None:
    long = series(range(18), range(2, 18))
    kept, skipped = without_short(long, SPANS, SHAPE)
    assert kept is long
    assert skipped == {}


def test_each_series_that_is_skipped_is_named_with_the_reason() -> None:
    some = series(range(4), range(18), range(10, 18), range(18), missing=tuple(range(30, 39)))
    kept, skipped = without_short(some, SPANS, SHAPE)
    assert skipped == {
        "a": "its 4 rows hold no window of 3 + 2 steps in any split",
        "c": "has no row in the training span",
        "d": "x has no value in the training span",
    }
    assert (kept.ids, kept.offsets.tolist(), kept.ds.tolist()) == (("b",), [0, 18], list(range(18)))
    assert kept.values[0, 0] == 4
    assert kept.complete.all()


def test_rows_keep_what_is_said_of_them() -> None:
    some = series(range(4), range(18))
    rows = np.arange(22)
    masks = {"seen": rows != 5, "ahead": rows != 6, "cutoffs": rows != 7}
    made = Series(*(getattr(some, name) for name in ("values", "ids", "offsets", "channels", "ds", "grid")),
                  filled=-some.values, **masks)  # fmt: skip
    kept, _ = without_short(made, SPANS, SHAPE)
    assert kept.filled is not None
    assert np.array_equal(kept.filled, -kept.values)
    found = [np.flatnonzero(~mask).tolist() for mask in (kept.seen, kept.ahead, kept.cutoffs)]
    assert found == [[1], [2], [3]]


def test_missing_values_may_be_the_reason() -> None:
    some = series(range(18), range(5, 10), missing=(20,))
    assert without_short(some, SPANS, SHAPE)[1] == {
        "b": "its 5 rows hold no window of 3 + 2 steps in any split"  # targets 8, 9: 9 is in the embargo
    }
    some = series(range(18), range(4, 9), missing=(20,))
    assert without_short(some, SPANS, SHAPE)[1] == {
        "b": "its 5 rows hold no window of 3 + 2 steps in any split (1 left out for missing values)"
    }


def test_none_left() -> None:
    with pytest.raises(
        DataError, match=r"series a: its 4 rows hold no window .*; series b: its 3 .*; give them"
    ):
        without_short(series(range(4), range(3)), SPANS, SHAPE)


def test_the_first_ten_of_many() -> None:
    with pytest.raises(DataError, match=r"series j: its 4 rows .* and 2 more; give them more rows"):
        without_short(series(*[range(4)] * 12), SPANS, SHAPE)


def test_a_split_that_is_too_long_is_the_cause_when_series_are_long_enough() -> None:
    with pytest.raises(DataError, match="split train: holds no window of 3"):
        without_short(series(range(14)), spans_before(1, 14, 18, 1), SHAPE)
