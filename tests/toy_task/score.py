"""Labels and probabilities in the forecast table: `mae` is the mean distance between them."""

from typing import Any

import numpy as np
import pandas as pd

from reprocast.tasks.forecast import score as forecasting
from reprocast.tasks.forecast.score import losses, read_table, row_losses, scores, table_bytes, with_intervals

__all__ = ["losses", "read_table", "row_losses", "scores", "table_bytes", "tabulate", "with_intervals"]


def tabulate(windows: Any, fold: int, split: str, starts: Any, forecasts: Any, model: Any) -> pd.DataFrame:
    """Rows with labels as truth; a baseline's forecast becomes 0, ½ or 1."""
    table = forecasting.tabulate(windows, fold, split, starts, forecasts, model)
    values = [np.stack(table[name].to_list()) for name in ("y", "mean")]
    last, loc, scale = (table[name].to_numpy(float)[:, None] for name in ("last", "loc", "scale"))
    labels = (values[0] > last).astype(float)
    chances = (
        (values[1] - loc) / scale
        if model.kind == "network"
        else (1 + np.sign((values[1] - last).round(9))) / 2
    )
    plain = {"last": 0.0, "loc": 0.0, "scale": 1.0, "season_error": 1.0, "season_square": 1.0}
    return table.assign(y=list(labels), mean=list(chances), **plain)
