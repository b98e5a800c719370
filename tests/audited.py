"""A small subject for the audit: two tickers with actions, a plan, gaps, and rows after data.end."""

import json
from dataclasses import replace
from typing import Any

import numpy as np

from reprocast.audit.subject import Subject
from reprocast.data.calendars import due_times
from reprocast.panel import Panel
from reprocast.params.root import Params

END = "2021-06-30"
BLOCKS: dict[str, Any] = {
    "schema_version": 1,
    "task": "forecast",
    "seeds": [3],
    "data": {
        "source": "files",
        "path": "mine.csv",
        "end": END,
        "calendar": "XNYS",
        "season": 5,
        "kind": "prices",
    },
    "validation": {},
    "columns": {
        "target": ["log_volatility"],
        "past": ["log_return", "log_volume", "diff(load)", "close"],
        "future": ["day_of_week", "plan"],
        "static": ["size"],
    },
    "window": {"look_back": 22, "horizon": 2, "embargo": 3, "missing": "leave_out"},
    "split": {"test": 40, "validation": 40},
    "architectures": {"gru": {"cell": "gru", "hidden": 3}},
    "train": {"batch_size": 64, "learning_rate": 0.01},
    "baselines": {"naive": {}, "drift": {}, "har": {}},
    "compare": {},
    "runtime": {},
}


def subject(instants: int = 10, seed: int = 1, **changes: dict[str, Any]) -> Subject:
    """The subject; some keys of some blocks changed."""
    blocks = {name: {**block, **changes.get(name, {})} if isinstance(block, dict) else block
              for name, block in BLOCKS.items()}  # fmt: skip
    return Subject(Params.model_validate_json(json.dumps(blocks)), prices(), instants, seed)


def quarters_of_an_hour() -> Subject:
    """The same figures as bars of 15 minutes within sessions, without actions."""
    there, daily = due_times("XNYS@15min", "2021-06-01", "2021-06-30"), prices()
    rows = [slice(0, 390), slice(int(daily.offsets[1]), int(daily.offsets[1]) + 390)]
    left = {name: values for name, values in daily.columns.items() if name not in ("split", "dividend")}
    columns = {name: np.concatenate([values[some] for some in rows]) for name, values in left.items()}
    raw = Panel(daily.ids, np.asarray([0, 390, 780]), np.tile(there[:390], 2), columns, daily.static)
    data = {"calendar": "XNYS@15min", "end": "2021-06-18T19:00", "season": 26}
    usual = subject(data=data, columns={"future": ["hour", "plan"]})
    return replace(usual, raw=raw)


def prices(seed: int = 0) -> Panel:
    """Raw prices of A and B over 420 sessions; B begins later; some loads are missing."""
    rng = np.random.default_rng(seed)
    days = due_times("XNYS", "2020-01-02", "2021-08-31")
    times, parts = [days, days[30:]], []
    for ds in times:
        T = len(ds)
        volatility = np.exp(0.3 * np.convolve(rng.normal(size=T + 20), np.ones(21) / 4, "valid"))
        close = 50 * np.exp(np.cumsum(0.01 * rng.normal(size=T)))
        opening = close * np.exp(0.005 * rng.normal(size=T))
        width = 0.01 * volatility * np.exp(0.2 * rng.normal(size=T))
        parts.append(
            {
                "open": opening,
                "high": np.maximum(opening, close) * np.exp(width),
                "low": np.minimum(opening, close) * np.exp(-width),
                "close": close,
                "volume": rng.integers(1_000, 9_000, T).astype(float),
                "load": np.where(rng.random(T) < 0.005, np.nan, rng.normal(5, 20, T)),
                "plan": rng.normal(size=T),
                "split": np.where(np.arange(T) == T - 30, 2.0, 1.0),
                "dividend": np.where(np.arange(T) % 63 == 40, 0.2, 0.0),
            }
        )
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    offsets = np.cumsum([0, *map(len, times)]).astype(np.int64)
    return Panel(("A", "B"), offsets, np.concatenate(times), columns, {"size": np.asarray([1.0, 3.0])})
