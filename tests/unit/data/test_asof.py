"""Cutting at the as-of date."""

import numpy as np
import pandas as pd
import pytest

from reprocast.data.asof import last_closed, over_by, select, since, spans, until
from reprocast.errors import DataError
from reprocast.panel import Panel, from_frame


def hours() -> Panel:
    ds = pd.date_range("2024-01-01T22:00", periods=4, freq="h")
    return from_frame(pd.DataFrame({"unique_id": ["a"] * 4 + ["b"] * 4, "ds": [*ds, *ds], "y": range(8)}))


def test_a_date_as_end_means_the_whole_day() -> None:
    assert until(hours(), "2024-01-01").columns["y"].tolist() == [0, 1, 4, 5]


def test_a_time_as_end_is_included() -> None:
    assert until(hours(), "2024-01-02T00:00").columns["y"].tolist() == [0, 1, 2, 4, 5, 6]


def test_a_start_is_included() -> None:
    assert since(hours(), "2024-01-02T00:00").columns["y"].tolist() == [2, 3, 6, 7]
    assert len(since(hours(), None)) == 8


@pytest.mark.parametrize(
    ("end", "last"),
    [
        ("2024-06-07T19:59", "2024-06-06"),  # New York closes at 20:00 UTC in summer
        ("2024-06-07T20:00", "2024-06-07"),
        ("2024-06-08T10:00", "2024-06-08"),
        ("2024-06-07", "2024-06-07"),
    ],
)
def test_an_end_within_a_session_leaves_the_day_before(end: str, last: str) -> None:
    assert last_closed("XNYS", end) == last


def test_other_calendars_know_no_sessions() -> None:
    assert last_closed("h", "2024-06-07T19:59") == "2024-06-07T19:59"
    assert last_closed("step", 5) == 5


def bars(*times: str) -> Panel:
    return from_frame(pd.DataFrame({"unique_id": "a", "ds": pd.to_datetime(list(times)), "y": 1.0}))


@pytest.mark.parametrize(
    ("calendar", "end", "times", "over"),
    [
        ("XNYS@15min", "2024-06-07T14:30", ("2024-06-07T14:15", "2024-06-07T14:30"), 1),
        ("XNYS@15min", "2024-06-07T14:29", ("2024-06-07T14:15", "2024-06-07T14:30"), 0),
        ("XNYS@h", "2024-06-07T20:00", ("2024-06-07T18:30", "2024-06-07T19:30"), 2),  # half an hour short
        ("XNYS@h", "2024-06-07T19:59", ("2024-06-07T18:30", "2024-06-07T19:30"), 1),
        ("h", "2024-06-07T20:00", ("2024-06-07T19:00", "2024-06-07T20:00"), 1),
        ("h", "2024-06-07", ("2024-06-07T23:00", "2024-06-08T00:00"), 1),
        ("MS", "2024-06-29", ("2024-05-01", "2024-06-01"), 1),
        ("MS", "2024-06-30", ("2024-05-01", "2024-06-01"), 2),
        ("D", "2024-06-30T12:00", ("2024-06-29", "2024-06-30"), 1),
        ("D", "2024-06-30", ("2024-06-29", "2024-06-30"), 2),
        ("XNYS", "2024-06-07", ("2024-06-06", "2024-06-07"), 2),
    ],
)
def test_a_bar_that_was_not_over_is_left_out(
    calendar: str, end: str, times: tuple[str, ...], over: int
) -> None:
    assert len(over_by(bars(*times), calendar, end)) == over


def test_steps() -> None:
    panel = from_frame(pd.DataFrame({"unique_id": "a", "ds": [1, 2, 3], "y": [1.0, 2.0, 3.0]}))
    assert since(until(panel, 2), 2).ds.tolist() == [2]
    assert spans(panel) == {"a": {"rows": 3, "first": 1, "last": 3}}


def test_a_date_does_not_fit_steps() -> None:
    panel = from_frame(pd.DataFrame({"unique_id": "a", "ds": [1, 2], "y": [1.0, 2.0]}))
    with pytest.raises(DataError, match=r"data.end: '2024-01-01' does not fit .* integer steps"):
        until(panel, "2024-01-01")


def test_spans_name_days_and_times() -> None:
    assert spans(hours())["b"] == {"rows": 4, "first": "2024-01-01T22:00:00", "last": "2024-01-02T01:00:00"}
    assert spans(hours().take(hours().ds == np.datetime64("2024-01-02")))["a"]["first"] == "2024-01-02"


def test_series_by_name() -> None:
    assert select(hours(), ("b",)).columns["y"].tolist() == [4, 5, 6, 7]
    assert select(hours(), ()).ids == ("a", "b")
    with pytest.raises(DataError, match=r"data\.series: c is not in the data; there are a, b"):
        select(hours(), ("a", "c"))
