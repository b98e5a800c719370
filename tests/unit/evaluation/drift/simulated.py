"""Series with a season, dependent values, and a change after a row: what the tests of drift look at."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from reprocast.evaluation.drift.inputs import Reference
from reprocast.params.drift import Drift

Floats = NDArray[np.float64]

BEGIN, STEPS = 400, 250
"""Rows of the reference, and of what comes after it."""
POLICY = Drift()
LIMITS = {"psi": POLICY.psi, "ks": POLICY.ks, "spread": POLICY.ks, "season": POLICY.season}
AMPLITUDE = 2.0


def series(
    rng: np.random.Generator, season: int, change: str = "none", persistence: float = 0.0, begin: int = BEGIN
) -> Floats:
    """A sine of the season and an autoregression of unit variance; `change` sets in after `begin`."""
    length = begin + STEPS
    noise = rng.normal(size=length + 100)
    rest = lfilter([np.sqrt(1 - persistence**2)], [1, -persistence], noise)[100:]
    turn = 2 * np.pi * np.arange(length) / season
    after = np.arange(length) >= begin
    if change == "spread":
        rest = np.where(after, 2.5 * rest, rest)
    shape = AMPLITUDE * np.sin(turn + np.pi * (after & (change == "season")))
    level = 1.5 * (after & (change == "level"))
    grown: Floats = shape + rest + level
    return grown


def alarms_in_a_year(values: Floats, season: int, begin: int = BEGIN) -> list[tuple[str, ...]]:
    """What each weekly look of 250 steps finds, with the policy as it comes."""
    reference = Reference(values, np.arange(len(values)) % season, begin)
    chance = POLICY.alpha / POLICY.looks / 4
    found = []
    for step in range(20, STEPS + 1, POLICY.schedule):
        m = POLICY.window if step >= POLICY.window else POLICY.window // 3
        far = reference.distance(begin + step, m, LIMITS, chance)
        assert far is not None
        found.append(far.beyond)
    return found
