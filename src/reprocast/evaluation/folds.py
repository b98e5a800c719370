"""Forecast tables by fold: each fold's windows by the model fitted for it, and what the folds say together.

Legend: M windows, S seeds, H horizon, K targets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reprocast.data.windows import Ints, Windows
from reprocast.evaluation.forecasting import forecast_windows, parameters_of_windows, quantiles_of_windows
from reprocast.model import Model, fitted_for
from reprocast.params.compare import LEVELS
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


def tabulate_fold(
    model: Model, windows: Windows, fold: int, task: Score, nominal: Sequence[float] = LEVELS
) -> FoldTables:
    """Forecasts the validation and test windows of a fold with the model that was fitted for it.

    `nominal` are the coverages of the intervals that the test gets from the errors on validation.
    """
    starts = {split: np.asarray(windows.folds[fold].starts[split]) for split in SPLITS}
    forecasts = {
        split: forecast_windows(model, windows, windows.folds[fold], some) for split, some in starts.items()
    }
    spreads = {split: _spread(model, windows, fold, some) for split, some in starts.items()}

    def table(split: str, kept: slice | NDArray[np.bool_] = slice(None)) -> pd.DataFrame:
        some, beside = starts[split][kept], {name: part[:, kept] for name, part in spreads[split].items()}
        return task.tabulate(
            windows, fold, split, some, forecasts[split][:, kept], model.description, **beside
        )

    clear = untested(windows, fold, starts["validation"]) & (fitted_for(windows, fold) == fold)
    tables = task.with_intervals({split: table(split) for split in SPLITS}, nominal)
    return FoldTables(tables, tables["validation"] if clear.all() else table("validation", clear))


def _spread(model: Model, windows: Windows, fold: int, starts: Ints) -> dict[str, NDArray[np.float64]]:
    """What a model says of its uncertainty: quantiles and a distribution's parameters, if it has them."""
    asked = {"quantiles": quantiles_of_windows, "parameters": parameters_of_windows}
    found = {name: ask(model, windows, windows.folds[fold], starts) for name, ask in asked.items()}
    return {name: part for name, part in found.items() if part is not None}


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
