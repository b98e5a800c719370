"""Prices from Yahoo through yfinance, brought back to what was really traded, with their actions."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from reprocast.data.sources.answer import Answer
from reprocast.data.sources.yahoo_bars import PERIODS, are_over, traded, what_is_missing
from reprocast.data.sources.yahoo_client import Client
from reprocast.data.sources.yahoo_faults import NothingError, PassingError
from reprocast.errors import DataError, ParamsError, TryAgainError
from reprocast.panel import from_frame
from reprocast.params.calendar import step_within_day, yahoo_interval
from reprocast.params.data import YahooData
from reprocast.params.operations import Operations

EARLIEST = "1900-01-01"
"""Asked for when data.start is null."""
KEPT_DAYS = {"1m": 7, "60m": 730}
"""How long Yahoo keeps bars within the day."""
OTHER_KEPT_DAYS = 60
LONGEST_PERIOD = timedelta(days=31)


def request(data: YahooData) -> dict[str, Any]:
    """What a vintage must answer: these tickers over this span of days."""
    start = None if data.start is None else str(data.start)[:10]
    return {
        "source": "yahoo",
        "series": sorted(set(data.series)),
        "start": start,
        "end": str(data.end)[:10],
        "calendar": data.calendar,
    }


def ask(
    data: YahooData, operations: Operations, client: Client | None = None, now: datetime | None = None
) -> Answer:
    """Raw open, high, low, close, volume, with dividend and split (ratio, 1 without), up to `data.end`.

    A bar that is not over yet is left out. All tickers are asked for; those that Yahoo does not know, that
    end before the calendar does, or whose last bar has holes are named in the answer's `lacking`.

    Args:
        data: the `data` block.
        operations: how patiently to ask.
        client: who asks Yahoo.
        now: the time of the call (UTC).

    Raises:
        ParamsError: data.start is before what Yahoo keeps.
        DataError: no ticker has bars, or the answer has a form that yfinance does not know.
        TryAgainError: Yahoo is down, unreachable, or limits the rate.
    """
    asked, client, now = request(data), client or Client(operations.yahoo), now or datetime.now(UTC)
    first = _first_day(asked["start"], data.calendar, now)
    histories, lacking = _histories(client, asked["series"], first, yahoo_interval(data.calendar) or "1d")
    frames = []
    for ticker, history in histories.items():
        frames.append(_asked_for(history, data, data.calendar, now).assign(unique_id=ticker))
        reason = _why_partial(history, data, now)
        if reason is not None:
            lacking[ticker] = reason
    lacking = dict(sorted(lacking.items()))
    if not any(len(frame) for frame in frames):
        raise DataError(f"yahoo: {_named(lacking)}; nothing was stored")
    panel = from_frame(pd.concat([frame for frame in frames if len(frame)], ignore_index=True))
    return Answer(panel, asked, now.isoformat(timespec="seconds"), lacking)


def _why_partial(history: pd.DataFrame, data: YahooData, now: datetime) -> str | None:
    """What a ticker lacks; weeks and months hide that their last days are not there, so those come first."""
    first, last = request(data)["start"], request(data)["end"]
    for calendar in ("B", data.calendar) if data.calendar in PERIODS else (data.calendar,):
        reason = what_is_missing(_asked_for(history, data, calendar, now), calendar, first, last, now)
        if reason is not None:
            return reason
    return None


def _histories(
    client: Client, tickers: list[str], first: str, interval: str
) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """Each ticker's history, and what Yahoo says of those that have none.

    A failure that concerns everyone ends the asking; another one is told when all have been asked for.
    """
    histories: dict[str, pd.DataFrame] = {}
    lacking: dict[str, str] = {}
    failed: dict[str, PassingError] = {}
    for ticker in _with_progress(tickers):
        try:
            histories[ticker] = client.history(ticker, first, interval)
        except NothingError as error:
            lacking[ticker] = str(error)
        except PassingError as error:
            failed[ticker] = error
            if error.everyone:
                break
    if failed:
        last = list(failed.values())[-1]
        raise TryAgainError(f"yahoo: {_named(failed)}; try again in {last.again} (nothing was stored)")
    return histories, lacking


def _with_progress(tickers: list[str]) -> Iterable[str]:
    """With a bar where there are several and somebody looks on; without a word elsewhere."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    hidden = len(tickers) == 1 or not console.is_terminal
    return track(tickers, "yahoo", console=console, transient=True, disable=hidden)


def _named(reasons: Mapping[str, object]) -> str:
    return "; ".join(f"{ticker}: {reason}" for ticker, reason in reasons.items())


def _first_day(start: str | None, calendar: str, now: datetime) -> str:
    """From when to ask; within the day Yahoo keeps bars for some time only."""
    if start is not None and calendar in PERIODS:
        return (date.fromisoformat(start) - LONGEST_PERIOD).isoformat()  # the first one begins before it
    if step_within_day(calendar) is None:
        return start or EARLIEST
    interval = str(yahoo_interval(calendar))
    days = KEPT_DAYS.get(interval, OTHER_KEPT_DAYS)
    earliest = (now - timedelta(days=days - 1)).date().isoformat()
    if start is not None and start < earliest:
        raise ParamsError(
            f"data.start: Yahoo keeps bars of {interval} for {days} days; today {earliest} is the earliest"
        )
    return start or earliest


def _asked_for(history: pd.DataFrame, data: YahooData, calendar: str, now: datetime) -> pd.DataFrame:
    """The bars of a calendar that are over, from data.start to data.end."""
    if not len(history):
        return history
    frame = traded(history, calendar)
    labels = frame["ds"].to_numpy().astype("datetime64[us]")
    days = labels.astype("datetime64[D]")
    first, last = np.datetime64(str(data.start or EARLIEST)[:10]), np.datetime64(str(data.end)[:10])
    return frame[are_over(calendar, labels, now) & (days >= first) & (days <= last)]
