"""The numbers behind the figures, as rows of CSV files: error by step and series, forecast against actual.

`ACTUAL` stands for a model's name where a row says what happened.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from reprocast.evaluation.selection import Scores

ACTUAL = "actual"
STEPS = 60
"""Steps of the test that the forecast figure shows."""

Rows = list[tuple[Any, ...]]

CURVES = ("model", "seed", "epoch", "train_loss", "validation_loss")
HORIZON = ("model", "step", "mae", "rmse")
SERIES = ("model", "series", "mae", "rmse")
FORECASTS = ("series", "target", "ds", "model", "value", "low", "high", "cutoff", "step")


def horizon_rows(models: Mapping[str, Scores]) -> Rows:
    """`HORIZON`: test error by step ahead (from 1), averaged over the folds."""
    return [
        (name, step + 1, *_averaged([fold[step] for fold in folds]))
        for name, folds in _test_parts(models, "horizon")
        for step in range(len(folds[0]))
    ]


def series_rows(models: Mapping[str, Scores]) -> Rows:
    """`SERIES`: test error by series, averaged over the folds that scored it."""
    return [
        (name, series, *_averaged([fold[series] for fold in folds if series in fold]))
        for name, folds in _test_parts(models, "series")
        for series in sorted({series for fold in folds for series in fold})
    ]


def _test_parts(models: Mapping[str, Scores], part: str) -> Iterator[tuple[str, list[Any]]]:
    for name in sorted(models):
        yield name, [fold["test"][part] for _, fold in sorted(models[name]["folds"].items())]


def _averaged(found: Sequence[Mapping[str, float]]) -> tuple[float, float]:
    mae, rmse = (sum(one[key] for one in found) / len(found) for key in ("mae", "rmse"))
    return mae, rmse


def forecast_rows(tables: Mapping[str, pd.DataFrame], horizon: int) -> Rows:
    """`FORECASTS`: the last test steps as they were and as each model forecast them.

    The origins shown are H steps apart, so that every step is forecast once, by the whole path from
    its origin. `low` and `high` are the least and greatest forecast of the seeds; none for a baseline.

    Args:
        tables: forecast table of the test windows by model, each with the same windows.
        horizon: steps forecast (H).
    """
    rows: Rows = []
    for position, (model, table) in enumerate(tables.items()):
        deployed, seeds = table[table["seed"].isna()], table[table["seed"].notna()]
        paths = dict(list(seeds.groupby(["unique_id", "target", "cutoff"])))
        for (series, target), part in deployed.groupby(["unique_id", "target"], sort=True):
            for _, row in part.iloc[_origins(len(part), horizon)].iterrows():
                low, high = _spread(paths.get((series, target, row["cutoff"])))
                place, steps = (series, target), range(horizon)
                if position == 0:
                    rows += [_row(place, row, h, ACTUAL, row["y"][h], None, None) for h in steps]
                spread = [(low[h], high[h]) if len(low) else (None, None) for h in steps]
                rows += [_row(place, row, h, model, row["mean"][h], *spread[h]) for h in steps]
    return sorted(rows, key=lambda row: (row[0], row[1], row[3] != ACTUAL, row[3], row[7], row[8]))


def _origins(windows: int, horizon: int) -> list[int]:
    """Positions of the windows shown: the last one and those H, 2H … before it."""
    count = max(1, STEPS // horizon)
    return list(range(windows - 1, -1, -horizon))[:count][::-1]


def _spread(seeds: pd.DataFrame | None) -> tuple[Any, Any]:
    if seeds is None:
        return (), ()
    paths = np.stack(seeds["mean"].to_list())
    return paths.min(axis=0), paths.max(axis=0)


def _row(place: Any, row: Any, h: int, model: str, value: float, low: Any, high: Any) -> tuple[Any, ...]:
    series, target = place
    cutoff = row["cutoff"].to_datetime64() if isinstance(row["cutoff"], pd.Timestamp) else row["cutoff"]
    return series, target, row["ds"][h], model, value, low, high, cutoff, h + 1
