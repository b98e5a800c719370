"""Losses that the tests compare, from the forecast table: a row a window of a series, or a mean per cutoff.

Legend: R rows of a table, H horizon.
"""

import numpy as np
import pandas as pd

from reprocast.tasks.forecast.answers import in_scale


def row_losses(table: pd.DataFrame, score: str) -> pd.DataFrame:
    """Each row's place (seed, fold, unique_id, target, cutoff), its `loss` and the `steps` it averages.

    mae: absolute scaled errors. rmse: squared scaled errors, whose mean is the square of the score. Answers
    that were not observed do not count; a row without any is left out.
    """
    scaled = in_scale(table)
    error = scaled.y - scaled.mean
    loss = np.abs(error) if score == "mae" else np.square(error)  # (R, H)
    answered = ~np.isnan(scaled.y)
    steps = answered.sum(axis=1)
    seen = np.flatnonzero(steps)
    places = table[["seed", "fold", "unique_id", "target", "cutoff"]].iloc[seen].reset_index(drop=True)
    total = np.where(answered, loss, 0.0).sum(axis=1)
    return places.assign(loss=total[seen] / steps[seen], steps=steps[seen])


def losses(table: pd.DataFrame, score: str) -> "pd.Series[float]":
    """Loss of one model per cutoff, indexed by cutoff: the mean over series and targets of that over steps.

    A cutoff without an observed answer is left out.
    """
    rows = row_losses(table[table["seed"].isna()], score)
    return rows.groupby("cutoff", sort=True)["loss"].mean().rename(score)
