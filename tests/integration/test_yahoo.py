"""The real yfinance client against a server on the loopback that plays what Yahoo may do."""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import yfinance
from yfinance.exceptions import YFException

from reprocast.data.adjust import adjust
from reprocast.data.sources import SOURCES, Source, yahoo
from reprocast.data.sources.answer import Answer
from reprocast.data.sources.yahoo_client import LONGEST_WAIT
from reprocast.data.sources.yahoo_rehearsal import Rehearsal, rehearsing
from reprocast.data.sources.yahoo_scenarios import (
    GOOD,
    OPENINGS,
    SCENARIOS,
    TICKER,
    Reply,
    Scenario,
    chart,
    raw_chart,
    split,
    without,
)
from reprocast.data.sources.yahoo_session import YahooSession
from reprocast.errors import DataError, ParamsError, ReprocastError, TryAgainError
from reprocast.params.operations import Operations
from reprocast.stages.acquire import acquire, stored, stored_or_acquired
from reprocast.stages.pull import as_of

WEEK = ("2024-06-03", "2024-06-04", "2024-06-05", "2024-06-06", "2024-06-07")


def asked(scenario: Scenario, now: datetime | None = None, timeout: float = 5, **other: Any) -> Answer:
    with rehearsing(scenario) as played:
        client = played.client(timeout=timeout)
        return yahoo.ask(scenario.block(**other), Operations(), client, now or scenario.now)


def failure(scenario: Scenario, timeout: float = 5) -> tuple[ReprocastError, Rehearsal]:
    with rehearsing(scenario) as played:
        with pytest.raises(ReprocastError) as raised:
            yahoo.ask(scenario.block(), Operations(), played.client(timeout=timeout), scenario.now)
        return raised.value, played


def days(answer: Answer) -> tuple[str, ...]:
    return tuple(str(day)[:10] for day in answer.panel.ds)


@pytest.mark.parametrize(
    "name",
    ["good-days", "rate-limit-once", "rate-limit-retry-after", "no-crumb", "split-rewrites-history"],
)
def test_raw_prices_come_back_whatever_yahoo_has_scaled_them_by(name: str) -> None:
    answer = asked(SCENARIOS[name])
    panel = answer.panel
    assert panel.ids == (TICKER,)
    assert days(answer) == WEEK
    assert not answer.lacking
    np.testing.assert_allclose(panel.columns["open"], [100, 104, 102, 53, 54])
    np.testing.assert_allclose(panel.columns["close"], [100.5, 104.5, 102.5, 53.5, 54.5])
    np.testing.assert_allclose(panel.columns["volume"], [1000, 1100, 1200, 2600, 2800])
    np.testing.assert_allclose(panel.columns["dividend"], [0, 2, 0, 0, 0])
    np.testing.assert_allclose(panel.columns["split"], [1, 1, 1, 2, 1])


def test_a_later_split_does_not_move_a_byte() -> None:
    """Yahoo has divided all by eight; what is stored is what was stored before, to float rounding."""
    before, after = asked(GOOD).panel, asked(SCENARIOS["split-rewrites-history"]).panel
    for name in before.columns:
        np.testing.assert_array_equal(before.columns[name], after.columns[name])


def test_the_answer_before_the_split_does_not_know_it() -> None:
    """The split is after data.end, but Yahoo has scaled everything by it already."""
    panel = asked(GOOD, end="2024-06-05").panel
    np.testing.assert_allclose(panel.columns["open"], [100, 104, 102])
    np.testing.assert_allclose(panel.columns["split"], [1, 1, 1])
    adjusted = adjust(panel, "2024-06-05")
    np.testing.assert_allclose(adjusted.columns["open"], [100 * (1 - 2 / 100.5), 104, 102])


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (datetime(2024, 6, 7, 19, 59, tzinfo=UTC), "2024-06-06"),  # New York closes at 20:00 UTC in summer
        (datetime(2024, 6, 7, 20, 29, tzinfo=UTC), "2024-06-06"),  # and Yahoo's quotes come late
        (datetime(2024, 6, 7, 20, 31, tzinfo=UTC), "2024-06-07"),
    ],
)
def test_a_bar_is_left_out_until_its_session_is_over_and_that_is_no_lack(now: datetime, last: str) -> None:
    answer = asked(GOOD, now, end="2024-06-30")
    assert days(answer)[-1] == last
    assert not answer.lacking


