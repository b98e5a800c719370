"""Ridge: each step ahead is a linear function of all targets seen, its coefficients held small.

Hoerl & Kennard (1970), Ridge Regression: Biased Estimation for Nonorthogonal Problems, estimated directly
for each step ahead, pooled over the series in scaled space, on the training windows only. The penalty is
declared, or is the power of ten with the least squared error on the validation windows.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from reprocast.data.windows import Batch, Floats, Fold, Windows, gather
from reprocast.model import Description

ALPHAS = tuple(10.0**power for power in range(-2, 5))
"""Penalties that validation chooses from."""
FIGURES = 9
"""Significant digits kept of a coefficient: what the solution leaves behind them is rounding."""
_CHUNK = 1024


def forecast(batch: Batch, model: Description) -> Floats:
    """Forecasts (B, H, K) from the targets seen."""
    return _forecast(batch, np.asarray(model.fitted["coefficients"]))


def fit(windows: Windows, fold: Fold, block: dict[str, Any]) -> dict[str, Any]:
    """`coefficients` (K, H, L+1), the constant first and the newest value last, and the penalty `alpha`."""
    squares, products = _moments(windows, fold)
    alphas = ALPHAS if block["alpha"] is None else (block["alpha"],)
    solved = {alpha: _solved(squares, products, alpha) for alpha in alphas}
    errors = {alpha: _error(solved[alpha], windows, fold) for alpha in alphas if len(alphas) > 1}
    best = min(errors, key=errors.__getitem__, default=alphas[0])
    rounded = [[[float(f"{value:.{FIGURES}g}") for value in row] for row in rows] for rows in solved[best]]
    return {"alpha": best, "coefficients": rounded}


def _moments(windows: Windows, fold: Fold) -> tuple[Floats, Floats]:
    """Sums of products of regressors (K, L+1, L+1), and of regressors and answers (K, L+1, H).

    A window counts for a target whose answers were all observed.
    """
    K, P = len(windows.channels.target), windows.look_back + 1
    squares, products = np.zeros((K, P, P)), np.zeros((K, P, windows.horizon))
    for batch in _batches(windows, fold, "train"):
        regressors = _regressors(batch.past[:, :, :K])
        for k in range(K):
            known = ~np.isnan(batch.target[:, :, k]).any(axis=1)
            x, y = regressors[known, k], batch.target[known, :, k]
            squares[k] += x.T @ x
            products[k] += x.T @ y
    return squares, products


def _solved(squares: Floats, products: Floats, alpha: float) -> Floats:
    """Coefficients (K, H, L+1) that minimise Σ (y − w x)² + alpha |w|², the constant not held small."""
    penalty = alpha * np.eye(squares.shape[1])
    penalty[0, 0] = 1e-9  # so that no windows at all have an answer, too
    found: Floats = np.asarray(np.linalg.solve(squares + penalty, products), np.float64).transpose(0, 2, 1)
    return found


def _error(coefficients: Floats, windows: Windows, fold: Fold) -> float:
    """Mean squared error on the validation windows' observed answers; without any, 0."""
    total, count = 0.0, 0
    for batch in _batches(windows, fold, "validation"):
        squared = np.square(_forecast(batch, coefficients) - batch.target)
        total += float(np.nansum(squared))
        count += int((~np.isnan(squared)).sum())
    return total / max(count, 1)


def _batches(windows: Windows, fold: Fold, split: str) -> Iterator[Batch]:
    starts = fold.starts[split]
    return (gather(windows, fold, starts[n : n + _CHUNK]) for n in range(0, len(starts), _CHUNK))


def _forecast(batch: Batch, coefficients: Floats) -> Floats:
    seen = _regressors(batch.past[:, :, : len(coefficients)])
    result: Floats = np.einsum("bkp,khp->bhk", seen, coefficients, optimize=True)
    return result


def _regressors(seen: Floats) -> Floats:
    """A constant and the targets seen (B, L, K) -> (B, K, L+1)."""
    ones = np.ones((len(seen), seen.shape[2], 1))
    return np.concatenate([ones, seen.transpose(0, 2, 1)], axis=2)
