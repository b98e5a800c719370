import numpy as np
import pytest

from reprocast.data.splitting import Span, starts_within, target_spans, time_grid, without_gaps
from reprocast.errors import ParamsError
from reprocast.params.window import Split

DAYS = np.datetime64("2024-01-01", "us") + np.arange(20) * np.timedelta64(1, "D")


def test_counts_go_back_from_the_end() -> None:
    spans = target_spans(np.arange(20), Split(test=4, validation=3), embargo=2)
    # train 0…8, 2 left out, validation 11…13, 2 left out, test 16…19
    assert spans == {"train": Span(0, 9), "validation": Span(11, 14), "test": Span(16, 20)}


def test_dates_are_where_spans_begin() -> None:
    spans = target_spans(DAYS, Split(test="2024-01-17", validation="2024-01-12T00:00"), embargo=2)
    assert spans == {"train": Span(0, 9), "validation": Span(11, 14), "test": Span(16, 20)}


def test_a_date_between_two_times_begins_at_the_later() -> None:
    weekdays = DAYS[np.is_busday(DAYS.astype("datetime64[D]"))]
    spans = target_spans(weekdays, Split(test="2024-01-13", validation="2024-01-08"), embargo=0)
    assert weekdays[spans["test"].begin] == np.datetime64("2024-01-15")
    assert spans["validation"].end == spans["test"].begin


def test_too_long_spans_leave_nothing_before_them() -> None:
    spans = target_spans(np.arange(5), Split(test=4, validation=3), embargo=2)
    assert spans["train"] == Span(0, 0)
    assert not spans["train"].holds(np.arange(5)).any()


def test_a_date_on_integer_steps_is_refused() -> None:
    with pytest.raises(
        ParamsError, match=r"split\.test: '2024-01-17' is a date, but the panel's times are integer"
    ):
        target_spans(np.arange(20), Split(test="2024-01-17", validation="2024-01-12"), embargo=0)


def test_the_grid_is_common_to_all_series() -> None:
    grid, positions = time_grid(np.array([10, 12, 13, 11, 13]))
    assert grid.tolist() == [10, 11, 12, 13]
    assert positions.tolist() == [0, 2, 3, 1, 3]


def test_windows_stay_within_their_series() -> None:
    positions, offsets = np.array([0, 1, 2, 3, 1, 2, 3]), np.array([0, 4, 7])
    assert starts_within(Span(0, 4), positions, offsets, look_back=2, horizon=1).tolist() == [0, 1, 4]
    assert starts_within(Span(3, 4), positions, offsets, look_back=2, horizon=1).tolist() == [1, 4]
    assert starts_within(Span(0, 4), positions, offsets, look_back=3, horizon=1).tolist() == [0]
    assert starts_within(Span(0, 4), positions, offsets, look_back=4, horizon=1).tolist() == []


def test_a_target_span_may_not_reach_over_the_end() -> None:
    positions, offsets = np.arange(6), np.array([0, 6])
    assert starts_within(Span(2, 5), positions, offsets, look_back=1, horizon=2).tolist() == [1, 2]


def test_windows_with_a_missing_row() -> None:
    complete = np.array([False, True, True, True, False, True])
    assert without_gaps(np.arange(4), complete, 3).tolist() == [False, True, False, False]