FAILURES = {
    "empty-result": (65, "TEST: Yahoo has no bars from 2024-06-03 to 2024-06-07"),
    "rate-limit": (75, r"the rate limit is reached \(429\) after 4 attempts; try again in an hour"),
    "rate-limit-long": (75, r"\(429\) after 1 attempt; try again in 900 s, as it asks"),
    "refused": (75, r"access is refused \(401\) after 4 attempts; try again in an hour"),
    "server-error": (75, "answers 500 after 4 attempts; try again in some minutes"),
    "maintenance": (75, "down for maintenance"),
    "cut": (75, "the connection was cut"),
    "malformed-json": (75, "the answer is no JSON"),
    "renamed-column": (65, r"another form than yfinance [\d.]+ knows \('volume'\); update it"),
    "unknown-ticker": (65, "TEST: Yahoo does not know this ticker"),
    "no-network": (75, "cannot be reached .*after 4 attempts; try again in some minutes"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_one_line_and_never_called_delisted(name: str, caplog: pytest.LogCaptureFixture) -> None:
    error, _ = failure(SCENARIOS[name])
    code, said = FAILURES[name]
    assert error.exit_code == code
    error_text = str(error)
    assert error_text.count("nothing was stored") == 1
    assert re.search(said, error_text), error_text
    assert "\n" not in error_text
    assert "delisted" not in error_text
    assert "http" not in error_text  # curl ends its messages with an address to read
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_hang_ends_in_time() -> None:
    error, played = failure(SCENARIOS["hang"], timeout=0.2)
    assert error.exit_code == 75
    assert "no answer within 0.2 s after 4 attempts" in str(error)
    assert len(played.asked) == 4


def test_an_attempt_has_its_time_for_all_requests_together() -> None:
    """Cookie and crumb that never come leave time for the prices; and then the time is up."""
    slow = replace(GOOD, cookie=Reply(hang=True), crumb=Reply(hang=True))
    assert days(asked(slow, timeout=2)) == WEEK
    session = YahooSession(requests_per_second=1000)
    session.begin(0)
    from curl_cffi.requests.exceptions import Timeout

    with pytest.raises(Timeout):
        session.get("http://127.0.0.1:9/chart/")


def test_waits_double_and_vary() -> None:
    played = [failure(SCENARIOS["server-error"])[1] for _ in range(2)]
    for waits in (one.waits for one in played):
        assert len(waits) == 3
        assert all(low <= wait <= low + 2 for low, wait in zip((2, 4, 8), waits, strict=True))
    assert played[0].waits != played[1].waits


def test_the_wait_is_the_one_that_yahoo_asks_for() -> None:
    with rehearsing(SCENARIOS["rate-limit-retry-after"]) as played:
        yahoo.ask(GOOD.block(), Operations(), played.client(), GOOD.now)
        assert played.waits == [7]


def test_retry_after_may_be_a_date() -> None:
    soon = datetime.now(UTC) + timedelta(seconds=40)
    limit = Reply(429, "", {"Retry-After": soon.strftime("%a, %d %b %Y %H:%M:%S GMT")})
    with rehearsing(replace(GOOD, replies=(limit, limit, Reply()))) as played:
        yahoo.ask(GOOD.block(), Operations(), played.client(), GOOD.now)
        (wait,) = played.waits
    assert 0 < wait <= 40 < LONGEST_WAIT


def test_all_tickers_are_tried_and_the_failing_ones_named() -> None:
    answer = asked(replace(GOOD, asked=("NOPE", TICKER, "NADA")))
    assert answer.panel.ids == (TICKER,)
    assert list(answer.lacking) == ["NADA", "NOPE"]
    said = "Yahoo does not know this ticker (data.series)"
    assert answer.complaint() == f"yahoo: NADA: {said}; NOPE: {said}"


def test_one_tickers_trouble_does_not_stop_the_others_from_being_asked() -> None:
    scenario = replace(GOOD, asked=("A", "B"), replies=(Reply(500, ""),))
    error, played = failure(scenario)
    assert "yahoo: A: Yahoo is in trouble" in str(error)
    assert "; B: Yahoo is in trouble" in str(error)
    assert len(played.asked) == 16


def test_a_rate_limit_is_not_made_worse_by_asking_for_the_others() -> None:
    error, played = failure(replace(SCENARIOS["rate-limit"], asked=("A", "B", "C")))
    assert isinstance(error, TryAgainError)
    assert {path.split("?")[0].rsplit("/", 1)[1] for path in played.asked} == {"A"}


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        (SCENARIOS["missing-sessions"], "the last 2 bars are missing: 2024-06-06, 2024-06-07"),
        (SCENARIOS["nan-in-last-bar"], "close is missing on 2024-06-07"),
        (replace(GOOD, charts={TICKER: chart(days=4)}), "the last bar is missing: 2024-06-07"),
    ],
)
def test_a_partial_answer_says_what_it_lacks(scenario: Scenario, said: str) -> None:
    assert asked(scenario).lacking == {TICKER: said}


