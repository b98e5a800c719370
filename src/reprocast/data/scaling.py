"""Scalers fitted on training rows only, or on a window's own look-back.

Legend: B batch, L look-back, N series, T rows, R rows of one series, C channels, K targets.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ROUNDING = 1e-12
"""A channel whose range is a smaller share of its values than this is constant but for rounding."""
TINY = 1e-150
"""A smaller scale could not be squared, nor divided by without overflow: such a channel is constant, too."""
NORMAL = 1.349
"""Distance of the quartiles of a normal distribution, in deviations."""


def fit_scaler(values: Floats, training: Ints, scaling: str, over: str = "series") -> tuple[Floats, Floats]:
    """What to subtract and what to divide by (N, C), from the training rows of `values` (T, C).

    NaN is left out; a constant channel is divided by 1. `window` has the standard scaler: for channels that
    are known ahead, and where a look-back is constant. A channel without a training value gets NaN.

    Args:
        values: unscaled.
        training: first training row of each series, and the one after its last (N, 2).
        scaling: standard, robust, minmax, window or none.
        over: `series`: each its own numbers; `panel`: all the same.
    """
    shape = (len(training), values.shape[1])
    if scaling == "none":
        return np.zeros(shape), np.ones(shape)
    fit = FITS[scaling]
    if over == "panel":
        pooled = [fit(_pooled(values[:, c], training)) for c in range(shape[1])]
        loc, scale = (np.concatenate(part) for part in zip(*pooled, strict=True))
        return np.tile(loc, (shape[0], 1)), np.tile(scale, (shape[0], 1))
    loc, scale = np.empty(shape), np.empty(shape)
    for n, rows in enumerate(_rows(values, training)):
        loc[n], scale[n] = fit(rows)
    return loc, scale


def _pooled(channel: Floats, training: Ints) -> Floats:
    """The training values of all series (R, 1)."""
    return np.concatenate([channel[begin:end] for begin, end in training.tolist()])[:, None]


def _rows(values: Floats, training: Ints) -> Iterator[Floats]:
    """The training rows of each series (R, C)."""
    return (values[begin:end] for begin, end in training.tolist())


def _mean_and_deviation(rows: Floats) -> tuple[Floats, Floats]:
    """Per channel (C,) over rows (R, C); the divisor of the variance is the number of values."""
    seen = ~np.isnan(rows)
    count = seen.sum(axis=0)
    filled = np.where(seen, rows, 0.0)
    with np.errstate(invalid="ignore"):
        mean = filled.sum(axis=0) / count
        deviation = np.sqrt((np.where(seen, rows - mean, 0.0) ** 2).sum(axis=0) / count)
    return _safe(rows, mean, deviation)


def _median_and_quartiles(rows: Floats) -> tuple[Floats, Floats]:
    """Median, and distance of the quartiles in deviations of a normal distribution; (C,) over rows (R, C).

    Where half of the values are equal, so that the quartiles are, too, the deviation stands in.
    """
    quartiles = np.full((3, rows.shape[1]), np.nan)
    for c, column in enumerate(rows.T):
        seen = column[~np.isnan(column)]
        if len(seen):
            quartiles[:, c] = np.quantile(seen, (0.25, 0.5, 0.75))
    lower, median, upper = quartiles
    spread = (upper - lower) / NORMAL
    return _safe(rows, median, np.where(spread <= TINY, _mean_and_deviation(rows)[1], spread))


def _smallest_and_range(rows: Floats) -> tuple[Floats, Floats]:
    """Per channel (C,) over rows (R, C): training values fill 0 … 1."""
    lowest, highest = _range(rows)
    return _safe(rows, lowest, highest - lowest)


def _range(rows: Floats) -> tuple[Floats, Floats]:
    return np.fmin.reduce(rows, initial=np.nan), np.fmax.reduce(rows, initial=np.nan)


def _safe(rows: Floats, centre: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """Centre and spread, but the value itself and 1 for a channel that is constant."""
    lowest, highest = _range(rows)
    constant = _is_constant(lowest, highest, spread)
    return np.where(constant, lowest, centre), np.where(constant, 1.0, spread)


def _is_constant(lowest: Floats, highest: Floats, spread: Floats) -> NDArray[np.bool_]:
    equal = highest - lowest <= ROUNDING * np.maximum(np.abs(lowest), np.abs(highest))
    constant: NDArray[np.bool_] = equal | (spread <= TINY)
    return constant


FITS: Mapping[str, Callable[[Floats], tuple[Floats, Floats]]] = {
    "standard": _mean_and_deviation,
    "robust": _median_and_quartiles,
    "minmax": _smallest_and_range,
    "window": _mean_and_deviation,
}
"""By window.scaling: rows (R, C) -> loc (C,), scale (C,)."""


def own_scale(seen: Floats, fallback: Floats) -> tuple[Floats, Floats]:
    """Mean and deviation of each window's own look-back (B, C), from what it sees (B, L, C).

    Where that is constant, the scale is the `fallback` (B, C), the deviation of the training steps.
    """
    lowest, mean, deviation = seen.min(axis=1), seen.mean(axis=1), seen.std(axis=1)
    constant = _is_constant(lowest, seen.max(axis=1), deviation)
    return np.where(constant, lowest, mean), np.where(constant, fallback, deviation)


def scaled(values: Floats, loc: Floats, scale: Floats) -> Floats:
    """(values − loc) / scale, broadcast."""
    return (values - loc) / scale


def unscaled(values: Floats, loc: Floats, scale: Floats) -> Floats:
    """The inverse of `scaled`: values · scale + loc."""
    return values * scale + loc
