"""Daily prices from Yahoo through yfinance, brought back to what was really traded, with their actions.

Yahoo scales prices, volume and dividends by every split up to the moment of the call. A vintage must not
depend on that moment, so the scaling is undone here with all splits Yahoo names up to now.
"""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from reprocast.data.adjust import later_product
from reprocast.data.calendars import due_times, is_exchange, session_close
from reprocast.data.sources.answer import Answer
from reprocast.data.sources.yahoo_client import Client
from reprocast.errors import DataError
from reprocast.panel import from_frame
from reprocast.params.data import YahooData
from reprocast.params.operations import Operations

COLUMNS = {
    "Open": "open",
    "High": "high",
    "Low": "low",
    "Close": "close",
    "Volume": "volume",
    "Dividends": "dividend",
    "Stock Splits": "split",
}
EARLIEST = "1900-01-01"
"""Asked for when data.start is null."""


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

    A bar whose session has not closed yet is left out. One ticker that fails fails the whole request.

    Args:
        data: the `data` block.
        operations: how patiently to ask.
        client: who asks Yahoo.
        now: the time of the call (UTC).

    Raises:
        DataError: a ticker without trades in the span.
        TryAgainError: Yahoo is down, unreachable, or limits the rate.
    """
    asked, client, now = (
        request(data),
        client or Client(timeout=operations.yahoo.timeout),
        now or datetime.now(UTC),
    )
    frames = [
        _bars(ticker, client.history(ticker, asked["start"] or EARLIEST), data, now)
        for ticker in asked["series"]
    ]
    return Answer(from_frame(pd.concat(frames, ignore_index=True)), asked, now.isoformat(timespec="seconds"))


def _bars(ticker: str, history: pd.DataFrame, data: YahooData, now: datetime) -> pd.DataFrame:
    """One ticker's closed bars up to data.end in the panel's names."""
    frame, index = unscaled_by_splits(history), pd.DatetimeIndex(history.index)
    frame.insert(0, "ds", pd.DatetimeIndex(index.date).as_unit("us"))
    frame.insert(0, "unique_id", ticker)
    closed = _closed(index, data.calendar, now)
    first, last = np.datetime64(str(data.start or EARLIEST)[:10]), np.datetime64(str(data.end)[:10])
    days = frame["ds"].to_numpy().astype("datetime64[D]")
    kept = frame[closed & (days >= first) & (days <= last)]
    if kept.empty:
        raise DataError(
            f"yahoo: {ticker} has no trades from {data.start or 'the first day'} to {data.end} "
            "(data.series, data.start, data.end)"
        )
    return kept


def unscaled_by_splits(history: pd.DataFrame) -> pd.DataFrame:
    """Prices, volume and dividends as they were on their day; a share's split is a ratio, 1 without one."""
    frame = history.reset_index(drop=True).rename(columns=COLUMNS)
    if "Capital Gains" in frame:
        frame["dividend"] += frame["Capital Gains"]  # what a fund pays out lowers its price just the same
    frame = frame[list(COLUMNS.values())].astype(np.float64)
    frame["split"] = frame["split"].where(frame["split"] > 0, 1.0)
    later = later_product(frame["split"].to_numpy())
    for name in ("open", "high", "low", "close", "dividend"):
        frame[name] *= later
    frame["volume"] /= later
    return frame


def _closed(index: pd.DatetimeIndex, calendar: str, now: datetime) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Which bars' sessions were over at `now`; without a session of the calendar, which days were."""
    moment = np.datetime64(now.astimezone(UTC).replace(tzinfo=None), "us")
    days = pd.DatetimeIndex(index.date)
    ends = (index + pd.Timedelta(days=1)).tz_convert("UTC").tz_localize(None).to_numpy().copy()
    recent = np.flatnonzero(ends > moment - np.timedelta64(7, "D"))
    if is_exchange(calendar) and len(recent):
        sessions = due_times(calendar, days[int(recent[0])], days[-1])
        for position in recent.tolist():
            if days[position].to_datetime64() in sessions:
                ends[position] = session_close(calendar, days[position])
    return np.asarray(ends <= moment)
