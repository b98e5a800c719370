"""What Yahoo may do, by name: used by `reprocast doctor --rehearse`, the tests and the table of faults.

Every scenario plays in the first week of June 2024: a stock with a dividend of 2 on Tuesday and a 2:1 split
on Thursday, which Yahoo has undone in all it says of the days before.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from reprocast.params.data import YahooData

TICKER = "TEST"
DAYS = ("2024-06-03", "2024-06-04", "2024-06-05", "2024-06-06", "2024-06-07")
OPENINGS = tuple(int(datetime.fromisoformat(f"{day}T13:30+00:00").timestamp()) for day in DAYS)
OPENED = (100.0, 104.0, 102.0, 53.0, 54.0)
"""Opening prices as traded; high and low are one away, the close is 0.5 higher."""
VOLUMES = (1000, 1100, 1200, 2600, 2800)
"""Shares as traded."""
AFTER = datetime(2024, 6, 8, 12, tzinfo=UTC)
"""Saturday."""
BEFORE_THE_CLOSE = datetime(2024, 6, 7, 19, 59, tzinfo=UTC)

Chart = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """One answer; the chart of the ticker unless it has a body or another status."""

    status: int = 200
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    """The connection ends half-way."""
    hang: bool = False
    """No answer ever comes."""


@dataclass(frozen=True)
class Scenario:
    """What Yahoo does."""

    tells: str
    """In a few words."""
    charts: Mapping[str, Chart]
    """Ticker -> the chart it has; other tickers are unknown."""
    replies: tuple[Reply, ...] = (Reply(),)
    """To requests for charts, in order; the last one stays."""
    asked: tuple[str, ...] = (TICKER,)
    """Tickers that are asked for."""
    now: datetime = AFTER
    """When it is asked."""
    cookie: Reply = Reply(404, headers={"Set-Cookie": "A3=x"})
    """Yahoo's cookie server answers so, and sets the cookie."""
    crumb: Reply = Reply(200, "crumb")
    silent: bool = False
    """Nobody listens at all."""

    def block(self, **other: Any) -> YahooData:
        """The `data` block that asks for it."""
        span: dict[str, Any] = {"start": DAYS[0], "end": DAYS[-1], "calendar": "XNYS", "season": 5}
        return YahooData(source="yahoo", series=self.asked, **(span | other))


def chart(shares: float = 1.0, days: int = len(DAYS)) -> Chart:
    """The week as Yahoo tells it; `shares`: by how much later splits have multiplied them.

    Thursday's split and Tuesday's dividend are in it where the days reach them.
    """
    scale = [(2.0 if n < 3 and days > 3 else 1.0) * shares for n in range(days)]
    opened = [price / by for price, by in zip(OPENED[:days], scale, strict=True)]
    step = [1 / by for by in scale]
    quote: dict[str, list[Any]] = {
        "open": opened,
        "high": [price + by for price, by in zip(opened, step, strict=True)],
        "low": [price - by for price, by in zip(opened, step, strict=True)],
        "close": [price + by / 2 for price, by in zip(opened, step, strict=True)],
        "volume": [round(volume * by) for volume, by in zip(VOLUMES[:days], scale, strict=True)],
    }
    events: dict[str, Any] = {}
    if days > 1:
        events["dividends"] = {str(OPENINGS[1]): {"amount": 2 / scale[1], "date": OPENINGS[1]}}
    if days > 3:
        events["splits"] = {str(OPENINGS[3]): split(OPENINGS[3])}
    return raw_chart(list(OPENINGS[:days]), quote, events)


def split(when: int, numerator: int = 2) -> dict[str, Any]:
    """A split as Yahoo tells it."""
    return {"date": when, "numerator": numerator, "denominator": 1, "splitRatio": f"{numerator}:1"}


def raw_chart(openings: list[int], quote: dict[str, list[Any]], events: dict[str, Any]) -> Chart:
    """A chart of bars (seconds since 1970 of the openings) of a share in New York."""
    meta = {
        "currency": "USD",
        "symbol": TICKER,
        "exchangeName": "NMS",
        "instrumentType": "EQUITY",
        "firstTradeDate": 345479400,
        "regularMarketTime": openings[-1] if openings else 0,
        "gmtoffset": -14400,
        "timezone": "EDT",
        "exchangeTimezoneName": "America/New_York",
        "dataGranularity": "1d",
        "range": "",
        "validRanges": ["1d", "5d", "1mo", "max"],
    }
    indicators = {"quote": [quote if openings else {}], "adjclose": [{"adjclose": quote.get("close", [])}]}
    return {"meta": meta, "timestamp": openings, "events": events, "indicators": indicators}


