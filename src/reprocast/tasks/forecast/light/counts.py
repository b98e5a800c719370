"""Quantiles of counts: the least count at which a negative binomial distribution reaches a level.

Legend: … any shape, Q levels.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reprocast.errors import UnavailableError

Floats = NDArray[np.float64]


def count_quantiles(answers: Floats, levels: Sequence[float]) -> Floats:
    """Quantiles (…, Q) of counts with mean μ and dispersion α (…, 2), by halving.

    P(X ≤ k) = I_p(r, k + 1) with r = 1/α, p = 1/(1 + αμ) (Abramowitz & Stegun 26.5.26).

    Raises:
        UnavailableError: scipy is not installed.
    """
    try:
        from scipy.special import betainc  # a quarter of what scipy.stats takes to import
    except ImportError:
        raise UnavailableError("scipy is not installed; quantiles of counts need it") from None
    mean, dispersion = answers[..., :1].astype(np.float64), answers[..., 1:2].astype(np.float64)
    wanted = np.broadcast_to(np.asarray(levels), (*mean.shape[:-1], len(levels)))

    def reached(count: Floats) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = betainc(1 / dispersion, count + 1, 1 / (1 + dispersion * mean)) >= wanted
        return found

    below = np.full(wanted.shape, -1.0)
    above = np.ceil(_reach(mean, dispersion, wanted))
    while (above - below).max(initial=0) > 1:
        middle = np.floor((below + above) / 2)
        here = reached(middle)
        below, above = np.where(here, below, middle), np.where(here, np.maximum(middle, below + 1), above)
    return above


def _reach(mean: Floats, dispersion: Floats, levels: Floats) -> Floats:
    """A count that certainly reaches its level: P(X ≥ μ + tσ) ≤ 1/(1 + t²) (Cantelli's inequality)."""
    deviation = np.sqrt(mean + dispersion * mean**2)
    found: Floats = mean + deviation * np.sqrt(levels / (1 - levels)) + 1
    return found
