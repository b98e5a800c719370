"""What the `data` block allows of Yahoo, and how a calendar is written."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from reprocast.params.calendar import is_within_sessions, step_within_day, yahoo_interval
from reprocast.params.data import YahooData


def yahoo(**other: object) -> YahooData:
    asked = {"series": ("IBM",), "end": "2024-06-07", "calendar": "XNYS", "season": 5}
    return YahooData.model_validate({"source": "yahoo", **asked, **other})


@pytest.mark.parametrize(
    "ticker", ["IBM", "BRK-B", "^GSPC", "SAP.DE", "EURUSD=X", "M&M.NS", "7203.T", "ES=F"]
)
def test_tickers(ticker: str) -> None:
    assert yahoo(series=(ticker,)).series == (ticker,)


@pytest.mark.parametrize("ticker", ["", "BRK B", "a/b", "IBM?x=1", "ÖL"])
def test_what_is_no_ticker(ticker: str) -> None:
    with pytest.raises(ValidationError, match="is no ticker of Yahoo's"):
        yahoo(series=(ticker,))


@pytest.mark.parametrize(
    ("calendar", "interval"),
    [
        ("XNYS", "1d"),
        ("D", "1d"),
        ("B", "1d"),
        ("W", "1d"),
        ("MS", "1d"),
        ("ME", "1d"),
        ("XNYS@min", "1m"),
        ("XNYS@15min", "15m"),
        ("15min", "15m"),
        ("h", "60m"),
        ("XNYS@h", "60m"),
        ("XNYS@60min", "60m"),
    ],
)
def test_the_interval_follows_from_the_calendar(calendar: str, interval: str) -> None:
    assert yahoo_interval(calendar) == interval
    assert yahoo(calendar=calendar).calendar == calendar


@pytest.mark.parametrize("calendar", ["10min", "XNYS@10min", "2h", "7D", "2W", "QS", "30s"])
def test_bars_that_yahoo_does_not_have(calendar: str) -> None:
    with pytest.raises(ValidationError, match=f"calendar {calendar}: Yahoo has bars of a day"):
        yahoo(calendar=calendar)


def test_steps_within_the_day() -> None:
    assert step_within_day("XNYS@2h") == timedelta(hours=2)
    assert step_within_day("30min") == timedelta(minutes=30)
    assert step_within_day("XNYS") is None
    assert is_within_sessions("XNYS@15min")
    assert not is_within_sessions("15min")


@pytest.mark.parametrize("calendar", ["XNYS@24h", "XNYS@0min", "XNYS@1440min", "XNYS@D", "XNYS@", "@15min"])
def test_steps_that_fit_no_session(calendar: str) -> None:
    with pytest.raises(ValidationError, match=r"within the sessions|is not an exchange"):
        yahoo(calendar=calendar)
