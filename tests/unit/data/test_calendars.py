"""Due times against days that anybody can look up."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reprocast.data.calendars import bar_ends, due_times, following, is_exchange, session_close
from reprocast.errors import ParamsError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import exchange_calendars


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


def minute_by_minute(exchange: str, step: int, first: str, last: str) -> list[tuple[int, int]]:
    """Openings and ends of bars (minutes since 1970), found by walking through every minute."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        calendar = exchange_calendars.get_calendar(exchange, start="2023-12-01", end="2025-01-31")
        trading = frozenset((calendar.minutes.asi8 // 60_000_000_000).tolist())
    begin, end = (int(np.datetime64(text, "m").astype(int)) for text in (first, last))
    found: list[tuple[int, int]] = []
    since = None
    for minute in range(begin - 2 * 24 * 60, end + 1):
        if minute not in trading:
            since = None
        elif since is None or minute - since >= step:
            since = stop = minute
            while stop - minute < step and stop in trading:
                stop += 1
            if minute >= begin:
                found.append((minute, stop))
    return found


@pytest.mark.parametrize(
    ("exchange", "step", "first", "last"),
    [
        ("XNYS", 60, "2024-11-27T15:00", "2024-12-02T16:00"),  # a holiday, a short day, a weekend
        ("XHKG", 45, "2024-12-30", "2025-01-02T02:30"),  # a break at noon, a half day without it
        (
            "XASX",
            120,
            "2024-04-04T23:30",
            "2024-04-08T05:00",
        ),  # opens on the day before in UTC; clocks change
        ("XTKS", 240, "2024-05-02", "2024-05-07T18:00"),  # longer than a part of a session; Golden Week
    ],
)
def test_bars_within_sessions_are_those_of_a_walk_through_every_minute(
    exchange: str, step: int, first: str, last: str
) -> None:
    expected = minute_by_minute(exchange, step, first, last)
    calendar = f"{exchange}@{step}min"
    due = due_times(calendar, first, last)
    ends = bar_ends(calendar, due)
    in_minutes = [times.astype("datetime64[m]").astype(int).tolist() for times in (due, ends)]
    assert list(zip(*in_minutes, strict=True)) == expected
    assert list(following(calendar, due[0], len(due) - 1)) == list(due[1:])


def test_a_session_that_opens_on_the_day_before_in_utc_is_found() -> None:
    """Sydney's 4 April 2024 begins at 23:00 of the 3rd."""
    assert list(due_times("XASX@2h", "2024-04-03T22:00", "2024-04-03T23:30")) == days("2024-04-03T23:00")


def test_hours_are_sixty_minutes() -> None:
    span = ("2024-03-04", "2024-03-08")
    assert list(due_times("XNYS@h", *span)) == list(due_times("XNYS@60min", *span))
    assert len(due_times("XNYS@15min", *span)) == 4 * 26  # the 8th begins at midnight


def test_following_steps_over_nights_weekends_and_holidays() -> None:
    """Thanksgiving 2024 is a Thursday; the Friday after it is short."""
    ahead = following("XNYS@2h", "2024-11-27T20:30", 4)
    assert list(ahead) == days("2024-11-29T14:30", "2024-11-29T16:30", "2024-12-02T14:30", "2024-12-02T16:30")
    assert following("XNYS@15min", "2024-11-28T00:01", 1) == days("2024-11-29T14:30")


@pytest.mark.parametrize(
    ("calendar", "labels", "ends"),
    [
        (
            "XNYS",
            ("2024-11-27", "2024-11-28", "2024-11-29"),
            ("2024-11-27T21", "2024-11-29T00", "2024-11-29T18"),
        ),
        ("XNYS@h", ("2024-11-29T17:30", "2024-11-29T13:00"), ("2024-11-29T18:00", "2024-11-29T14:00")),
        ("15min", ("2024-03-31T00:50",), ("2024-03-31T01:05",)),
        ("D", ("2024-02-28", "2024-02-29"), ("2024-02-29", "2024-03-01")),
        ("7D", ("2024-02-28",), ("2024-03-06",)),
        ("B", ("2024-03-01",), ("2024-03-02",)),
        ("W", ("2024-03-03",), ("2024-03-04",)),
        ("MS", ("2024-02-01",), ("2024-03-01",)),
        ("ME", ("2024-02-29",), ("2024-03-01",)),
        ("QS", ("2024-01-01",), ("2024-04-01",)),
        ("YS", ("2024-01-01",), ("2025-01-01",)),
        ("D", (), ()),
    ],
)
def test_when_a_bar_is_over(calendar: str, labels: tuple[str, ...], ends: tuple[str, ...]) -> None:
    assert list(bar_ends(calendar, np.array(labels, "datetime64[us]"))) == days(*ends)


def test_steps_have_no_end() -> None:
    with pytest.raises(ParamsError, match="integer steps have no end"):
        bar_ends("step", np.array([1, 2]))


@pytest.mark.parametrize("exchange", ["XHKG", "XKRX", "XSHG", "XBOM", "XSAU", "XLON"])
def test_no_calendar_warns(exchange: str) -> None:
    """Warnings are errors in these tests; a package's own are not a user's business."""
    assert len(due_times(exchange, "2023-01-01", "2023-12-31")) > 200
    assert len(following(f"{exchange}@h", "2023-05-01", 9)) == 9


@pytest.mark.slow
def test_none_of_all_calendars_warns() -> None:
    """What the package itself cannot compute is said in a line."""
    names = exchange_calendars.get_calendar_names(include_aliases=False)
    failed = [code for code in filter(is_exchange, names) if not _is_computed(code)]
    assert len(names) > 60
    assert len(failed) < 10


def _is_computed(code: str) -> bool:
    try:
        days = due_times(code, "2023-01-01", "2023-12-31")
    except ParamsError:
        return False
    return len(days) > 200 and len(following(f"{code}@15min", "2023-05-01T00:07", 3)) == 3


def test_a_calendar_that_the_package_cannot_compute_is_said_in_a_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise NotImplementedError("implemented by subclasses")

    monkeypatch.setattr(exchange_calendars, "get_calendar", broken)
    with pytest.raises(ParamsError, match=r"exchange_calendars .* cannot compute XWAR with pandas"):
        due_times("XWAR", "1999-01-01", "1999-12-31")


@given(
    calendar=st.sampled_from(["XNYS", "XHKG", "XNYS@h", "XHKG@90min", "D", "B", "h", "W", "MS"]),
    minute=st.integers(0, 60 * 24 * 300),
    n=st.integers(1, 40),
)
@settings(max_examples=60, deadline=None)
def test_following_is_what_is_due_next(calendar: str, minute: int, n: int) -> None:
    """From a due time on, the two ways to ask agree, and every bar ends no later than the next begins."""
    start = pd.Timestamp("2023-01-15") + pd.Timedelta(minutes=minute)
    last = following(calendar, start, 1)[0]
    ahead = following(calendar, last, n)
    assert list(due_times(calendar, last, ahead[-1])) == [last, *ahead]
    assert (
        bar_ends(calendar, ahead[:-1]) <= np.maximum(ahead[1:], ahead[:-1] + np.timedelta64(1, "D"))
    ).all()
