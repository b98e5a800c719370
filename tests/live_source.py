"""A live source that answers what a test tells it to, in the place of Yahoo."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from reprocast.data.sources import SOURCES, Source, yahoo
from reprocast.data.sources.answer import Answer
from reprocast.errors import TryAgainError
from reprocast.panel import from_frame

BLOCK = (
    '{source: yahoo, series: [AAA, BBB], start: "2024-01-02", end: "2024-12-31", calendar: XNYS, season: 5,'
    " kind: prices}"
)
SESSIONS = [
    day
    for day in pd.bdate_range("2024-01-02", "2024-04-30")
    if day.strftime("%m-%d") not in ("01-15", "02-19", "03-29")
]


def prices(*tickers: str, sessions: int = 40, seed: int = 0) -> pd.DataFrame:
    """Raw prices with actions, as a vintage of Yahoo keeps them; longer ones begin with the shorter ones."""
    frames = []
    for n, ticker in enumerate(tickers or ("AAA", "BBB")):
        steps = np.random.default_rng([seed, n]).normal(0, 0.01, len(SESSIONS))
        close = np.round(100 * (n + 1) * np.exp(np.cumsum(steps)), 2)[:sessions]
        columns = {"open": close - 0.1, "high": close + 0.5, "low": close - 0.5, "close": close}
        rest = {"volume": 1000.0 + np.arange(sessions), "dividend": 0.0, "split": 1.0}
        frames.append(pd.DataFrame({"unique_id": ticker, "ds": SESSIONS[:sessions], **columns, **rest}))
    return pd.concat(frames, ignore_index=True)


class LiveSource:
    """Takes Yahoo's place; each call is an hour after the one before."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, frame: pd.DataFrame | None = None) -> None:
        self.frame = prices() if frame is None else frame
        self.lacking: dict[str, str] = {}
        self.is_down = False
        self.calls = 0
        monkeypatch.setitem(SOURCES, "yahoo", Source(yahoo.request, self.ask))

    def ask(self, data: Any, _operations: Any) -> Answer:
        self.calls += 1
        if self.is_down:
            raise TryAgainError("yahoo: AAA: cannot be reached after 4 attempts; try again in some minutes")
        called = datetime(2024, 5, 1, tzinfo=UTC) + timedelta(hours=self.calls)
        frame = self.frame[self.frame["unique_id"].isin(data.series)]
        frame = frame[(frame["ds"] >= str(data.start)[:10]) & (frame["ds"] <= str(data.end)[:10])]
        panel = from_frame(frame.reset_index(drop=True))
        return Answer(panel, yahoo.request(data), called.isoformat(timespec="seconds"), self.lacking)

    def set(self, ticker: str, session: int, **values: float) -> None:
        """Changes one row of what it answers from now on."""
        row = self.frame.index[self.frame["unique_id"] == ticker][session]
        for column, value in values.items():
            self.frame.loc[row, column] = value


def files(folder: str) -> dict[str, bytes]:
    """Every file below a folder."""
    return {path.as_posix(): path.read_bytes() for path in _below(folder)}


def _below(folder: str) -> Iterable[Path]:
    return sorted(path for path in Path(folder).rglob("*") if path.is_file())
