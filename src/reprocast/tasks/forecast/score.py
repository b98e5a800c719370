"""Scoring forecasts: from arrays to the forecast table, and from the table to scores.

Legend: S seeds, M windows, H horizon, K targets, R rows of a table.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reprocast.data.windows import Floats, Ints, Windows, series_of, unit_scaler
from reprocast.errors import InternalError
from reprocast.evaluation import metrics
from reprocast.model import Description, levels_of
from reprocast.tasks.forecast.answers import Arrays, in_scale, in_units, is_answered
from reprocast.tasks.forecast.forecast_table import quantile_columns, read_table, sorted_table, table_bytes

__all__ = ["losses", "read_table", "scores", "table_bytes", "tabulate"]


def tabulate(
    windows: Windows,
    fold: int,
    split: str,
    starts: Ints,
    forecasts: NDArray[np.float64],
    model: Description,
    quantiles: NDArray[np.float64] | None = None,
) -> pd.DataFrame:
    """Rows of the forecast table for scaled forecasts (S, M, H, K) of the windows at `starts` (M,).

    The mean of the seeds has a null seed; a network's seeds follow in rows of their own. An answer that was
    not observed is NaN. Of `quantiles` (S, M, H, K, Q) the seeds' mean is taken, level by level.
    """
    _refuse_other_shapes(windows, starts, forecasts, model)
    unit = unit_scaler(windows, windows.folds[fold], starts)  # (M, K) each
    parts = []
    for seed, member in _members(model):
        for k in range(len(windows.channels.target)):
            mean = _in_units(forecasts[member, :, :, k].mean(axis=0), unit, k)
            rows = _rows(windows, fold, starts, mean, k).assign(seed=pd.array([seed] * len(starts), "Int64"))
            if quantiles is not None:
                spread = _in_units(quantiles[member, :, :, k].mean(axis=0), unit, k)
                rows = rows.assign(**quantile_columns(levels_of(model), spread))
            parts.append(rows)
    table = pd.concat(parts, ignore_index=True).assign(model=model.name, fold=fold, split=split)
    return sorted_table(table)


def _members(model: Description) -> list[tuple[int | None, slice]]:
    """Whose forecasts the table holds: the mean of all, and each seed of a network, as parts of axis S."""
    seeds = model.seeds if model.kind == "network" else ()
    return [(None, slice(None)), *((seed, slice(n, n + 1)) for n, seed in enumerate(seeds))]


def _in_units(scaled: Floats, unit: tuple[Floats, Floats], k: int) -> Floats:
    """Of target k, from scaled numbers (M, …) to its units."""
    loc, scale = (part[:, k].reshape(-1, *[1] * (scaled.ndim - 1)) for part in unit)
    return scaled * scale + loc


def _refuse_other_shapes(
    windows: Windows, starts: Ints, forecasts: NDArray[np.float64], model: Description
) -> None:
    if forecasts.shape[1:] != (len(starts), windows.horizon, len(windows.channels.target)):
        raise InternalError(
            f"models/{model.name}: forecasts of shape {forecasts.shape} for {len(starts)} windows"
        )
    if model.kind == "network" and len(model.seeds) != len(forecasts):
        raise InternalError(f"models/{model.name}: {len(forecasts)} forecasts for seeds {model.seeds}")


def _rows(windows: Windows, fold: int, starts: Ints, mean: Floats, k: int) -> pd.DataFrame:
    """Rows of target k for forecasts in its units (M, H)."""
    series, scaler, cutoff = series_of(windows, starts), windows.folds[fold], starts + windows.look_back - 1
    ahead = cutoff[:, None] + 1 + np.arange(windows.horizon)  # -> (M, H)
    return pd.DataFrame(
        {
            "unique_id": np.asarray(windows.ids, object)[series],
            "target": windows.channels.target[k],
            "cutoff": windows.ds[cutoff],
            "ds": list(windows.ds[ahead]),
            "last": windows.values[cutoff, k],
            "loc": scaler.score_loc[series, k],
            "scale": scaler.score_scale[series, k],
            "season_error": scaler.season_error[series, k],
            "y": list(_answers(windows, ahead, k)),
            "mean": list(mean),
        }
    )


def _answers(windows: Windows, rows: Ints, k: int) -> Floats:
    """What target k was at these rows (M, H); NaN where that is not known but filled."""
    values: Floats = windows.values[rows, k]
    if not windows.channels.observed:
        return values
    return np.where(windows.values[rows, windows.channels.observed_index.start + k] > 0, values, np.nan)


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


def losses(table: pd.DataFrame, score: str) -> "pd.Series[float]":
    """Loss of one model per cutoff, indexed by cutoff: the mean over series and targets of that over steps.

    mae: absolute scaled errors. rmse: squared scaled errors, whose mean is the square of the score. Answers
    that were not observed do not count; a cutoff without any is left out.
    """
    deployed = table[table["seed"].isna()]
    scaled = in_scale(deployed)
    error = scaled.y - scaled.mean
    loss = np.abs(error) if score == "mae" else np.square(error)
    seen = np.flatnonzero(~np.isnan(loss).all(axis=1))
    cutoffs = pd.Index(deployed["cutoff"].iloc[seen], name="cutoff")
    per_row = pd.Series(_mean_of_rows(loss[seen]), index=cutoffs, name=score)
    return per_row.groupby(level=0, sort=True).mean()


def _mean_of_rows(values: Floats) -> Floats:
    """Mean over the entries of each row (R,) that are no NaN."""
    means: Floats = np.nanmean(values, axis=1)
    return means
