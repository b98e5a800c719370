"""A project folder with hand-written outputs and a SQLite store that is migrated once and copied per test."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tracked_store import migrated, root, store

from reprocast.panel import Panel, write_panel

__all__ = ["migrated", "root", "store"]

SERIES = ("A", "B")
LOOK_BACK, HORIZON = 8, 3
SEEDS = (1, 2)


def description(name: str, kind: str, fingerprint: str | None = None) -> dict:
    """model.json by hand, with the target as only channel."""
    roles = {"target": ["close"], "past": [], "future": []}
    network = kind == "network"
    return {
        "schema_version": 1,
        "kind": kind,
        "name": name,
        "task": "forecast",
        "block": {"cell": name, "hidden": 4} if network else {"kind": name, "steps": None},
        "shared": {"train": {"learning_rate": 0.003}, "seeds": list(SEEDS)} if network else {},
        "seeds": list(SEEDS) if network else [],
        "features": roles,
        "channels": roles,
        "look_back": LOOK_BACK,
        "horizon": HORIZON,
        "season": 5,
        "calendar": "D",
        "series": list(SERIES),
        "loc": [[0.0]] * len(SERIES),
        "scale": [[1.0]] * len(SERIES),
        "cost": {"parameters": 17, "multiply_adds": 5, "optimiser_steps": 9},
        "fitted": {},
        "fingerprint": fingerprint or f"{name}-1",
        "windows_sha256": "ab" * 32,
    }


def scores(name: str, kind: str, fingerprint: str | None = None, mae: float = 0.5) -> dict:
    """results/scores/<name>.json by hand."""
    split = {
        "overall": {"mae": mae, "rmse": 0.7, "mase": 0.9, "smape": None},
        "seed": {str(seed): {"mae": mae + seed / 100} for seed in SEEDS} if kind == "network" else {},
        "horizon": [{"mae": mae + step, "rmse": 1.0 + step} for step in range(HORIZON)],
        "series": {name: {"mae": mae} for name in SERIES},
    }
    folds = {"0": {"validation": split, "test": split}}
    return {"model": name, "kind": kind, "fingerprint": fingerprint or f"{name}-1", "folds": folds}


def diagnostics(name: str, fingerprint: str | None = None) -> dict:
    """results/diagnostics/<name>.json by hand: a layer that moves at every second step."""
    top = {
        "layer": 1,
        "direction": "forwards",
        "stride": 2,
        "gradient": [4, 2, 1],
        "jacobian": [1, 0.5, None],
    }
    figures = {"kept": 0.5, "growth": 1.0, "saturated": 0.25, "dead": 0.0, "clipped": 0.1}
    seeds = {str(seed): {"memory": 2 * seed, **figures, "layers": [top]} for seed in SEEDS}
    return {"model": name, "fingerprint": fingerprint or f"{name}-1", "fold": 0, "seeds": seeds}


def write(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")


CURVES = """fold,seed,epoch,train_loss,validation_loss,learning_rate,gradient_norm,clipped
0,1,1,1.5,1.25,0.003,2,1
0,1,2,1,0.75,0.002,1,0.5
0,1,3,0.5,1,0.001,0.5,0
0,2,1,2.5,2.25,0.003,2,1
0,2,2,1.5,0.25,0.002,1,0.5
"""


@pytest.fixture
def put(root: Path) -> Callable[..., None]:
    """Writes the outputs of one model."""

    def put(name: str, kind: str, fingerprint: str | None = None, mae: float = 0.5) -> None:
        write(root / "models" / name / "model.json", description(name, kind, fingerprint))
        write(root / "results" / "scores" / f"{name}.json", scores(name, kind, fingerprint, mae))
        if kind == "network":
            write(root / "results" / "training" / f"{name}.csv", CURVES)
            write(root / "results" / "diagnostics" / f"{name}.json", diagnostics(name, fingerprint))

    return put


@pytest.fixture
def outputs(root: Path, put: Callable[..., None]) -> Path:
    """A project with a network, a baseline and data."""
    put("gru", "network")
    put("naive", "baseline", mae=0.8)
    raw = {
        "vintage": "cd" * 32,
        "source": "sample",
        "request": {"series": list(SERIES)},
        "end": "2001-03-01",
        "series": {name: {"rows": 40, "first": "2001-01-01", "last": "2001-02-09"} for name in SERIES},
        "columns": ["close"],
    }
    windows = {
        "channels": {"target": ["close"], "past": [], "future": []},
        "look_back": LOOK_BACK,
        "horizon": HORIZON,
        "folds": {"0": {"train": {"windows": {"A": 3, "B": 4}}, "test": {"windows": {"A": 1, "B": 1}}}},
    }
    write(root / "data" / "raw" / "manifest.json", raw)
    write(root / "data" / "windows" / "manifest.json", windows)
    (root / "data" / "validated").mkdir()
    write_panel(panel(), root / "data" / "validated" / "panel.parquet")
    return root


def panel() -> Panel:
    """Two series of 40 days."""
    days = np.arange("2001-01-01", "2001-02-10", dtype="datetime64[D]").astype("datetime64[us]")
    values = np.arange(80.0) ** 1.5
    return Panel(SERIES, np.array([0, 40, 80]), np.concatenate([days, days]), {"close": values})
