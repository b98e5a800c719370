"""Forecast tables by fold: each fold's windows by the model fitted for it, and what the folds say together.

Legend: M windows, S seeds, H horizon, K targets.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reprocast.data.windows import Ints, Windows
from reprocast.evaluation.forecasting import forecast_windows, quantiles_of_windows
from reprocast.model import Model, fitted_for
from reprocast.tasks.protocol import Score

SPLITS = ("validation", "test")
"""Those that are scored."""


@dataclass(frozen=True)
class FoldTables:
    """The forecasts of one fold."""

    tables: Mapping[str, pd.DataFrame]
    """Forecast table by split."""
    selecting: pd.DataFrame
    """The rows of validation that select a model: none of their targets is tested in an earlier fold.

    A model that is not refitted has one validation span, and only the fold it was fitted on counts it."""


def tabulate_fold(model: Model, windows: Windows, fold: int, task: Score) -> FoldTables:
    """Forecasts the validation and test windows of a fold with the model that was fitted for it."""
    starts = {split: np.asarray(windows.folds[fold].starts[split]) for split in SPLITS}
    forecasts = {
        split: forecast_windows(model, windows, windows.folds[fold], some) for split, some in starts.items()
    }

    quantiles = {
        split: quantiles_of_windows(model, windows, windows.folds[fold], some)
        for split, some in starts.items()
    }

    def table(split: str, kept: slice | NDArray[np.bool_] = slice(None)) -> pd.DataFrame:
        some, spread = starts[split][kept], quantiles[split]
        beside = {} if spread is None else {"quantiles": spread[:, kept]}
        return task.tabulate(
            windows, fold, split, some, forecasts[split][:, kept], model.description, **beside
        )

    tables, clear = {split: table(split) for split in SPLITS}, untested(windows, fold, starts["validation"])
    clear &= fitted_for(windows, fold) == fold
    return FoldTables(tables, tables["validation"] if clear.all() else table("validation", clear))


def untested(windows: Windows, fold: int, starts: Ints) -> NDArray[np.bool_]:
    """Which windows (M,) of a fold have no target within the test span of an earlier fold.

    A later fold validates on what an earlier one was tested on; to choose a model by it would be to
    choose by test scores.
    """
    first = windows.ds[starts + windows.look_back]
    last = windows.ds[starts + windows.look_back + windows.horizon - 1]
    clear = np.ones(len(starts), bool)
    for number, earlier in windows.folds.items():
        if number < fold:
            begin, end = earlier.bounds["test"]
            clear &= (last < begin) | (first > end)
    return clear


def pooled(folds: Mapping[int, FoldTables]) -> dict[str, pd.DataFrame]:
    """Tables over all folds by split; validation without what was tested in an earlier fold, and once."""
    ordered = [folds[number] for number in sorted(folds)]
    return {
        "validation": pd.concat([one.selecting for one in ordered], ignore_index=True),
        "test": pd.concat([one.tables["test"] for one in ordered], ignore_index=True),
    }
