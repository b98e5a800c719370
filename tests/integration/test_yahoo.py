"""The real yfinance client against a server on the loopback that behaves like Yahoo."""

import importlib.util
import socket
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from tenacity import wait_none

from reprocast.data.adjust import adjust
from reprocast.data.sources import SOURCES, Source, yahoo
from reprocast.data.sources.yahoo_client import Client
from reprocast.errors import DataError, TryAgainError
from reprocast.params.data import YahooData
from reprocast.params.operations import Operations
from reprocast.stages.acquire import acquire, stored, stored_or_acquired


def _load(name: str) -> ModuleType:
    """A module beside this one: test folders are not packages."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


local = _load("yahoo_server")
OPENING = [int(datetime(2024, 6, day, 13, 30, tzinfo=UTC).timestamp()) for day in (3, 4, 5, 6, 7)]
AFTER = datetime(2024, 6, 8, 12, tzinfo=UTC)


def bars(scale: float = 1.0) -> list[tuple[int, float, float, float, float, int]]:
    """Five days, Monday to Friday; a 2:1 split on Thursday has halved what was traded before it."""
    traded = [100.0, 104.0, 102.0, 53.0, 54.0]
    halved = [price / 2 if n < 3 else price for n, price in enumerate(traded)]
    volumes = [2000, 2200, 2400, 2600, 2800]
    return [
        (time, price, price + 1, price - 1, price + 0.5, volume)
        for time, price, volume in zip(OPENING, halved, volumes, strict=True)
    ]


def with_actions() -> dict[str, Any]:
    """A dividend of 2 on Tuesday, which Yahoo reports as 1 (of today's shares), and the split on Thursday."""
    dividends = {str(OPENING[1]): {"amount": 1.0, "date": OPENING[1]}}
    splits = {str(OPENING[3]): {"date": OPENING[3], "numerator": 2, "denominator": 1, "splitRatio": "2:1"}}
    return local.chart(bars(), dividends=dividends, splits=splits)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    import yfinance

    monkeypatch.chdir(tmp_path)
    yfinance.set_tz_cache_location(str(tmp_path / "yfinance"))
    with local.serving(local.Yahoo(charts={"TEST": with_actions()})) as yahoo_server:
        yield yahoo_server


def block(*series: str, start: str | None = "2024-06-03", end: str = "2024-06-07") -> YahooData:
    return YahooData(source="yahoo", series=series, start=start, end=end, calendar="XNYS", season=5)


def client(url: str) -> Client:
    return Client(session=local.LocalSession(url), attempts=2, wait=wait_none(), timeout=5)


def test_raw_prices_come_back_from_prices_scaled_by_a_later_split(server: Any) -> None:
    panel = yahoo.ask(block("TEST"), Operations(), client(server.url), AFTER).panel
    assert panel.ids == ("TEST",)
    assert [str(day)[:10] for day in panel.ds] == [f"2024-06-0{n}" for n in (3, 4, 5, 6, 7)]
    np.testing.assert_allclose(panel.columns["open"], [100, 104, 102, 53, 54])
    np.testing.assert_allclose(panel.columns["close"], [101, 105, 103, 53.5, 54.5])
    np.testing.assert_allclose(panel.columns["volume"], [1000, 1100, 1200, 2600, 2800])
    np.testing.assert_allclose(panel.columns["dividend"], [0, 2, 0, 0, 0])
    np.testing.assert_allclose(panel.columns["split"], [1, 1, 1, 2, 1])


def test_the_answer_before_the_split_does_not_know_it(server: Any) -> None:
    """The split is after data.end, but Yahoo has scaled everything by it already."""
    panel = yahoo.ask(block("TEST", end="2024-06-05"), Operations(), client(server.url), AFTER).panel
    np.testing.assert_allclose(panel.columns["open"], [100, 104, 102])
    np.testing.assert_allclose(panel.columns["split"], [1, 1, 1])
    adjusted = adjust(panel, "2024-06-05")
    np.testing.assert_allclose(adjusted.columns["open"], [100 * (1 - 2 / 101), 104, 102])


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (datetime(2024, 6, 7, 19, 59, tzinfo=UTC), "2024-06-06"),  # New York closes at 20:00 UTC in summer
        (datetime(2024, 6, 7, 20, 1, tzinfo=UTC), "2024-06-07"),
    ],
)
def test_a_bar_is_left_out_until_its_session_has_closed(server: Any, now: datetime, last: str) -> None:
    panel = yahoo.ask(block("TEST", end="2024-06-30"), Operations(), client(server.url), now).panel
    assert str(panel.ds[-1])[:10] == last


