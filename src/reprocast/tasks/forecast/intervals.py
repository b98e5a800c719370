"""Conformal intervals of a forecast table: calibrated on validation, added to the test.

A fold's intervals come from the errors of its own model on its own validation windows, all series of a
target together, step by step and on the scores' scale; their answers lie before every test cutoff.
Validation itself has none: they would be calibrated on what they are judged by.

Legend: R rows of a table, H horizon, A nominal coverages, N series.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from reprocast.data.windows import Floats, Ints
from reprocast.evaluation.conformal import adaptive_radii, answered_by, split_radii
from reprocast.tasks.forecast.answers import column, in_scale, stacked
from reprocast.tasks.forecast.forecast_table import CONFORMAL

AT_ONCE = 4_000_000
"""Numbers held at once for the adaptive intervals of several series."""


def with_intervals(tables: Mapping[str, pd.DataFrame], nominal: Sequence[float]) -> dict[str, pd.DataFrame]:
    """One fold's forecast tables by split, the test's with conformal intervals of these coverages (A,)."""
    test, validation = tables["test"], tables["validation"]
    found = test.assign(**{name: np.full(len(test), None) for name in CONFORMAL})
    levels = np.asarray(_levels(nominal))
    for target in sorted(test["target"].unique()):
        rows = np.flatnonzero((test["target"] == target) & test["seed"].isna())
        earlier = validation[(validation["target"] == target) & validation["seed"].isna()]
        radii = _radii(earlier, test.iloc[rows], nominal)
        for name, radius in zip(CONFORMAL[1:], radii, strict=True):
            found[name] = _placed(found[name], rows, _ends(test.iloc[rows], radius))
        found[CONFORMAL[0]] = _placed(found[CONFORMAL[0]], rows, np.tile(levels, (len(rows), 1)))
    return {**tables, "test": found}


def _levels(nominal: Sequence[float]) -> list[float]:
    """Of the lower ends, widest first, and of the upper (2A,)."""
    tails = [(1 - one) / 2 for one in sorted(nominal, reverse=True)]
    return [round(tail, 9) for tail in tails] + [round(1 - tail, 9) for tail in reversed(tails)]


def _placed(values: "pd.Series", rows: Ints, lists: Floats) -> "pd.Series":
    """A column with a list in each of these rows."""
    placed = values.to_numpy(object, copy=True)
    for row, one in zip(rows, lists, strict=True):
        placed[row] = one
    return pd.Series(placed, values.index, dtype=object)


def _ends(table: pd.DataFrame, radii: Floats) -> Floats:
    """Ends of the intervals (R, H · 2A) in units, from half widths (R, H, A) on the scores' scale."""
    reach = radii * column(table, "scale")[..., None]
    reach = np.concatenate([-reach[..., ::-1], reach], axis=-1)  # -> (R, H, 2A)
    return (stacked(table["mean"])[..., None] + reach).reshape(len(table), -1)


def _radii(validation: pd.DataFrame, test: pd.DataFrame, nominal: Sequence[float]) -> tuple[Floats, Floats]:
    """Half widths (R, H, A) of split and of adaptive intervals, for coverages in ascending order."""
    ascending = sorted(nominal)
    errors = _errors(test)
    calibration = _errors(validation) if len(validation) else np.empty((0, errors.shape[1]))
    fixed = np.broadcast_to(split_radii(calibration, ascending), (*errors.shape, len(ascending)))
    bounds = np.flatnonzero(
        np.r_[True, test["unique_id"].to_numpy()[1:] != test["unique_id"].to_numpy()[:-1]]
    )
    series = np.split(np.arange(len(test)), bounds[1:])
    longest = max(len(rows) for rows in series)
    group = max(1, AT_ONCE // (longest * errors.shape[1] * len(ascending)))
    cutoffs, ahead = test["cutoff"].to_numpy(), stacked(test["ds"])
    known = [answered_by(cutoffs[rows], ahead[rows]) for rows in series]
    apart = [errors[rows] for rows in series]
    groups = [slice(first, first + group) for first in range(0, len(series), group)]
    parts = [_adaptive(calibration, apart[some], known[some], ascending) for some in groups]
    return fixed, np.concatenate(parts)


def _errors(table: pd.DataFrame) -> Floats:
    scaled = in_scale(table)
    return np.abs(scaled.y - scaled.mean)


def _adaptive(
    calibration: Floats, errors: Sequence[Floats], known: Sequence[Ints], nominal: Sequence[float]
) -> Floats:
    """Half widths of the rows of some series, one after the other (R, H, A)."""
    shape = (len(errors), max(map(len, errors)), errors[0].shape[1])
    padded, counts = np.full(shape, np.nan), np.zeros(shape, np.int64)
    for n, (own, answered) in enumerate(zip(errors, known, strict=True)):
        padded[n, : len(own)], counts[n, : len(own)] = own, answered
    radii = adaptive_radii(calibration, padded, counts, nominal)
    return np.concatenate([radii[n, : len(own)] for n, own in enumerate(errors)])
