"""Whether the champion's errors are those of its own backtest: a test of their mean, and ADWIN.

A loss a cutoff, in order of time: n of the backtest, which nothing of the model was chosen by, then those
since. Neighbouring cutoffs share steps of their horizons and hard times persist, so that n losses are worth
fewer independent ones (persistence.py); both detectors count that in.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from reprocast.evaluation.drift.persistence import LEAST, inflation
from reprocast.evaluation.drift.phases import FEWEST

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TINY = 1e-300
"""ADWIN's delta must be a positive number."""


@dataclass(frozen=True)
class Errors:
    """The latest losses beside those of the backtest."""

    backtest: float
    """Mean loss."""
    latest: float
    """Mean loss of the latest cutoffs, freed of the season of the backtest."""
    cutoffs: int
    """Of the backtest (n)."""
    steps: int
    """Latest cutoffs (m)."""
    p_value: float
    """One-sided: of a mean this high, had nothing changed."""
    since: int | None
    """First cutoff that ADWIN keeps after a cut to higher losses, counted from the backtest's end."""

    @property
    def ratio(self) -> float:
        """How many times the loss of the backtest."""
        return self.latest / self.backtest if self.backtest > 0 else 1.0


def errors(losses: Floats, phase: Ints, n: int, m: int, delta: float) -> Errors | None:
    """Compares the last m losses with the first n.

    Args:
        losses: by cutoff (n + later,), the later ones at least m.
        phase: of the cutoffs in their season, as long.
        n: cutoffs of the backtest.
        m: latest cutoffs compared.
        delta: ADWIN's confidence, a probability.

    Returns:
        None where the backtest is shorter than three times m.
    """
    if n < LEAST * m:
        return None
    free = _season_free(losses, phase, n)
    before, latest = free[:n], free[len(free) - m :]
    dependent = inflation(before, m)
    difference = float(latest.mean() - before.mean())
    error = math.sqrt(float(before.var(ddof=1)) * dependent * (1 / n + 1 / m))
    statistic = (
        difference / error if error > 0 else math.copysign(math.inf, difference) if difference else 0.0
    )
    p_value = float(stdtr(_freedom(n, m), -statistic))
    since = _cut(free, n, dependent, delta)
    return Errors(float(before.mean()), float(latest.mean()), n, m, p_value, since)


def _freedom(n: int, m: int) -> float:
    """Degrees of freedom with Bartlett's weights over m lags: 1.5 n / m (Priestley 1981, 6.2.4)."""
    return max(1.0, 1.5 * n / m - 1)


def _season_free(losses: Floats, phase: Ints, n: int) -> Floats:
    """Losses less what their phase had above the others in the backtest, where it was seen often enough."""
    free, overall = losses.astype(np.float64), losses[:n].mean()
    for one in np.unique(phase):
        known = losses[:n][phase[:n] == one]
        if len(known) >= FEWEST:
            free[phase == one] -= known.mean() - overall
    return free


def _cut(losses: Floats, n: int, dependent: float, delta: float) -> int | None:
    """Where ADWIN's latest cut after the backtest to higher losses lies, if its window still shows them.

    ADWIN (Bifet & Gavaldà 2007, theorem 3.1) cuts where two parts differ by more than a bound in
    ln(2 ln W / δ) / m; losses worth m / `dependent` independent ones need that logarithm `dependent` times,
    which a smaller δ gives. Its losses are scaled to 0 … 1, as its theorem wants them.
    """
    from river.drift import ADWIN  # late: a second

    low, high = float(losses.min()), float(losses.max())
    if high <= low:
        return None
    detector = ADWIN(delta=max(TINY, 2 * (delta / 2) ** dependent), clock=1)
    before, since = float(losses[:n].mean()), None
    for row, loss in enumerate(losses):
        width = detector.width + 1
        detector.update((loss - low) / (high - low))
        if row >= n and detector.width < width:
            since = max(0, row + 1 - int(detector.width) - n)
    level = low + float(detector.estimation) * (high - low)
    return since if since is not None and level > before else None
