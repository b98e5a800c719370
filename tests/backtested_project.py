"""The hand-written project with a backtest: results/forecasts/<name>.parquet, from which intervals come."""

from pathlib import Path

import numpy as np
import pandas as pd

from reprocast.tasks.forecast.forecast_table import table_bytes

ORIGINS, HORIZON = 12, 3
ERRORS = np.arange(1.0, 1 + 2 * ORIGINS)
"""Absolute errors of each step: of series A the first half, of B the other; in units of the scale, 2."""
LEVELS = [0.1, 0.9]
RADIUS = 20.0
"""⌈(24 + 1) · 0.8⌉ = 20th smallest error."""


def put_backtest(root: Path, name: str) -> None:
    """Errors of known size on the test alone, with an 80 % interval."""
    days = np.datetime64("2001-01-10", "us") + np.arange(ORIGINS + HORIZON) * np.timedelta64(1, "D")
    rows = [
        {
            "model": name, "fold": 0, "split": "test", "unique_id": series, "target": "close",
            "cutoff": days[n], "ds": list(days[n + 1 : n + 1 + HORIZON]), "last": 0.0, "loc": 0.0,
            "scale": 2.0, "season_error": 1.0, "season_square": 1.0, "mean": [0.0] * HORIZON,
            "y": [2.0 * ERRORS[s * ORIGINS + n] * (-1) ** n] * HORIZON, "conformal_levels": LEVELS,
            "conformal_split": [0.0] * 2 * HORIZON, "conformal_adaptive": [0.0] * 2 * HORIZON,
        }
        for s, series in enumerate(("A", "B"))
        for n in range(ORIGINS)
    ]  # fmt: skip
    table = pd.DataFrame(rows).assign(seed=pd.array([None] * len(rows), "Int64"))
    path = root / "results" / "forecasts" / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(table_bytes(table))
