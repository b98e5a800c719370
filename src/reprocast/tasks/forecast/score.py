"""Scoring forecasts: from arrays to the forecast table, and from the table to scores.

Legend: S seeds, M windows, H horizon, K targets, R rows of a table.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reprocast.data.windows import Floats, Ints, Windows, series_of
from reprocast.errors import InternalError
from reprocast.evaluation import metrics
from reprocast.model import Description
from reprocast.tasks.forecast.forecast_table import read_table, sorted_table, table_bytes

__all__ = ["losses", "read_table", "scores", "table_bytes", "tabulate"]


def tabulate(
    windows: Windows,
    fold: int,
    split: str,
    starts: Ints,
    forecasts: NDArray[np.float64],
    model: Description,
) -> pd.DataFrame:
    """Rows of the forecast table for scaled forecasts (S, M, H, K) of the windows at `starts` (M,).

    The mean of the seeds has a null seed; a network's seeds follow in rows of their own.
    """
    _refuse_other_shapes(windows, starts, forecasts, model)
    members: list[tuple[int | None, Floats]] = [(None, forecasts.mean(axis=0))]
    members += list(zip(model.seeds, forecasts, strict=True)) if model.kind == "network" else []
    parts = [
        _rows(windows, fold, starts, scaled[:, :, k], k).assign(seed=pd.array([seed] * len(starts), "Int64"))
        for seed, scaled in members
        for k in range(len(windows.channels.target))
    ]
    table = pd.concat(parts, ignore_index=True).assign(model=model.name, fold=fold, split=split)
    return sorted_table(table)


def _refuse_other_shapes(
    windows: Windows, starts: Ints, forecasts: NDArray[np.float64], model: Description
) -> None:
    if forecasts.shape[1:] != (len(starts), windows.horizon, len(windows.channels.target)):
        raise InternalError(
            f"models/{model.name}: forecasts of shape {forecasts.shape} for {len(starts)} windows"
        )
    if model.kind == "network" and len(model.seeds) != len(forecasts):
        raise InternalError(f"models/{model.name}: {len(forecasts)} forecasts for seeds {model.seeds}")


def _rows(windows: Windows, fold: int, starts: Ints, scaled: Floats, k: int) -> pd.DataFrame:
    """Rows of target k for scaled forecasts (M, H)."""
    series, scaler, cutoff = series_of(windows, starts), windows.folds[fold], starts + windows.look_back - 1
    ahead = cutoff[:, None] + 1 + np.arange(windows.horizon)  # -> (M, H)
    loc, scale = scaler.loc[series, k], scaler.scale[series, k]
    return pd.DataFrame(
        {
            "unique_id": np.asarray(windows.ids, object)[series],
            "target": windows.channels.target[k],
            "cutoff": windows.ds[cutoff],
            "ds": list(windows.ds[ahead]),
            "last": windows.values[cutoff, k],
            "loc": loc,
            "scale": scale,
            "season_error": scaler.season_error[series, k],
            "y": list(windows.values[ahead, k]),
            "mean": list(scaled * scale[:, None] + loc[:, None]),
        }
    )


@dataclass(frozen=True)
class _Arrays:
    """Columns of a table as arrays: y and mean (R, H), the others (R, 1); `scaled` or in units."""

    y: Floats
    mean: Floats
    last: Floats
    season_error: Floats

    def step(self, h: int) -> "_Arrays":
        """One step ahead only."""
        return _Arrays(self.y[:, h : h + 1], self.mean[:, h : h + 1], self.last, self.season_error)


def _arrays(table: pd.DataFrame) -> _Arrays:
    y, mean = (np.stack(table[name].to_list()) for name in ("y", "mean"))
    last, season_error = (table[name].to_numpy(float)[:, None] for name in ("last", "season_error"))
    return _Arrays(y, mean, last, season_error)


def _scaled(table: pd.DataFrame) -> _Arrays:
    units = _arrays(table)
    loc, scale = (table[name].to_numpy(float)[:, None] for name in ("loc", "scale"))
    y, mean, last = ((part - loc) / scale for part in (units.y, units.mean, units.last))
    return _Arrays(y, mean, last, units.season_error / scale)


def scores(table: pd.DataFrame) -> dict[str, Any]:
    """Scores of one model on one split: `overall`, and by `seed`, `horizon`, `series` and `target`.

    mae, rmse, r2, correlation and directional accuracy are scaled; mase is free of units; those that
    end in `_units` are in the target's units and left out where several targets would be mixed.
    """
    deployed = table[table["seed"].isna()]
    if deployed.empty:
        return {"overall": {}, "seed": {}, "horizon": [], "series": {}, "target": {}}
    scaled, units = _scaled(deployed), _arrays(deployed)
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
        one_target = rows["target"].nunique() == 1
        found[str(key)] = _score(_scaled(rows), _arrays(rows) if one_target else None)
    return found


def _score(scaled: _Arrays, units: _Arrays | None) -> dict[str, float]:
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


def losses(table: pd.DataFrame, score: str) -> "pd.Series[float]":
    """Loss of one model per cutoff, indexed by cutoff: the mean over series, targets and steps.

    mae: absolute scaled errors. rmse: squared scaled errors, whose mean is the square of the score.
    """
    deployed = table[table["seed"].isna()]
    scaled = _scaled(deployed)
    error = scaled.y - scaled.mean
    loss = np.abs(error) if score == "mae" else np.square(error)
    per_row = pd.Series(loss.mean(axis=1), index=pd.Index(deployed["cutoff"], name="cutoff"), name=score)
    return per_row.groupby(level=0, sort=True).mean()
