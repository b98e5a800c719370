"""From forecasts to the forecast table, in the units of the targets.

Legend: S seeds, M windows, H horizon, K targets, N series, R rows of a table, Q levels.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reprocast.data.in_sample import in_sample_errors
from reprocast.data.windows import Floats, Ints, Windows, history_of, series_of, unit_scaler
from reprocast.errors import InternalError
from reprocast.model import Description
from reprocast.tasks.forecast.forecast_table import sorted_table
from reprocast.tasks.forecast.spread import spread_columns


def tabulate(
    windows: Windows,
    fold: int,
    split: str,
    starts: Ints,
    forecasts: NDArray[np.float64],
    model: Description,
    quantiles: NDArray[np.float64] | None = None,
    parameters: NDArray[np.float64] | None = None,
) -> pd.DataFrame:
    """Rows of the forecast table for scaled forecasts (S, M, H, K) of the windows at `starts` (M,).

    The mean of the seeds has a null seed; a network's seeds follow in rows of their own. An answer that was
    not observed is NaN. Of `quantiles` (S, M, H, K, Q) the seeds' mean is taken, level by level. `parameters`
    (S, M, H, K, P) are those of each seed's distribution, if its head is one.
    """
    _refuse_other_shapes(windows, starts, forecasts, model)
    unit = unit_scaler(windows, windows.folds[fold], starts)  # (M, K) each
    history = history_of(windows, starts)
    units_of = {
        name: in_sample_errors(history, windows.season, power)  # -> (M, K)
        for name, power in (("season_error", 1), ("season_square", 2))
    }
    answers = {"quantiles": quantiles, "parameters": parameters}
    parts = []
    for seed, member in _members(model):
        for k in range(len(windows.channels.target)):
            mean = _in_units(forecasts[member, :, :, k].mean(axis=0), unit, k)
            rows = _rows(windows, fold, starts, mean, k).assign(
                seed=pd.array([seed] * len(starts), "Int64"),
                **{name: some[:, k] for name, some in units_of.items()},
            )
            own = {name: some[member, :, :, k] for name, some in answers.items() if some is not None}
            parts.append(rows.assign(**spread_columns(model, unit[0][:, k], unit[1][:, k], **own)))
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