def without(made: Chart, name: str, row: int = -1) -> Chart:
    """The chart with a hole in a column."""
    holed = deepcopy(made)
    holed["indicators"]["quote"][0][name][row] = None
    return holed


def renamed(made: Chart, name: str, new: str) -> Chart:
    """The chart with a column under another name."""
    other = deepcopy(made)
    other["indicators"]["quote"][0][new] = other["indicators"]["quote"][0].pop(name)
    return other


def split_later(made: Chart) -> Chart:
    """The week as Yahoo tells it when a 4:1 split on the Monday after has rewritten it."""
    monday = int(datetime(2024, 6, 10, 13, 30, tzinfo=UTC).timestamp())
    quote = made["indicators"]["quote"][0]
    quote = {name: [*values, quote["open"][-1] / 4] for name, values in quote.items()}
    quote["volume"][-1] = 12000
    events = {**made["events"], "splits": {**made["events"]["splits"], str(monday): split(monday, 4)}}
    return raw_chart([*OPENINGS, monday], quote, events)


GOOD = Scenario("answers as on a good day", {TICKER: chart()})
LIMIT = Reply(429, "Too Many Requests")

SCENARIOS: dict[str, Scenario] = {
    "good-days": GOOD,
    "empty-result": replace(
        GOOD, tells="knows the ticker and has no bars", charts={TICKER: raw_chart([], {}, {})}
    ),
    "rate-limit-once": replace(GOOD, tells="limits the rate once", replies=(LIMIT, Reply())),
    "rate-limit": replace(GOOD, tells="limits the rate and goes on doing so", replies=(LIMIT,)),
    "rate-limit-retry-after": replace(
        GOOD,
        tells="limits the rate and says when to come back (Retry-After: 7)",
        replies=(*[replace(LIMIT, headers={"Retry-After": "7"})] * 2, Reply()),
    ),
    "rate-limit-long": replace(
        GOOD,
        tells="limits the rate and asks for more patience than we have (Retry-After: 900)",
        replies=(replace(LIMIT, headers={"Retry-After": "900"}),),
    ),
    "refused": replace(GOOD, tells="refuses access (401)", replies=(Reply(401, "{}"),)),
    "server-error": replace(GOOD, tells="answers 500", replies=(Reply(500, "Internal Server Error"),)),
    "maintenance": replace(
        GOOD, tells="is down for maintenance", replies=(Reply(200, "Will be right back"),)
    ),
    "cut": replace(GOOD, tells="cuts the connection half-way", replies=(Reply(cut=True),)),
    "hang": replace(GOOD, tells="takes the request and never answers", replies=(Reply(hang=True),)),
    "malformed-json": replace(
        GOOD, tells="answers with half a JSON", replies=(Reply(200, '{"chart": {"result": ['),)
    ),
    "no-crumb": replace(
        GOOD, tells="gives neither cookie nor crumb, but prices", cookie=Reply(502), crumb=Reply(500)
    ),
    "half-finished-bar": replace(
        GOOD, tells="sends today's bar before the market has closed", now=BEFORE_THE_CLOSE
    ),
    "nan-in-last-bar": replace(
        GOOD, tells="has no close in the last bar", charts={TICKER: without(chart(), "close")}
    ),
    "missing-sessions": replace(GOOD, tells="stops two sessions too early", charts={TICKER: chart(days=3)}),
    "split-rewrites-history": replace(
        GOOD,
        tells="has rewritten all prices for a split",
        charts={TICKER: split_later(chart(shares=4.0))},
        now=datetime(2024, 6, 11, 12, tzinfo=UTC),
    ),
    "renamed-column": replace(
        GOOD, tells="calls volume turnover", charts={TICKER: renamed(chart(), "volume", "turnover")}
    ),
    "unknown-ticker": replace(GOOD, tells="does not know the ticker", charts={}),
    "one-of-two-unknown": replace(GOOD, tells="knows one of two tickers", asked=(TICKER, "NOPE")),
    "no-network": replace(GOOD, tells="cannot be reached", silent=True),
}
"""Name -> what Yahoo does."""
