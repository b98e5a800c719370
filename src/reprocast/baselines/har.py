"""HAR: each step ahead is a regression on the last value and the means of the last 5 and 22.

Corsi (2009), A Simple Approximate Long-Memory Model of Realized Volatility, equation 10, estimated
directly for each step ahead, pooled over the series in scaled space, on the training windows only.
"""

from typing import Any

import numpy as np

from reprocast.data.windows import Floats, Fold, Windows, gather
from reprocast.model import Description

SPANS = (1, 5, 22)
"""A day, a week and a month of sessions."""
FIGURES = 12
"""Significant digits kept of a coefficient: what least squares leaves behind them is rounding."""
_CHUNK = 4096


def forecast(seen: Floats, model: Description) -> Floats:
    """Forecasts (B, H, K) from the targets seen (B, L, K)."""
    coefficients = np.asarray(model.fitted["coefficients"])  # (K, H, P)
    result: Floats = np.einsum("bkp,khp->bhk", _regressors(seen), coefficients)
    return result


def fit(windows: Windows, fold: Fold, _block: dict[str, Any]) -> dict[str, Any]:
    """Least squares on the training windows: `coefficients` (K, H, P) of the `regressors` (P,)."""
    starts, targets = fold.starts["train"], len(windows.channels.target)
    regressors, answers = [], []
    for first in range(0, len(starts), _CHUNK):
        batch = gather(windows, fold, starts[first : first + _CHUNK])
        regressors.append(_regressors(batch.past[:, :, :targets]))
        answers.append(batch.target)
    x, y = np.concatenate(regressors), np.concatenate(answers)  # (M, K, P), (M, H, K)
    solved = [_solved(x[:, k], y[:, :, k]) for k in range(targets)]
    names = ["constant", *(f"mean_{span}" for span in SPANS)]
    return {"regressors": names, "coefficients": [[_rounded(row) for row in rows] for rows in solved]}


def _solved(x: Floats, y: Floats) -> Floats:
    """Coefficients (H, P) of answers (M, H) on regressors (M, P), each step from the answers observed."""
    seen = ~np.isnan(y)
    if seen.all():
        return np.asarray(np.linalg.lstsq(x, y, rcond=None)[0].T, np.float64)
    return np.stack([_solved(x[known], y[known, h, None])[0] for h, known in enumerate(seen.T)])


def _regressors(seen: Floats) -> Floats:
    """A constant and the means of the last 1, 5 and 22 targets (B, K, P) of those seen (B, L, K)."""
    means = [seen[:, -span:].mean(axis=1) for span in SPANS]
    return np.stack([np.ones_like(means[0]), *means], axis=-1)


def _rounded(row: Floats) -> list[float]:
    return [float(f"{value:.{FIGURES}g}") for value in row]