def test_a_bar_of_nothing_but_holes_is_missing() -> None:
    holed = chart()
    for name in ("open", "high", "low", "close", "volume"):
        holed = without(holed, name)
    assert asked(replace(GOOD, charts={TICKER: holed})).lacking == {
        TICKER: "the last bar is missing: 2024-06-07"
    }


def test_a_hole_in_an_unfinished_bar_does_not_matter() -> None:
    half = replace(SCENARIOS["nan-in-last-bar"], now=SCENARIOS["half-finished-bar"].now)
    assert not asked(half).lacking


def test_a_closed_market_is_called_one() -> None:
    """Saturday and Sunday."""
    with pytest.raises(
        DataError, match=r"TEST: the market \(XNYS\) had no session from 2024-06-01 to 2024-06-02"
    ):
        asked(GOOD, start="2024-06-01", end="2024-06-02")


def test_days_before_the_first_trade_are_no_data() -> None:
    with pytest.raises(DataError, match="TEST: Yahoo has no bars from 2023-01-02 to 2023-01-09"):
        asked(GOOD, start="2023-01-02", end="2023-01-09")
    with pytest.raises(DataError, match="TEST: Yahoo has no bars up to 2023-01-09"):
        asked(GOOD, start=None, end="2023-01-09")


def test_the_rate_is_kept() -> None:
    session = YahooSession(requests_per_second=20)
    with rehearsing(GOOD) as played:
        begun = time.monotonic()
        for _ in range(4):
            session.get(f"{played.url}/")
        assert time.monotonic() - begun >= 3 / 20


def intraday(step: int, first_day: int = 6) -> dict[str, Any]:
    """Two sessions of bars, Thursday's with the split, both scaled as Yahoo does."""
    openings, periods = [], []
    for day in (5, first_day):
        opening = int(datetime(2024, 6, day, 13, 30, tzinfo=UTC).timestamp())
        openings += list(range(opening, opening + 390 * 60, step * 60))
        periods.append(
            [{"start": opening, "end": opening + 390 * 60, "timezone": "EDT", "gmtoffset": -14400}]
        )
    count = len(openings)
    quote = {name: [50.0 + n for n in range(count)] for name in ("open", "high", "low", "close")}
    made = raw_chart(openings, {**quote, "volume": [10] * count}, {"splits": {"x": split(OPENINGS[3])}})
    made["meta"] |= {"dataGranularity": f"{step}m", "tradingPeriods": periods}
    return made


