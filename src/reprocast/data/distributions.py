"""Where the values of a new answer are distributed otherwise than those of the one before."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reprocast.panel import Panel

Floats = NDArray[np.float64]

LARGE = 0.25
"""A PSI above it is called a shift (Siddiqi 2006)."""
ENOUGH = 20
"""New rows from which on their steps are compared with the steps before."""
LEVELS, STEPS = "values", "steps of the new rows"


@dataclass(frozen=True)
class Shift:
    """A column that is distributed otherwise."""

    series: str
    column: str
    what: str
    """LEVELS: all its values, against all there were. STEPS: those of the new rows, against before."""
    psi: float
    ks: float


def shifts(series: str, before: Panel, after: Panel) -> Iterator[Shift]:
    """The columns of one series with a large PSI, larger than chance explains.

    Levels show changed units and rewritten history; of what was appended, levels of a trending series always
    differ, so that its steps are compared: log differences of positive values, otherwise differences.
    """
    if not len(before) or not len(after):
        return
    new = after.ds > before.ds[-1]
    for column in before.columns.keys() & after.columns.keys():
        old, now = (panel.columns[column].astype(np.float64) for panel in (before, after))
        steps = _steps(now)
        pairs = {LEVELS: (old, now)} | ({STEPS: (steps[~new], steps[new])} if new.sum() >= ENOUGH else {})
        for what, (first, second) in pairs.items():
            yield from _large(series, column, what, first, second)


def _large(series: str, column: str, what: str, before: Floats, after: Floats) -> Iterator[Shift]:
    from reprocast.data.shift import ks, psi, psi_by_chance  # late: an unchanged answer needs no scipy

    before, after = before[np.isfinite(before)], after[np.isfinite(after)]
    if len(before) < ENOUGH or len(after) < ENOUGH:
        return
    index, bins = psi(before, after)
    if index > max(LARGE, psi_by_chance(len(before), len(after), bins)):
        yield Shift(series, column, what, index, ks(before, after))


def _steps(values: Floats) -> Floats:
    """From the row before, NaN at the first (T,)."""
    positive = bool((values[np.isfinite(values)] > 0).all())
    known = np.log(values) if positive else values
    return np.concatenate([[np.nan], np.diff(known)])
