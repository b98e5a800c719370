"""How far a naive forecast was off up to each cutoff: the unit of MASE and RMSSE.

Hyndman & Koehler (2006), Another Look at Measures of Forecast Accuracy, section 3, divide by the error in the
data before the forecast. As in the M4 and M5 competitions these are all steps up to the cutoff, whatever part
of them trained a model, so that figures do not depend on how much was held out and compare with published
ones. Legend: N series, T rows, K targets, M windows.
"""

import numpy as np

from reprocast.data.history import Floats, History


def in_sample_errors(history: History, lag: int, power: int = 1) -> Floats:
    """Mean of |y(t) − y(t−lag)|^power over the steps up to each cutoff (M, K).

    NaN where it is zero or no such pair of steps has values: a score has no meaning there.
    """
    errors = np.full((len(history), history.values.shape[1]), np.nan)
    for begin in np.unique(history.begins):
        own = np.flatnonzero(history.begins == begin)
        steps = history.of(int(own[np.argmax(history.cutoffs[own])]))
        errors[own] = _running(steps, lag, power)[history.cutoffs[own] - begin]
    return errors


def _running(steps: Floats, lag: int, power: int) -> Floats:
    """The mean up to each of the steps (t, K) of one series."""
    differences = np.full(steps.shape, np.nan)
    differences[lag:] = np.abs(steps[lag:] - steps[:-lag]) ** power
    seen = ~np.isnan(differences)
    total, count = np.where(seen, differences, 0.0).cumsum(axis=0), seen.cumsum(axis=0)
    means = np.full(steps.shape, np.nan)
    np.divide(total, count, out=means, where=total > 0)
    return means
