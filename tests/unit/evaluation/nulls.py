"""Losses as they come: two models of equal accuracy, each forecasting H steps from neighbouring cutoffs."""

import numpy as np


def path_losses(errors, horizon):
    """Mean absolute error of each path (…, n): step j ahead of a random walk errs by the sum of j shocks.

    Args:
        errors: shocks (…, n + H); a model's own.
        horizon: steps that a loss averages over (H), so that neighbouring losses share H − 1 of them.
    """
    n = errors.shape[-1] - horizon
    step, total = np.zeros((*errors.shape[:-1], n)), np.zeros((*errors.shape[:-1], n))
    for ahead in range(horizon):
        step = step + errors[..., ahead : ahead + n]
        total += np.abs(step)
    return total / horizon


def null_losses(rng, replicates, n, horizon, models=2):
    """Losses (replicates, models, n) of models that are equally good, and whose errors go together."""
    common = rng.standard_normal((replicates, 1, n + horizon))
    own = rng.standard_normal((replicates, models, n + horizon))
    return path_losses(0.7 * common + np.sqrt(0.51) * own, horizon)
