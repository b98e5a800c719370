"""Scalers per series and channel, fitted on training rows only, and the unit of MASE.

Legend: N series, T rows, C channels, K targets.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reprocast.data.windows import Floats, Ints
from reprocast.errors import DataError

ROUNDING = 1e-12
"""A channel whose range is a smaller share of its values than this is constant but for rounding."""


def fit_scaler(
    values: Floats, offsets: Ints, training: NDArray[np.bool_], scaling: Literal["standard", "none"]
) -> tuple[Floats, Floats]:
    """What to subtract and what to divide by (N, C), from the `training` (T,) rows of `values` (T, C).

    standard: mean and deviation (divisor: number of values), NaN left out; a constant channel is divided by
    1. none: 0 and 1. A channel without a training value gets NaN, which `refuse_unseen` explains.
    """
    shape = (len(offsets) - 1, values.shape[1])
    loc, scale = np.zeros(shape), np.ones(shape)
    if scaling == "standard":
        for n, rows in enumerate(_training_rows(values, offsets, training)):
            loc[n], scale[n] = _mean_and_deviation(rows)
    return loc, scale


def _mean_and_deviation(rows: Floats) -> tuple[Floats, Floats]:
    """Per channel (C,) over rows (R, C)."""
    seen = ~np.isnan(rows)
    count = seen.sum(axis=0)
    filled = np.where(seen, rows, 0.0)
    with np.errstate(invalid="ignore"):
        mean = filled.sum(axis=0) / count
        deviation = np.sqrt((np.where(seen, rows - mean, 0.0) ** 2).sum(axis=0) / count)
        lowest, highest = np.fmin.reduce(rows, initial=np.nan), np.fmax.reduce(rows, initial=np.nan)
    constant = highest - lowest <= ROUNDING * np.maximum(np.abs(lowest), np.abs(highest))
    return np.where(constant, lowest, mean), np.where(constant | (deviation == 0), 1.0, deviation)


def season_errors(values: Floats, offsets: Ints, training: NDArray[np.bool_], season: int) -> Floats:
    """Mean of |y(t) − y(t−season)| over training rows, per series and target (N, K) for `values` (T, K).

    The denominator of MASE (Hyndman & Koehler 2006). NaN where it is zero or no such pair of rows has
    values: MASE has no meaning there.
    """
    errors = np.full((len(offsets) - 1, values.shape[1]), np.nan)
    for n, rows in enumerate(_training_rows(values, offsets, training)):
        difference = np.abs(rows[season:] - rows[:-season])
        seen = ~np.isnan(difference)
        total, count = np.where(seen, difference, 0.0).sum(axis=0), seen.sum(axis=0)
        np.divide(total, count, out=errors[n], where=total > 0)
    return errors


def _training_rows(values: Floats, offsets: Ints, training: NDArray[np.bool_]) -> list[Floats]:
    """The training rows of each series (R, C)."""
    return [values[begin:end][training[begin:end]] for begin, end in pairwise(offsets)]


def refuse_unseen(
    values: Floats, offsets: Ints, training: NDArray[np.bool_], ids: Sequence[str], names: Sequence[str]
) -> None:
    """Raises when a series, or a channel of one, has no value in the training rows.

    Raises:
        DataError: naming series and channel.
    """
    remedy = "begin the test and validation spans later (split), or leave the series out (data.series)"
    for series, rows in zip(ids, _training_rows(values, offsets, training), strict=True):
        if not len(rows):
            raise DataError(f"series {series}: has no row before the training span ends; {remedy}")
        empty = np.flatnonzero(np.isnan(rows).all(axis=0))
        if len(empty):
            raise DataError(f"series {series}, {names[empty[0]]}: has no value to train on; {remedy}")


def scaled(values: Floats, loc: Floats, scale: Floats) -> Floats:
    """(values − loc) / scale, broadcast."""
    return (values - loc) / scale


def unscaled(values: Floats, loc: Floats, scale: Floats) -> Floats:
    """The inverse of `scaled`: values · scale + loc."""
    return values * scale + loc
