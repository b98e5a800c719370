"""Due times against days that anybody can look up."""

import numpy as np
import pandas as pd
import pytest

from reprocast.data.calendars import due_times, following, is_exchange, session_close
from reprocast.errors import ParamsError


def days(*texts: str) -> list[np.datetime64]:
    return [np.datetime64(text, "us") for text in texts]


def test_an_exchange_rests_on_holidays() -> None:
    """Hurricane Sandy closed New York on 29 and 30 October 2012."""
    due = due_times("XNYS", "2012-10-26", "2012-11-01")
    assert due.dtype == np.dtype("datetime64[us]")
    assert due.tolist() == [t.item() for t in days("2012-10-26", "2012-10-31", "2012-11-01")]


def test_the_year_2012_had_250_sessions() -> None:
    assert len(due_times("XNYS", "2012-01-01", "2012-12-31")) == 250


@pytest.mark.parametrize(
    ("calendar", "first", "last", "expected"),
    [
        ("D", "2024-02-28", "2024-03-01", days("2024-02-28", "2024-02-29", "2024-03-01")),
        ("B", "2024-03-01", "2024-03-05", days("2024-03-01", "2024-03-04", "2024-03-05")),
        (
            "h",
            "2024-03-01T22:05",
            "2024-03-02T00:30",
            days("2024-03-01T22:05", "2024-03-01T23:05", "2024-03-02T00:05"),
        ),
        (
            "15min",
            "2024-03-01",
            "2024-03-01T00:30",
            days("2024-03-01", "2024-03-01T00:15", "2024-03-01T00:30"),
        ),
        ("MS", "2024-01-02", "2024-03-31", days("2024-02-01", "2024-03-01")),
        ("W", "2024-03-01", "2024-03-10", days("2024-03-03", "2024-03-10")),
        ("7D", "2024-03-01", "2024-03-14", days("2024-03-01", "2024-03-08")),
        ("D", "2024-03-02", "2024-03-01", []),
        ("XNYS", "2024-03-02", "2024-03-03", []),
        ("step", 3, 5, [3, 4, 5]),
    ],
)
def test_due_times_include_both_ends(
    calendar: str, first: object, last: object, expected: list[object]
) -> None:
    assert list(due_times(calendar, first, last)) == expected


@pytest.mark.parametrize(
    ("calendar", "last", "expected"),
    [
        ("XNYS", "2012-10-26", days("2012-10-31", "2012-11-01")),
        ("B", "2024-03-02", days("2024-03-04", "2024-03-05")),
        ("MS", "2024-01-01", days("2024-02-01", "2024-03-01")),
        ("MS", "2024-01-15", days("2024-02-01", "2024-03-01")),
        ("30min", "2024-01-01T23:30", days("2024-01-02T00:00", "2024-01-02T00:30")),
        ("step", 7, [8, 9]),
    ],
)
def test_following_begins_after_the_last(calendar: str, last: object, expected: list[object]) -> None:
    assert list(following(calendar, last, 2)) == expected


def test_many_following_sessions_span_holidays() -> None:
    ahead = following("XSHG", "2024-02-07", 3)  # Spring Festival: closed from 9 to 18 February 2024
    assert list(ahead) == days("2024-02-08", "2024-02-19", "2024-02-20")


def test_the_day_after_thanksgiving_closes_early() -> None:
    assert session_close("XNYS", "2024-11-29") == np.datetime64("2024-11-29T18:00", "us")
    assert session_close("XNYS", pd.Timestamp("2024-07-05")) == np.datetime64("2024-07-05T20:00", "us")


@pytest.mark.parametrize("calendar", ["XXXX", "ABCD"])
def test_an_unknown_exchange_is_named(calendar: str) -> None:
    with pytest.raises(ParamsError, match=f"data.calendar: '{calendar}' is not an exchange"):
        due_times(calendar, "2024-01-01", "2024-01-31")


def test_a_span_before_the_exchanges_records_is_refused() -> None:
    with pytest.raises(ParamsError, match="XTKS is known from 1997-01-01"):
        due_times("XTKS", "1990-01-01", "2000-01-01")


def test_no_session_has_no_close() -> None:
    with pytest.raises(ParamsError, match="no session on 2024-07-04"):
        session_close("XNYS", "2024-07-04")


def test_a_frequency_of_nothing_is_refused() -> None:
    with pytest.raises(ParamsError, match="'0D' is no step in time"):
        due_times("0D", "2024-01-01", "2024-01-31")


def test_what_an_exchange_is() -> None:
    assert is_exchange("XNYS")
    assert not any(map(is_exchange, ("D", "15min", "step", "MS")))
