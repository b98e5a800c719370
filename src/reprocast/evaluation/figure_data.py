"""The numbers behind the figures, as rows of CSV files: error by step and series, forecast against actual.

`ACTUAL` stands for a model's name where a row says what happened.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from reprocast.evaluation.selection import Scores, together

ACTUAL = "actual"
STEPS = 60
"""Steps of the test that the forecast figure shows."""

Rows = list[tuple[Any, ...]]

CURVES = ("model", "fold", "seed", "epoch", "train_loss", "validation_loss")
HORIZON = ("model", "step", "mae", "rmse")
SERIES = ("model", "series", "mae", "rmse")
FOLDS = (
    "model", "fold", "first_cutoff", "last_cutoff", "origins", "mae", "rmse", "validation_mae",
    "validation_rmse",
)  # fmt: skip
FORECASTS = ("series", "target", "ds", "model", "value", "low", "high", "cutoff", "step")


def horizon_rows(models: Mapping[str, Scores]) -> Rows:
    """`HORIZON`: test error by step ahead (from 1), over all folds."""
    return [
        (name, step, one["mae"], one["rmse"])
        for name, scores in sorted(models.items())
        for step, one in enumerate(together(scores, "test")["horizon"], start=1)
    ]


def series_rows(models: Mapping[str, Scores]) -> Rows:
    """`SERIES`: test error by series, over all folds."""
    return [
        (name, series, one["mae"], one["rmse"])
        for name, scores in sorted(models.items())
        for series, one in sorted(together(scores, "test")["series"].items())
    ]


def fold_rows(models: Mapping[str, Scores], tables: Mapping[str, pd.DataFrame]) -> Rows:
    """`FOLDS`: what each fold tested, and each model's errors there.

    Args:
        models: results/scores by model.
        tables: forecast table of the test windows by model.
    """
    rows: Rows = []
    for name, scores in sorted(models.items()):
        cutoffs = tables[name].groupby("fold")["cutoff"].agg(["min", "max", "nunique"])
        for fold, said in sorted((int(number), said) for number, said in scores["folds"].items()):
            first, last, origins = (_plain(cutoffs.at[fold, column]) for column in cutoffs)
            tested, validated = said["test"]["overall"], said["validation"]["overall"]
            figures = [one[key] for one in (tested, validated) for key in ("mae", "rmse")]
            rows.append((name, fold, first, last, origins, *figures))
    return rows


def forecast_rows(tables: Mapping[str, pd.DataFrame], horizon: int) -> Rows:
    """`FORECASTS`: the last test steps as they were and as each model, fitted last, forecast them.

    The origins shown are H steps apart, so that every step is forecast once, by the whole path from
    its origin. `low` and `high` are the least and greatest forecast of the seeds; none for a baseline.

    Args:
        tables: forecast table of the test windows by model, each with the same windows.
        horizon: steps forecast (H).
    """
    rows: Rows = []
    for position, (model, every) in enumerate(tables.items()):
        table = every[every["fold"] == every["fold"].max()]
        deployed, seeds = table[table["seed"].isna()], table[table["seed"].notna()]
        groups = deployed.groupby(["unique_id", "target"], sort=True)
        picked = [(place, part.iloc[_origins(len(part), horizon)]) for place, part in groups]
        near = seeds["cutoff"].isin([cutoff for _, part in picked for cutoff in part["cutoff"]])
        paths = dict(list(seeds[near].groupby(["unique_id", "target", "cutoff"])))
        for (series, target), part in picked:
            for _, row in part.iterrows():
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
    return series, target, row["ds"][h], model, value, low, high, _plain(row["cutoff"]), h + 1


def _plain(value: Any) -> Any:
    return value.to_datetime64() if isinstance(value, pd.Timestamp) else value
