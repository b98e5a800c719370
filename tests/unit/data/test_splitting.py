import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reprocast.data import splitting
from reprocast.data.splitting import Span, fold_spans, time_grid
from reprocast.errors import DataError, ParamsError
from reprocast.params.window import Split

DAYS = np.datetime64("2024-01-01", "us") + np.arange(20) * np.timedelta64(1, "D")


def test_counts_go_back_from_the_end() -> None:
    (spans,) = fold_spans(np.arange(20), Split(test=4, validation=3), embargo=2)
    # train 0…8, 2 left out, validation 11…13, 2 left out, test 16…19
    assert spans == {"train": Span(0, 9), "validation": Span(11, 14), "test": Span(16, 20)}


def test_dates_are_where_spans_begin() -> None:
    (spans,) = fold_spans(DAYS, Split(test="2024-01-17", validation="2024-01-12T00:00"), embargo=2)
    assert spans == {"train": Span(0, 9), "validation": Span(11, 14), "test": Span(16, 20)}


def test_fractions_are_of_all_times() -> None:
    split = Split(test=0.2, validation=0.15)
    assert fold_spans(DAYS, split, 2) == fold_spans(DAYS, Split(test=4, validation=3), 2)
    (spans,) = fold_spans(np.arange(100), Split(test=0.29, validation=0.29), embargo=0)
    assert spans["test"] == Span(71, 100)  # 0.29 * 100 is a little less than 29


def test_a_fraction_of_a_few_times_may_be_none() -> None:
    with pytest.raises(
        DataError, match=r"split\.validation: 0\.02 of 20 times is less than one; make it larger"
    ):
        fold_spans(DAYS, Split(test=0.2, validation=0.02), embargo=0)


def test_a_date_between_two_times_begins_at_the_later() -> None:
    weekdays = DAYS[np.is_busday(DAYS.astype("datetime64[D]"))]
    (spans,) = fold_spans(weekdays, Split(test="2024-01-13", validation="2024-01-08"), embargo=0)
    assert weekdays[spans["test"].begin] == np.datetime64("2024-01-15")
    assert spans["validation"].end == spans["test"].begin


def test_too_long_spans_leave_nothing_before_them() -> None:
    (spans,) = fold_spans(np.arange(5), Split(test=4, validation=3), embargo=2)
    assert spans["train"] == Span(0, 0)


def test_folds_roll_back_from_the_deployed_one() -> None:
    folds = fold_spans(np.arange(30), Split(test=4, validation=3, folds=3, step=5), embargo=1)
    assert [fold["test"] for fold in folds] == [Span(16, 20), Span(21, 25), Span(26, 30)]
    assert [fold["validation"] for fold in folds] == [Span(12, 15), Span(17, 20), Span(22, 25)]
    assert [fold["train"] for fold in folds] == [Span(0, 11), Span(0, 16), Span(0, 21)]
    assert folds[-1:] == fold_spans(np.arange(30), Split(test=4, validation=3), embargo=1)


def test_a_fold_a_test_span_where_no_step_is_given() -> None:
    split = Split(test="2024-01-17", validation="2024-01-13", folds=2)
    assert [fold["test"] for fold in fold_spans(DAYS, split, 0)] == [Span(12, 16), Span(16, 20)]


def test_training_may_slide_with_the_folds() -> None:
    split = Split(test=4, validation=3, folds=2, training_steps=6)
    assert [fold["train"] for fold in fold_spans(np.arange(20), split, 0)] == [Span(3, 9), Span(7, 13)]
    split = Split(test=4, validation=3, training_steps=60)
    assert fold_spans(np.arange(20), split, 0)[0]["train"] == Span(0, 13)


def test_more_folds_than_there_are_times_for() -> None:
    split = Split(test=4, validation=3, folds=4)
    fold_spans(np.arange(20), split, embargo=0)  # one time to train on
    with pytest.raises(DataError, match=r"split\.folds: 4 folds, 4 steps apart, need 20 times .* 19;"):
        fold_spans(np.arange(19), split, embargo=0)
    sliding = Split(test=4, validation=3, folds=4, training_steps=10)
    with pytest.raises(DataError, match="need 29 times or more, and the data have 28; take fewer"):
        fold_spans(np.arange(28), sliding, embargo=0)
    fold_spans(np.arange(29), sliding, embargo=0)


def test_tests_of_two_folds_must_not_overlap() -> None:
    split = Split(test="2024-01-16", validation="2024-01-12", folds=2, step=4)
    with pytest.raises(DataError, match=r"split\.step: 4 steps are less than the 5 of the test span"):
        fold_spans(DAYS, split, 0)


def test_a_date_on_integer_steps_is_refused() -> None:
    with pytest.raises(
        ParamsError, match=r"split\.test: '2024-01-17' is a date, but the panel's times are integer"
    ):
        fold_spans(np.arange(20), Split(test="2024-01-17", validation="2024-01-12"), embargo=0)


@pytest.mark.parametrize(
    ("test", "validation", "line"),
    [
        (
            "2024-02-01",
            "2024-01-12",
            r"split\.test: 2024-02-01 is outside the data, which go from 2024-01-01",
        ),
        ("2024-01-12", "2024-01-01", r"split\.validation: 2024-01-01 is outside the data"),
        ("2023-01-12", "2023-01-01", r"split\.test: 2023-01-12 is outside the data"),
    ],
)
def test_a_date_outside_the_data_is_refused(test: str, validation: str, line: str) -> None:
    with pytest.raises(DataError, match=line):
        fold_spans(DAYS, Split(test=test, validation=validation), embargo=0)


@given(st.lists(st.lists(st.integers(0, 12), max_size=6, unique=True).map(sorted), max_size=6))
def test_the_grid_is_common_to_all_series(times: list[list[int]]) -> None:
    ds = np.array([time for series in times for time in series], np.int64)
    offsets = np.concatenate([[0], np.cumsum(list(map(len, times)))]).astype(np.int64)
    expected = sorted({time for series in times for time in series})
    assert time_grid(ds, offsets).tolist() == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(splitting, "BLOCK", 3)
        assert time_grid(ds, offsets).tolist() == expected


def test_the_grid_keeps_dates() -> None:
    assert time_grid(DAYS, np.array([0, 20])).dtype == DAYS.dtype
