"""Missing values, as window.missing declares: which are filled, and which rows a window may touch.

Filled values are seen, never forecast: an unobserved target is neither trained on nor scored.
Legend: T rows, C channels, K targets, R rows of one series.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from reprocast.data.windows import Channels, Floats, Ints

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Filled:
    """Values as windows show them, and what a window may do with each row."""

    values: Floats
    """Unscaled values (T, C); NaN where a value is missing and was not filled."""
    seen: Bools
    """Rows that may stand in a look-back (T,)."""
    ahead: Bools
    """Rows that may stand in a horizon (T,)."""
    cutoffs: Bools | None = None
    """Rows that may be the last one seen (T,); none: all."""


def fill(
    values: Floats, channels: Channels, offsets: Ints, missing: str, steps: int, training: Bools | None
) -> Filled:
    """Fills what is missing (NaN) in `values` (T, C), series by series (offsets (N+1,)).

    Args:
        values: what was observed.
        channels: their names by role.
        offsets: row where each series begins, and the end.
        missing: refuse and leave_out fill nothing; forward_fill repeats the last value at most `steps` times;
            interpolate draws lines through gaps of targets and past covariates of at most `steps` rows that
            begin and end in training, and fills others forward; mask repeats the last value without end.
        steps: see above.
        training: the first fold's training rows (T,); none: no row is.
    """
    lacks = np.isnan(values)
    filled = values
    if lacks.any() and missing in ("forward_fill", "interpolate", "mask"):
        filled = _filled(values, lacks, channels, offsets, missing, steps, training)
    future = filled[:, channels.future_index]
    ahead = _whole(np.isnan(future))
    if missing != "mask":
        ahead &= _whole(lacks[:, : len(channels.target)])
    cutoffs = None
    if missing == "interpolate" and training is not None:
        cutoffs = _whole(lacks[:, : channels.observed_index.start]) | ~training
    return Filled(filled, _whole(np.isnan(filled)), ahead, cutoffs)


def _whole(lacks: Bools) -> Bools:
    """Rows (T,) of which nothing is missing."""
    whole: Bools = np.logical_not(lacks.any(axis=1))
    return whole


def _filled(
    values: Floats,
    lacks: Bools,
    channels: Channels,
    offsets: Ints,
    missing: str,
    steps: int,
    training: Bools | None,
) -> Floats:
    filled, inputs = values.copy(), slice(0, channels.observed_index.start)
    for begin, end in pairwise(offsets):
        rows = slice(int(begin), int(end))
        if not lacks[rows].any():
            continue
        if missing == "interpolate" and training is not None:
            filled[rows, inputs] = interpolated(filled[rows, inputs], training[rows], steps)
        filled[rows] = forward_filled(filled[rows], values[rows], None if missing == "mask" else steps)
    return filled


def forward_filled(values: Floats, observed: Floats, steps: int | None) -> Floats:
    """`values` (R, C) of one series; a missing one becomes the last one observed, at most `steps` rows back.

    Args:
        values: what to fill.
        observed: the same before anything was filled (R, C).
        steps: none: however far back.
    """
    rows = np.arange(len(values))[:, None]
    last = np.maximum.accumulate(np.where(np.isnan(observed), -1, rows), axis=0)
    near = (last >= 0) & (rows - last <= (len(values) if steps is None else steps))
    carried = np.take_along_axis(observed, np.maximum(last, 0), axis=0)
    return np.where(np.isnan(values) & near, carried, values)


def interpolated(values: Floats, training: Bools, steps: int) -> Floats:
    """`values` (R, C) of one series with lines through gaps of at most `steps` between training rows (R,)."""
    n, rows = len(values), np.arange(len(values))[:, None]
    lacks = np.isnan(values)
    before = np.maximum.accumulate(np.where(lacks, -1, rows), axis=0)
    after = np.minimum.accumulate(np.where(lacks, n, rows)[::-1], axis=0)[::-1]
    begin, end = np.maximum(before, 0), np.minimum(after, n - 1)
    closed = lacks & (before >= 0) & (after < n) & (after - before - 1 <= steps)
    closed &= training[begin] & training[end]
    low, high = (np.take_along_axis(values, place, axis=0) for place in (begin, end))
    share = (rows - begin) / np.maximum(end - begin, 1)
    return np.where(closed, low + share * (high - low), values)