def test_an_unknown_ticker_is_named_and_nothing_is_kept(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    point_at(server.url, monkeypatch)
    with pytest.raises(DataError, match="yahoo: NOPE: no such ticker, or no trades") as raised:
        acquire(block("TEST", "NOPE"))
    assert "delisted" not in str(raised.value)
    assert not Path("data/vintages").exists()


def point_at(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the table's source ask the server on the loopback."""
    monkeypatch.setitem(
        SOURCES,
        "yahoo",
        Source(yahoo.request, lambda data, _: yahoo.ask(data, Operations(), client(url), AFTER)),
    )


def test_days_without_trades_are_no_data(server: Any) -> None:
    with pytest.raises(DataError, match="TEST has no trades from 2023-01-02 to 2023-01-09"):
        yahoo.ask(
            block("TEST", start="2023-01-02", end="2023-01-09"), Operations(), client(server.url), AFTER
        )


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (429, "Too Many Requests", "rate limit is reached"),
        (500, "Internal Server Error", "answered with an error"),
        (
            503,
            '{"chart": {"result": null, "error": {"code": "x", "description": "y"}}}',
            "answered with an error",
        ),
        (200, None, "not JSON"),
    ],
    ids=["429", "500", "503 in JSON", "no JSON"],
)
def test_a_server_in_trouble_means_try_again(server: Any, status: int, body: str | None, said: str) -> None:
    server.statuses, server.body = [status], body
    if status == 200:
        server.statuses, server.body = [203], "<html>welcome</html>"
    with pytest.raises(TryAgainError, match=said) as raised:
        yahoo.ask(block("TEST"), Operations(), client(server.url), AFTER)
    assert raised.value.exit_code == 75
    assert "after 2 attempts" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_trouble_that_passes_is_overcome(server: Any) -> None:
    server.statuses, server.body = [500, 500, 200], "busy"
    panel = yahoo.ask(block("TEST"), Operations(), client(server.url), AFTER).panel
    assert len(panel) == 5


def test_no_network_means_try_again(server: Any) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(TryAgainError, match="cannot be reached") as raised:
            yahoo.ask(block("TEST"), Operations(), client(url), AFTER)
    assert "\n" not in str(raised.value)
    assert "http" not in str(raised.value)  # curl ends its messages with an address to read


def test_a_stored_answer_serves_what_lies_within_it(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    point_at(server.url, monkeypatch)
    server.charts["MORE"] = server.charts["TEST"]
    vintage = acquire(block("TEST", "MORE"))
    before = len(server.asked)
    assert stored_or_acquired(block("TEST", start="2024-06-04", end="2024-06-06")).name == vintage.name
    assert stored(block("TEST", "OTHER")) is None
    assert stored(block("TEST", start="2024-06-01")) is None
    assert stored(block("TEST", end="2024-06-08")) is None
    assert len(server.asked) == before


def test_the_same_answer_later_is_the_same_vintage(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    point_at(server.url, monkeypatch)
    first = acquire(block("TEST"))
    written = (first.folder / "call.json").read_text(encoding="utf-8")
    later = datetime(2024, 6, 20, tzinfo=UTC)
    monkeypatch.setitem(
        SOURCES,
        "yahoo",
        Source(yahoo.request, lambda data, _: yahoo.ask(data, Operations(), client(server.url), later)),
    )
    assert acquire(block("TEST")).name == first.name
    assert (first.folder / "call.json").read_text(encoding="utf-8") == written
