"""Whether one could have known beforehand which of two models would be better: Giacomini and White's test.

Two models can be equally accurate on average while one is better after some times and the other after others.
Legend: n cutoffs, H horizon.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from reprocast.data.windows import Floats
from reprocast.evaluation.sample import Sample, lags_for


@dataclass(frozen=True)
class Conditional:
    """A test of equal conditional predictive ability of models `a` and `b`."""

    a: str
    b: str
    statistic: float | None
    """Wald statistic; None where there are too few cutoffs, or no cutoffs but series."""
    p_value: float | None
    """By χ² with two degrees of freedom."""
    origins: int
    """Cutoffs whose earlier difference was known."""


def predictive_ability(a: str, b: str, sample: Sample) -> Conditional:
    """Giacomini & White (2006), Tests of Conditional Predictive Ability, theorem 3 and section 3.4.

    Z_t = h_t ΔL_t, with instruments h_t known at the cutoff: a constant and the difference of H cutoffs
    before, the last whose H steps lie wholly behind (H rows back are at least H steps back). The statistic is
    n Z̄′ Ω⁻¹ Z̄ with Ω after Newey & West (1987), not centred, since its mean is zero under the null.
    """
    H, differences = sample.horizon, (sample.losses[a] - sample.losses[b]).to_numpy(float)
    n = max(len(differences) - H, 0)
    if sample.unit == "series" or not sample.testable or n < 2 * H:
        return Conditional(a, b, None, None, n)
    size = float(np.abs(differences).max()) or 1.0
    later, earlier = differences[H:] / size, differences[:-H] / size
    moments = np.column_stack([later, later * earlier])
    if not later.any():
        return Conditional(a, b, 0.0, 1.0, n)
    covariance = newey_west(moments, lags_for(n, H))
    if np.linalg.matrix_rank(covariance, hermitian=True) < 2:
        return Conditional(a, b, None, None, n)
    mean = moments.mean(axis=0)
    statistic = float(n * mean @ np.linalg.solve(covariance, mean))
    return Conditional(a, b, statistic, float(chdtrc(2, statistic)), n)


def newey_west(moments: Floats, lags: int) -> Floats:
    """Long-run covariance (q, q) of moments (n, q) with mean zero: Γ₀ + Σ (1 − k/(lags + 1)) (Γₖ + Γₖ′)."""
    n = len(moments)
    covariance: Floats = moments.T @ moments / n
    for k in range(1, lags + 1):
        gamma = moments[k:].T @ moments[: n - k] / n
        covariance = covariance + (1 - k / (lags + 1)) * (gamma + gamma.T)
    return covariance