@pytest.mark.parametrize(
    ("calendar", "step"), [("XNYS@15min", 15), ("XNYS@h", 60), ("15min", 15), ("XNYS@30min", 15)]
)
def test_bars_within_the_day_stand_at_their_opening_in_utc(calendar: str, step: int) -> None:
    now = datetime(2024, 6, 6, 15, 17, tzinfo=UTC)
    scenario = replace(GOOD, charts={TICKER: intraday(step)})
    panel = asked(scenario, now, calendar=calendar, start="2024-06-05", end="2024-06-06").panel
    step = 30 if "30" in calendar else step
    first = np.datetime64("2024-06-05T13:30", "us")
    per_day = -(-390 // step)
    assert panel.ds[0] == first
    assert panel.ds[per_day - 1] == first + np.timedelta64(step * (per_day - 1), "m")
    closed = np.datetime64("2024-06-06T15:17") - np.timedelta64(30 + step, "m")
    assert panel.ds[-1] <= closed < panel.ds[-1] + np.timedelta64(step, "m")
    np.testing.assert_allclose(panel.columns["open"][0], 100)  # before the 2:1 split
    assert panel.columns["split"][per_day] == 2
    assert panel.columns["split"].sum() == len(panel) + 1


def test_the_interval_follows_from_the_calendar() -> None:
    with rehearsing(replace(GOOD, charts={TICKER: intraday(15)})) as played:
        block = GOOD.block(calendar="XNYS@15min", start=None)
        yahoo.ask(block, Operations(), played.client(), GOOD.now)
        assert "interval=15m" in played.asked[-1]


@pytest.mark.parametrize(("calendar", "days"), [("XNYS@1min", 7), ("XNYS@15min", 60), ("h", 730)])
def test_how_long_yahoo_keeps_bars_within_the_day_is_told(calendar: str, days: int) -> None:
    earliest = (GOOD.now - timedelta(days=days - 1)).date()
    early = (earliest - timedelta(days=1)).isoformat()
    with pytest.raises(ParamsError, match=f"for {days} days; today {earliest} is the earliest") as raised:
        yahoo.ask(GOOD.block(calendar=calendar, start=early), Operations(), None, GOOD.now)
    assert raised.value.exit_code == 78


@pytest.mark.parametrize(
    ("calendar", "label"), [("W", "2024-06-09"), ("MS", "2024-06-01"), ("ME", "2024-06-30")]
)
def test_weeks_and_months_are_made_of_days(calendar: str, label: str) -> None:
    """Highest and lowest in shares of after the split; volume, too."""
    now = datetime(2024, 7, 2, tzinfo=UTC)
    answer = asked(GOOD, now, calendar=calendar, end="2024-06-30", start="2024-06-01")
    panel = answer.panel
    assert days(answer) == (label,)
    expected = {
        "open": 50,
        "high": 55,
        "low": 49.5,
        "close": 54.5,
        "volume": 12000,
        "dividend": 1,
        "split": 2,
    }
    for name, value in expected.items():
        np.testing.assert_allclose(panel.columns[name], [value], err_msg=name)


@pytest.mark.parametrize("calendar", ["W", "MS", "ME"])
def test_an_unfinished_week_or_month_is_left_out(calendar: str) -> None:
    with pytest.raises(DataError, match="TEST: Yahoo has no bars"):
        asked(GOOD, datetime(2024, 6, 9, 12, tzinfo=UTC), calendar=calendar, end="2024-06-30")


def test_what_a_fund_pays_out_is_a_dividend() -> None:
    fund = chart()
    fund["meta"]["instrumentType"] = "ETF"
    fund["events"]["capitalGains"] = {"x": {"amount": 0.5, "date": OPENINGS[4]}}
    panel = asked(replace(GOOD, charts={TICKER: fund})).panel
    np.testing.assert_allclose(panel.columns["dividend"], [0, 2, 0, 0, 0.5])


def test_several_tickers_show_a_bar_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = replace(GOOD, asked=("A", "B"), charts={"A": chart(), "B": chart()})
    asked(scenario)
    silent = capsys.readouterr()
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    asked(scenario)
    seen = capsys.readouterr()
    assert silent.err == silent.out == seen.out == ""
    assert "yahoo" in seen.err


def test_cookie_and_crumb_are_asked_for_once_and_prices_do_without_them() -> None:
    with rehearsing(replace(GOOD, asked=("A", "B"), charts={"A": chart(), "B": chart()})) as played:
        client = played.client()
        yahoo.ask(played.scenario.block(), Operations(), client, GOOD.now)
        paths = [url for url, _ in client.session.answered]
    assert paths.count("https://query1.finance.yahoo.com/v1/test/getcrumb") == 1
    assert "crumb=crumb" in played.asked[-1]
    with rehearsing(SCENARIOS["no-crumb"]) as played:
        yahoo.ask(played.scenario.block(), Operations(), played.client(), GOOD.now)


def test_a_month_that_lacks_its_last_days_is_partial() -> None:
    """The stand-in knows one week of June."""
    answer = asked(
        GOOD, datetime(2024, 7, 2, tzinfo=UTC), calendar="MS", end="2024-06-30", start="2024-06-01"
    )
    assert answer.lacking[TICKER].startswith("the last 15 bars are missing: 2024-06-10")


def test_the_first_week_is_whole_even_if_it_begins_before_the_start() -> None:
    now = datetime(2024, 6, 12, tzinfo=UTC)
    with rehearsing(GOOD) as played:
        block = GOOD.block(calendar="W", start="2024-06-06", end="2024-06-09")
        panel = yahoo.ask(block, Operations(), played.client(), now).panel
        asked_from = int(parse_qs(urlsplit(played.asked[-1]).query)["period1"][0])
    assert asked_from < OPENINGS[0]
    np.testing.assert_allclose(panel.columns["open"], [50])  # Monday's, in shares of after the split


def test_a_session_without_bars_is_missing() -> None:
    now = datetime(2024, 6, 7, 22, tzinfo=UTC)
    scenario = replace(GOOD, charts={TICKER: intraday(15)})
    answer = asked(scenario, now, calendar="XNYS@15min", start="2024-06-05", end="2024-06-07")
    assert answer.lacking[TICKER].startswith("the last 26 bars are missing: 2024-06-07T13:30:00, ")
    assert not asked(scenario, now, calendar="XNYS@15min", start="2024-06-05", end="2024-06-06").lacking


def test_daily_bars_stand_at_the_exchanges_trading_date() -> None:
    """Sydney's sessions open at 23:00 UTC of the day before in summer."""
    openings = [int(datetime(2024, 1, day, 23, tzinfo=UTC).timestamp()) for day in (7, 8, 9)]
    quote = {name: [1.0, 2.0, 3.0] for name in ("open", "high", "low", "close", "volume")}
    made = raw_chart(openings, quote, {})
    made["meta"] |= {"exchangeTimezoneName": "Australia/Sydney", "gmtoffset": 39600, "timezone": "AEDT"}
    scenario = replace(GOOD, charts={TICKER: made})
    span = {"start": "2024-01-08", "end": "2024-01-10", "calendar": "XASX"}
    assert days(asked(scenario, **span)) == ("2024-01-08", "2024-01-09", "2024-01-10")
    early = asked(scenario, datetime(2024, 1, 10, 5, tzinfo=UTC), **span)  # closes at 05:00 UTC
    assert days(early) == ("2024-01-08", "2024-01-09")
    assert not early.lacking


def test_operations_yaml_reaches_the_client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Through `reprocast acquire`'s own way, with nothing put in its place but the address."""
    monkeypatch.chdir(tmp_path)
    Path("operations.yaml").write_text(
        "yahoo: {attempts: 1, timeout: 0.2, requests_per_second: 500}\n", encoding="utf-8"
    )
    with rehearsing(SCENARIOS["hang"]) as played:
        monkeypatch.setattr(YahooSession, "address", lambda _, url: f"{played.url}{urlsplit(url).path}")
        with pytest.raises(TryAgainError, match=r"no answer within 0\.2 s after 1 attempt"):
            acquire(GOOD.block())


def test_a_stored_answer_serves_what_lies_within_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    scenario = replace(GOOD, asked=(TICKER, "MORE"), charts={TICKER: chart(), "MORE": chart()})
    with rehearsing(scenario) as played:
        client = played.client()
        source = Source(yahoo.request, lambda data, operations: yahoo.ask(data, operations, client, GOOD.now))
        monkeypatch.setitem(SOURCES, "yahoo", source)
        vintage = acquire(scenario.block())
        asked_before = len(played.asked)
        within = GOOD.block(start="2024-06-04", end="2024-06-06")
        assert stored_or_acquired(within).name == vintage.name
        assert stored(replace(GOOD, asked=("OTHER",)).block()) is None
        assert stored(GOOD.block(start="2024-06-01")) is None
        assert stored(GOOD.block(end="2024-06-08")) is None
        assert stored(GOOD.block(calendar="B")) is None
        assert len(played.asked) == asked_before
        assert acquire(scenario.block()).name == vintage.name


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame.rename(columns={"Close": "close"}),
        lambda frame: (_ for _ in ()).throw(ValueError("All arrays must be of the same length")),
        lambda frame: (_ for _ in ()).throw(YFException("Data was lost in merge, investigate")),
    ],
    ids=["renamed", "lengths", "merge"],
)
def test_what_yfinance_itself_gets_wrong_is_no_passing_failure(
    change: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    history = yfinance.Ticker.history
    monkeypatch.setattr(yfinance.Ticker, "history", lambda self, **asked: change(history(self, **asked)))
    error, played = failure(GOOD)
    assert error.exit_code == 65
    assert "the answer has another form than yfinance" in str(error)
    assert not played.waits


def test_a_cut_after_a_good_answer_is_a_cut() -> None:
    with rehearsing(replace(GOOD, replies=(Reply(), Reply(cut=True)))) as played:
        client = played.client(attempts=1)
        with pytest.raises(TryAgainError, match="the connection was cut"):
            yahoo.ask(GOOD.block(), Operations(), client, GOOD.now)


def test_as_of_a_time_within_a_bar_the_bar_before_is_the_last() -> None:
    scenario = replace(GOOD, charts={TICKER: intraday(15)})
    block = GOOD.block(calendar="XNYS@15min", start="2024-06-05", end="2024-06-06T14:29")
    with rehearsing(scenario) as played:
        panel = yahoo.ask(block, Operations(), played.client(), GOOD.now).panel
    assert str(panel.ds[-1]) == "2024-06-06T19:45:00.000000"
    assert str(as_of(panel, block).ds[-1]) == "2024-06-06T14:00:00.000000"
