"""Two shares in New York, as Yahoo tells of them on a given evening: closed sessions, a split, a revision."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import exchange_calendars
import numpy as np

from reprocast.data.sources.yahoo_scenarios import Reply, Scenario, raw_chart, split

NEW_YORK = ZoneInfo("America/New_York")
TICKERS = ("AAA", "BBB")
FIRST, LAST = "2023-03-01", "2024-06-28"
SPLIT = date(2024, 6, 13)
"""Two AAA for one, at the opening."""
REVISED = date(2024, 5, 14)
"""Session whose close of AAA changes without a reason…"""
REVISION = date(2024, 6, 18)
"""…from the evening of this day on."""
OUTAGE = date(2024, 6, 12)
"""Yahoo answers 500 until eleven at night in New York."""


@dataclass(frozen=True)
class Bars:
    """As traded, a value a session."""

    open: Any
    high: Any
    low: Any
    close: Any
    volume: Any


def sessions() -> list[date]:
    """All sessions there are."""
    calendar = exchange_calendars.get_calendar("XNYS", start="2023-01-01", end="2024-12-31")
    return [day.date() for day in calendar.sessions_in_range(FIRST, LAST)]


def bars(seed: int) -> Bars:
    """Prices that wander, with a daily range that does not depend on the one before."""
    count = len(sessions())
    random = np.random.default_rng([7, seed])
    close = 100 * np.exp(np.cumsum(random.normal(0, 0.005, count)))
    opened = np.concatenate([[100.0], close[:-1]])
    reach = 1.5 * np.exp(random.normal(0, 0.5, count))
    high, low = np.maximum(opened, close) + reach, np.minimum(opened, close) - reach
    cents = [np.round(values, 2) for values in (opened, high, low, close)]
    return Bars(*cents, volume=random.integers(1_000, 2_000, count) * 1_000)


def chart(ticker: str, now: datetime) -> Mapping[str, Any]:
    """What Yahoo says of a share at an instant."""
    made, days = bars(TICKERS.index(ticker)), sessions()
    closed = [n for n, day in enumerate(days) if datetime.combine(day, time(16, 30), NEW_YORK) <= now]
    openings = [int(datetime.combine(days[n], time(9, 30), NEW_YORK).timestamp()) for n in closed]
    has_split = ticker == "AAA" and datetime.combine(SPLIT, time(9, 30), NEW_YORK) <= now
    traded = [2.0 if ticker == "AAA" and days[n] >= SPLIT else 1.0 for n in closed]
    told = [by if not has_split else 2.0 for by in traded]
    quote = {
        name: [float(getattr(made, name)[n] / by) for n, by in zip(closed, told, strict=True)]
        for name in ("open", "high", "low", "close")
    }
    quote["volume"] = [int(made.volume[n] * by) for n, by in zip(closed, told, strict=True)]
    if ticker == "AAA" and now.astimezone(NEW_YORK).date() >= REVISION:
        quote["close"][days.index(REVISED)] *= 1.01
    when = int(datetime.combine(SPLIT, time(9, 30), NEW_YORK).timestamp())
    return raw_chart(openings, quote, {"splits": {str(when): split(when)}} if has_split else {})


def scenario(now: datetime) -> Scenario:
    """How Yahoo answers at an instant."""
    there = now.astimezone(NEW_YORK)
    down = there.date() == OUTAGE and there.hour < 23
    return Scenario(
        tells="what there is by now",
        charts={ticker: dict(chart(ticker, now)) for ticker in TICKERS},
        replies=(Reply(500, "down"),) if down else (Reply(),),
        asked=TICKERS,
        now=now.astimezone(UTC),
    )
