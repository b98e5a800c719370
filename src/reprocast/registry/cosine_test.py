"""The gate's test: is the mean of serially dependent differences below zero, at very small levels, too.

Daily rounds test at 0.0002 or less. A test that is a little too eager at 5 %, as Diebold–Mariano's with a
consistent long-run variance is, is wrong several times too often there: with 496 cutoffs and H = 5 two times,
with H = 24 nine times (bench/gate.py). Here the long-run variance is the mean square of a few cosine
transforms of the differences, and Student's t with as many degrees of freedom is its law: Müller (2004), A
Theory of Robust Long-Run Variance Estimation; Lazarus, Lewis, Stock & Watson (2018), HAR Inference:
Recommendations for Practice; for Diebold–Mariano's statistic, Coroneo & Iacone (2020), Comparing Predictive
Accuracy in Small Samples Using Fixed-Smoothing Asymptotics. Legend: n differences, H horizon.
"""

import math

import numpy as np
from scipy.fft import dct
from scipy.special import stdtr

from reprocast.data.windows import Floats

FEWEST = 4
"""Cosines below which nothing is tested."""


def cosines(n: int, horizon: int) -> int:
    """Transforms to average: 0.41 n^(2/3), of Lazarus et al., but none faster than 1 / 8H.

    Neighbouring losses share H − 1 steps, so that their spectrum is flat below that frequency only.
    """
    usual: float = 0.41 * float(n) ** (2 / 3)
    return min(int(usual), n // (4 * horizon))


def needed(horizon: int) -> int:
    """Fewest differences at which anything is tested."""
    n = FEWEST
    while cosines(n, horizon) < FEWEST:
        n += 1
    return n


def p_below_zero(differences: Floats, horizon: int) -> float | None:
    """One-sided p-value of "the mean is not below zero", from differences in order of time (n,).

    None where they are too few. Differences that are all the same have no spread: 0 below zero, else 1.
    """
    count = cosines(len(differences), horizon)
    if count < FEWEST:
        return None
    transforms = dct(differences, type=2, norm="ortho")
    mean, spread = float(differences.mean()), float(np.sqrt(np.square(transforms[1 : count + 1]).mean()))
    if spread <= 1e-12 * max(abs(mean), float(np.abs(differences).max())):
        return 0.0 if mean < 0 else 1.0
    return float(stdtr(count, math.sqrt(len(differences)) * mean / spread))


def p_below_zero_of_series(differences: Floats) -> float | None:
    """The same across series (n,), which do not overlap: Student's paired t-test. None below ten."""
    n = len(differences)
    if n < 10:
        return None
    mean, spread = float(differences.mean()), float(differences.std(ddof=1))
    if spread <= 1e-12 * abs(mean) or spread == 0:
        return 0.0 if mean < 0 else 1.0
    return float(stdtr(n - 1, math.sqrt(n) * mean / spread))
