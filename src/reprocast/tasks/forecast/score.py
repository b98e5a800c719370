"""Scoring forecasts: from the forecast table to scores.

Legend: R rows of a table, H horizon.
"""

from typing import Any

import pandas as pd

from reprocast.evaluation import metrics
from reprocast.tasks.forecast.answers import Arrays, in_scale, in_units, is_answered
from reprocast.tasks.forecast.forecast_table import read_table, table_bytes
from reprocast.tasks.forecast.losses import losses, row_losses
from reprocast.tasks.forecast.tabulating import tabulate

__all__ = ["losses", "read_table", "row_losses", "scores", "table_bytes", "tabulate"]


def scores(table: pd.DataFrame) -> dict[str, Any]:
    """Scores of one model on one split: `overall`, and by `seed`, `horizon`, `series` and `target`.

    mae, rmse, r2, correlation and directional accuracy are scaled; mase is free of units; those that
    end in `_units` are in the target's units and left out where several targets would be mixed. Answers that
    were not observed count nowhere, and a series, seed or target without any answer is left out.
    """
    deployed = table[table["seed"].isna()]
    if not is_answered(deployed):
        return {"overall": {}, "seed": {}, "horizon": [], "series": {}, "target": {}}
    scaled, units = in_scale(deployed), in_units(deployed)
    one_target = deployed["target"].nunique() == 1
    horizon = [
        _score(scaled.step(h), units.step(h) if one_target else None) for h in range(scaled.y.shape[1])
    ]
    return {
        "overall": _score(scaled, units if one_target else None),
        "seed": _by(table[table["seed"].notna()], "seed"),
        "horizon": horizon,
        "series": _by(deployed, "unique_id"),
        "target": _by(deployed, "target"),
    }


def _by(table: pd.DataFrame, column: str) -> dict[str, dict[str, float]]:
    found = {}
    for key, rows in table.groupby(column, sort=True):
        if not is_answered(rows):
            continue
        one_target = rows["target"].nunique() == 1
        found[str(key)] = _score(in_scale(rows), in_units(rows) if one_target else None)
    return found


def _score(every: Arrays, every_unit: Arrays | None) -> dict[str, float]:
    """Scores over the entries whose answer is known; NaN where there is none."""
    scaled, units = every.observed(), every_unit and every_unit.observed()
    if not len(scaled.y):
        return dict.fromkeys(
            ("mae", "rmse", "mase", "r2", "correlation", "directional_accuracy"), float("nan")
        )
    result = {
        "mae": metrics.mae(scaled.y, scaled.mean),
        "rmse": metrics.rmse(scaled.y, scaled.mean),
        "mase": metrics.mase(scaled.y, scaled.mean, scaled.season_error),
        "r2": metrics.r2(scaled.y, scaled.mean),
        "correlation": metrics.correlation(scaled.y, scaled.mean),
        "directional_accuracy": metrics.directional_accuracy(scaled.y, scaled.mean, scaled.last),
    }
    if units is not None:
        result |= {
            "mae_units": metrics.mae(units.y, units.mean),
            "rmse_units": metrics.rmse(units.y, units.mean),
        }
        if (units.y > 0).all():
            result |= {"smape": metrics.smape(units.y, units.mean), "wape": metrics.wape(units.y, units.mean)}
    return result
