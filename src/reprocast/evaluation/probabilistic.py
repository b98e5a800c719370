"""Scores of quantiles and intervals, entry by entry: their mean over any part is the score of that part.

Legend: … any shape, Q levels. NaN where the answer is not known.
"""

from collections.abc import Sequence

import numpy as np

from reprocast.data.windows import Floats


def pinball(y: Floats, quantiles: Floats, levels: Sequence[float]) -> Floats:
    """Mean over levels τ of max(τ e, (τ − 1) e), e = y − q; Koenker & Bassett (1978), Regression Quantiles.

    Args:
        y: what came (…).
        quantiles: what was forecast (…, Q).
        levels: of the quantiles (Q,), ascending.
    """
    mean: Floats = _pinballs(y, quantiles, levels).mean(axis=-1)
    return mean


def crps_from_quantiles(y: Floats, quantiles: Floats, levels: Sequence[float]) -> Floats:
    """CRPS as far as quantiles tell it: 2 Σ w pinball, w the stretch of (0, 1) to which a level is nearest.

    CRPS = 2 ∫ pinball dτ (Laio & Tamea 2007, Verification Tools for Probabilistic Forecasts of Continuous
    Hydrological Variables, eq. 8); the sum is that integral with each stretch at its level's height. Two
    models' figures compare only at the same levels. Shapes as for `pinball`.
    """
    middles = (np.asarray(levels)[1:] + np.asarray(levels)[:-1]) / 2
    weights = np.diff(np.concatenate([[0.0], middles, [1.0]]))  # -> (Q,)
    total: Floats = 2 * _pinballs(y, quantiles, levels) @ weights
    return total


def _pinballs(y: Floats, quantiles: Floats, levels: Sequence[float]) -> Floats:
    """Each level's own loss (…, Q)."""
    error, level = y[..., None] - quantiles, np.asarray(levels)
    return np.maximum(level * error, (level - 1) * error)


def covered(y: Floats, low: Floats, high: Floats) -> Floats:
    """1 where low ≤ y ≤ high, else 0: the mean is the coverage.

    Christoffersen (1998), Evaluating Interval Forecasts.
    """
    return np.where(np.isnan(y), np.nan, (y >= low) & (y <= high))


def interval_score(y: Floats, low: Floats, high: Floats, nominal: float) -> Floats:
    """(high − low) + 2/α (low − y)⁺ + 2/α (y − high)⁺, α = 1 − nominal.

    Winkler (1972); Gneiting & Raftery (2007), Strictly Proper Scoring Rules, 6.2. Divided by the mean
    absolute seasonal difference its mean is MSIS (Makridakis et al. 2020, The M4 Competition).
    """
    missed = np.maximum(low - y, 0) + np.maximum(y - high, 0)
    return (high - low) + 2 / (1 - nominal) * missed


def central(levels: Sequence[float]) -> list[tuple[float, int, int]]:
    """Central intervals that levels hold: nominal coverage, and which levels bound it; narrowest first."""
    places = {round(level, 9): n for n, level in enumerate(levels)}
    pairs = [(n, places.get(round(1 - level, 9))) for level, n in places.items() if level < 0.5]
    found = [(round(levels[m] - levels[n], 9), n, m) for n, m in pairs if m is not None]
    return sorted(found)


def pit_of_quantiles(y: Floats, quantiles: Floats, levels: Sequence[float]) -> tuple[Floats, Floats, Floats]:
    """Between which levels each answer fell: edges (Q + 2,), and the lower and upper edge of each (…).

    An answer that equals a quantile lies in the stretches on both sides.
    """
    edges = np.concatenate([[0.0], levels, [1.0]])
    below = (quantiles < y[..., None]).sum(axis=-1)
    upto = (quantiles <= y[..., None]).sum(axis=-1) + 1
    return edges, edges[below], edges[upto]


def pit_shares(below: Floats, upto: Floats, edges: Floats) -> Floats:
    """Histogram of the probability integral transform: the share of answers in each stretch between edges.

    Dawid (1984); Diebold, Gunther & Tay (1998). An answer whose transform is only known to lie between F(y−)
    and F(y) is spread evenly over that stretch: Czado, Gneiting & Held (2009), Predictive Model Assessment
    for Count Data, 2.1.

    Args:
        below: F(y−) of each answer (n,).
        upto: F(y) of each answer (n,); equal to `below` where F is continuous.
        edges: ascending from 0 to 1.
    """
    total, stretch = np.empty(len(edges)), upto - below
    for n, edge in enumerate(edges):
        with np.errstate(over="ignore"):  # a stretch of next to nothing
            part = np.clip(
                np.divide(edge - below, stretch, out=np.zeros(below.shape), where=stretch > 0), 0, 1
            )
        total[n] = np.where(stretch > 0, part, (below < edge) | (edge == 1)).mean()
    return np.diff(total)
