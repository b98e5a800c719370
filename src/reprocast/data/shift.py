"""Whether the later part of a series is distributed as its training part: PSI and Kolmogorov-Smirnov.

Causal: bins and reference come from the training part alone, and nothing of this enters a model.
Legend: n values of the training part, m of the later part, B bins.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri  # scipy.stats takes twice as long to import

from reprocast.data.findings import Finding
from reprocast.data.ordered import quantiles
from reprocast.data.training_part import Part
from reprocast.panel import Panel

Floats = NDArray[np.float64]

BINS = 10
CHANCE = 0.001
"""A distance that chance alone exceeds this often, were the values independent, is no shift."""


def psi(training: Floats, later: Floats) -> tuple[float, int]:
    """Population stability index Σ (q − p) ln(q / p) over the deciles of the training part, and its B bins.

    p and q are the shares of both parts in a bin, with half a value added to each so that none is empty
    (Siddiqi 2006, Credit Risk Scorecards). Ties make fewer bins.
    """
    inner = np.unique(quantiles(training, [n / BINS for n in range(1, BINS)]))
    bins = len(inner) + 1
    p, q = (_shares(inner, values, bins) for values in (training, later))
    return float(np.sum((q - p) * np.log(q / p))), bins


def _shares(inner: Floats, values: Floats, bins: int) -> Floats:
    counts = np.bincount(np.searchsorted(inner, values, side="right"), minlength=bins) + 0.5
    shares: Floats = counts / counts.sum()
    return shares


def psi_by_chance(n: int, m: int, bins: int) -> float:
    """What PSI stays below in 99.9 % of cases without a shift: (1/n + 1/m) · χ²(B − 1).

    Yurdakul & Naranjo 2020, Statistical properties of the population stability index.
    """
    return float((1 / n + 1 / m) * chdtri(max(bins - 1, 1), CHANCE))


def ks(training: Floats, later: Floats) -> float:
    """Kolmogorov-Smirnov distance: the largest difference of the two empirical distribution functions."""
    both = np.concatenate([training, later])
    shares = [
        np.searchsorted(np.sort(values), both, side="right") / len(values) for values in (training, later)
    ]
    return float(np.abs(shares[0] - shares[1]).max())


def ks_by_chance(n: int, m: int) -> float:
    """What the distance stays below in 99.9 % of cases without a shift (Smirnov's asymptotic formula)."""
    return float(np.sqrt(-np.log(CHANCE / 2) / 2 * (1 / n + 1 / m)))


def shifted(
    panel: Panel, column: str, part: Part, most_psi: float | None, most_ks: float | None
) -> list[Finding]:
    """Series whose later part is further from training than either limit (None: not looked at) and chance."""
    values, (training, later) = panel.columns[column].astype(np.float64), part.split(panel.ds)
    finite = np.isfinite(values)
    training, later = training & finite, later & finite
    found = []
    for name, rows in panel.rows():
        before, after = values[rows][training[rows]], values[rows][later[rows]]
        if len(before) and len(after) and (said := _distance(before, after, most_psi, most_ks)):
            found.append(Finding(name, 1, 0, (), detail=said))
    return found


def _distance(before: Floats, after: Floats, most_psi: float | None, most_ks: float | None) -> str:
    """The distances in words, if one of them is too large."""
    n, m = len(before), len(after)
    index, bins = psi(before, after)
    distance = ks(before, after)
    far = [
        most_psi is not None and index > max(most_psi, psi_by_chance(n, m, bins)),
        most_ks is not None and distance > max(most_ks, ks_by_chance(n, m)),
    ]
    medians = f"median {np.median(before):.3g} in training, {np.median(after):.3g} after it"
    return f" (PSI {index:.2g}, KS {distance:.2g}; {medians})" if any(far) else ""
