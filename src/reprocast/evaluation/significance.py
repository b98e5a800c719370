"""Which differences between two models are real: the Diebold–Mariano test for overlapping horizons.

A loss per cutoff averages H steps, and neighbouring cutoffs share H−1 of them, so that the
differences of two models' losses are correlated over H−1 cutoffs at least, and more where easy and
hard times persist. The variance counts that in.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from scipy.special import stdtr

from reprocast.data.windows import Floats
from reprocast.evaluation.sample import Sample

POWER = 0.8
"""Probability of finding a difference of the observed size that `origins_needed` asks for."""


@dataclass(frozen=True)
class Comparison:
    """A test of equal accuracy of models `a` and `b`; negative differences speak for `a`."""

    a: str
    b: str
    origins: int
    """Cutoffs compared (n); series, where the sample goes across series."""
    difference: float
    """Mean of loss of a − loss of b over them."""
    error: float | None
    """Standard error of the difference; None where there are too few."""
    statistic: float | None
    """Diebold–Mariano's statistic with the Harvey–Leybourne–Newbold correction."""
    p_value: float | None
    """Two-sided, Student's t with n−1 degrees of freedom; None where there are too few cutoffs."""
    lags: int
    """Autocovariances counted in."""
    kernel: str
    """`rectangular`, or `bartlett` where that gave no positive variance."""
    origins_needed: int | None
    """Cutoffs at which a difference of this size would be found with 80 % power; None: never."""


def compare_losses(a: str, b: str, sample: Sample, alpha: float) -> Comparison:
    """Tests whether two models' mean losses differ.

    Diebold & Mariano (1995), Comparing Predictive Accuracy, with the correction of Harvey, Leybourne
    & Newbold (1997), Testing the Equality of Prediction Mean Squared Errors, equation 9. Across series, which
    do not overlap, no autocovariance counts and it is Student's paired t-test.

    Args:
        a: name of the first model.
        b: name of the second model.
        sample: losses of both.
        alpha: level at which `origins_needed` asks for power.
    """
    differences = sample.losses[a].to_numpy(float) - sample.losses[b].to_numpy(float)
    n, lags = sample.size, sample.lags
    mean = float(differences.mean()) if n else 0.0
    if not sample.testable:
        return Comparison(a, b, n, mean, None, None, None, lags, "rectangular", None)
    variance, kernel = long_run_variance(differences, lags)
    shrink = (n + 1 - 2 * (lags + 1) + (lags + 1) * lags / n) / n
    error = math.sqrt(variance / n / shrink)
    statistic = mean / error if error > 0 else math.copysign(math.inf, mean) if mean else 0.0
    p_value = float(2 * stdtr(n - 1, -abs(statistic)))
    needed = origins_needed(mean, variance, alpha)
    return Comparison(a, b, n, mean, error, statistic, p_value, lags, kernel, needed)


def long_run_variance(differences: Floats, lags: int) -> tuple[float, str]:
    """Variance of the mean times n, from the differences (n,), and the kernel that gave it.

    The rectangular kernel, γ₀ + 2 Σ γₖ, is Diebold & Mariano's; it can come out at zero or below, and
    then Bartlett's weights 1 − k/(lags + 1) (Newey & West 1987) take its place, which never does.
    """
    centred, n = differences - differences.mean(), len(differences)
    gamma = np.array([centred[k:] @ centred[: n - k] for k in range(lags + 1)]) / n
    rectangular = float(gamma[0] + 2 * gamma[1:].sum())
    if rectangular > 0 or gamma[0] == 0:
        return max(rectangular, 0.0), "rectangular"
    weights = 1 - np.arange(1, lags + 1) / (lags + 1)
    return float(gamma[0] + 2 * (weights * gamma[1:]).sum()), "bartlett"


def origins_needed(difference: float, variance: float, alpha: float) -> int | None:
    """Cutoffs n at which a true `difference` would be found at level `alpha` with 80 % power.

    n = (z₁₋α⸝₂ + z₀.₈)² · variance / difference², the usual sample size with the long-run variance
    in place of the variance. It takes the observed difference for the true one, so it is a rough
    answer to "how much longer", not a promise. None where the difference is zero.
    """
    if difference == 0:
        return None
    z = NormalDist().inv_cdf(1 - alpha / 2) + NormalDist().inv_cdf(POWER)
    needed = z * z * variance / (difference * difference)
    return math.ceil(needed) if needed < 1e9 else None


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """p-values adjusted for testing several hypotheses at once; None stays None and does not count.

    Holm (1979), A Simple Sequentially Rejective Multiple Test Procedure: the i-th smallest of m is
    multiplied by m − i + 1, and none may be smaller than the one before.
    """
    known = sorted((p, at) for at, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (p, at) in enumerate(known):
        largest = max(largest, min(1.0, (len(known) - rank) * p))
        adjusted[at] = largest
    return adjusted
