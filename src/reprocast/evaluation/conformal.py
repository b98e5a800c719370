"""Conformal intervals: how far answers may lie from any point forecast, learned from earlier errors alone.

Legend: n calibration windows, H horizon, A nominal coverages, N series, R origins of a series.
"""

from collections.abc import Sequence

import numpy as np

from reprocast.data.windows import Floats, Ints

RATE = 0.005
"""γ of the adaptive intervals, as Gibbs & Candès (2021) have it in their experiments."""
ROUNDING = 1e-9
"""(n + 1) · nominal is a whole number up to this."""


def split_radii(errors: Floats, nominal: Sequence[float]) -> Floats:
    """Half widths (H, A): the ⌈(n + 1) · nominal⌉-th smallest of n errors; infinite beyond the largest.

    Vovk, Gammerman & Shafer (2005); Lei et al. (2018), Distribution-Free Predictive Inference for
    Regression, 2.2. If the answers ahead are exchangeable with those of calibration, the coverage is at
    least nominal, and above it by 1/(n + 1) at most. Windows that overlap are no independent draws and
    times change, so that on a series this is an approximation; its coverage has to be measured, and is.

    Args:
        errors: absolute errors of calibration (n, H); NaN where the answer is not known.
        nominal: coverages asked for (A,).
    """
    ladder, counts = _ladder(errors)
    ranks = _ranks(counts[:, None], 1 - np.asarray(nominal))  # -> (H, A)
    return ladder[np.minimum(ranks, counts[:, None] + 1), np.arange(len(counts))[:, None]]


def adaptive_radii(
    calibration: Floats, errors: Floats, known: Ints, nominal: Sequence[float], rate: float = RATE
) -> Floats:
    """Half widths (N, R, H, A) that widen after answers outside and narrow after answers within.

    α ← α + γ (α* − 1{outside}), from α* = 1 − nominal, for each series, step and coverage; the half width is
    that of split conformal at the present α. Gibbs & Candès (2021), Adaptive Conformal Inference Under
    Distribution Shift, eq. 2. A forecast h steps ahead is judged only when its answer has come: at a cutoff,
    α has moved by the answers known then. Where α asks for more than the largest error of calibration, that
    error is taken (theirs would be infinite), unless `nominal` itself asks for more.

    Args:
        calibration: absolute errors of earlier windows (n, H); NaN where the answer is not known.
        errors: absolute errors of the series' origins in their order (N, R, H); NaN where not known.
        known: how many of the series' first origins have their answer at step h by the cutoff (N, R, H).
        nominal: coverages asked for (A,).
        rate: γ.
    """
    ladder, counts = _ladder(calibration)
    miss = 1 - np.asarray(nominal)
    first = _ranks(counts[:, None], miss)  # -> (H, A)
    most = np.where(first > counts[:, None], counts[:, None] + 1, counts[:, None])
    N, R, H = errors.shape
    moved = np.zeros((N, R + 1, H, len(miss)))
    radii = np.empty((N, R, H, len(miss)))
    series, step = np.arange(N)[:, None], np.arange(H)
    for r in range(R):
        alpha = miss + rate * moved[series, known[:, r], step]  # -> (N, H, A)
        ranks = np.clip(_ranks(counts[:, None], alpha), 0, most)
        radii[:, r] = ladder[ranks, step[:, None]]
        error = errors[:, r, :, None]
        judged = np.where(np.isnan(error), 0.0, miss - (error > radii[:, r]))
        moved[:, r + 1] = moved[:, r] + judged
    return radii


def _ladder(errors: Floats) -> tuple[Floats, Ints]:
    """Each step's errors, smallest first, from 0 at the foot to infinity (n + 2, H); how many (H,)."""
    counts = (~np.isnan(errors)).sum(axis=0)
    ordered = np.sort(np.where(np.isnan(errors), np.inf, errors), axis=0)
    foot, top = np.zeros((1, errors.shape[1])), np.full((1, errors.shape[1]), np.inf)
    return np.concatenate([foot, ordered, top]), counts


def _ranks(counts: Ints, alpha: Floats) -> Ints:
    """⌈(n + 1)(1 − α)⌉."""
    ranks: Ints = np.ceil((counts + 1) * (1 - alpha) - ROUNDING).astype(np.int64)
    return ranks


def answered_by(cutoffs: np.ndarray, ahead: np.ndarray) -> Ints:
    """How many of a series' first origins have their answer at step h by each cutoff (R, H).

    Args:
        cutoffs: of the origins, increasing (R,).
        ahead: times of the answers (R, H).
    """
    columns = [np.searchsorted(times, cutoffs, side="right") for times in ahead.T]
    return np.stack(columns, axis=1).astype(np.int64)
