"""How far a stretch is from the rest of a series, both freed of the season: four measures of it.

`psi` and `ks` are those of the validation (data/shift.py); `spread` is ks of the distances from the middle,
which a wider or narrower series moves although its middle stays; `season` says how far the phases' means
have moved against each other, in spreads. Legend: n values of the rest, m of the stretch, P phases.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, gammaincc, kolmogorov

from reprocast.data.shift import BINS, ks, psi
from reprocast.evaluation.drift.persistence import inflation

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MEASURES = ("psi", "ks", "spread", "season")
FAR = 3.0
"""Values further than so many spreads from their phase's median count as so far: one outlier is no season."""
SEASONS = 2
"""Seasons that a stretch must span before its pattern is looked at."""
WIDTH = 0.74
"""Standard deviation of normal values in interquartile ranges."""


def measures(rest: Floats, stretch: Floats, phase: Ints) -> dict[str, float]:
    """The four, of finite values (n,) and (m,), and the phases (m,) of the latter."""
    return {
        "psi": psi(rest, stretch)[0],
        "ks": ks(rest, stretch),
        "spread": ks(np.abs(rest), np.abs(stretch)),
        "season": pattern(stretch, phase),
    }


def pattern(stretch: Floats, phase: Ints) -> float:
    """Root mean square over the phases of their mean, less the mean of all; 0 below two seasons or phases.

    Means of wild times lie further apart: where the values of a phase are more than a spread's `WIDTH` apart
    from one another, they are measured by that.
    """
    _, place = np.unique(phase, return_inverse=True)
    counts = np.bincount(place)
    if len(counts) < 2 or len(stretch) < SEASONS * len(counts):
        return 0.0
    clipped = np.clip(stretch, -FAR, FAR)
    means = np.bincount(place, clipped) / counts
    within = np.sqrt(np.square(clipped - means[place]).sum() / (len(stretch) - len(counts)))
    return float(means.std() / max(1.0, within / WIDTH))


def by_chance(
    found: Mapping[str, float], before: Floats, n: int, m: int, past: Sequence[Mapping[str, float]]
) -> dict[str, float]:
    """How often chance alone would bring each measure so far or farther.

    Dependent values are worth fewer: n and m are divided by the inflation of ranks, for `spread` by that of
    their distances from the middle, for `psi` by the larger (Rao & Scott 1981 do so for χ² of clustered
    data). `season` has the gamma distribution with the mean and variance of the same measure over the
    stretches of the reference (Satterthwaite 1946).

    Args:
        found: the measures of the stretch.
        before: the reference in order of time, NaN where missing.
        n: its values that are there.
        m: values of the stretch.
        past: measures of the reference's own stretches.
    """
    ranks = _ranks(before)
    level, folded = (inflation(values, m) for values in (ranks, np.abs(ranks - 0.5)))
    share = 1 / n + 1 / m
    wide = max(level, folded)
    return {
        "psi": float(chdtrc(BINS - 1, found["psi"] / (share * wide))),
        "ks": float(kolmogorov(found["ks"] / np.sqrt(share * wide))),
        "spread": float(kolmogorov(found["spread"] / np.sqrt(share * folded))),
        "season": _gamma_tail(found["season"] ** 2, [one["season"] ** 2 for one in past]),
    }


def _ranks(values: Floats) -> Floats:
    finite = np.isfinite(values)
    ranks = np.full(len(values), np.nan)
    ranks[finite] = (np.argsort(np.argsort(values[finite])) + 0.5) / max(finite.sum(), 1)
    return ranks


def _gamma_tail(value: float, past: Sequence[float]) -> float:
    """Probability beyond `value` of a gamma distribution with the moments of `past`."""
    mean, variance = float(np.mean(past)), float(np.var(past, ddof=1))
    if mean <= 0 or variance <= 0:
        return 1.0 if value <= mean else 0.0
    return float(gammaincc(mean * mean / variance, value * mean / variance))
