"""What a method that is estimated anew at each cutoff may know: every step of the series up to it.

A window shows `look_back` steps; a local method (Naive2, exponential smoothing) is fitted on all there are.
The rows stay where they are, only two numbers are kept for each example. Legend: B batch, K targets,
T rows, t steps up to a cutoff.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def _no_rows() -> Floats:
    return np.empty((0, 0))


def _nobody() -> Ints:
    return np.empty(0, np.int64)


@dataclass(frozen=True)
class History:
    """The targets of each example's series from its first step to the cutoff, unscaled."""

    values: Floats = field(default_factory=_no_rows)
    """Targets of all series (T, K), as windows.missing leaves them."""
    begins: Ints = field(default_factory=_nobody)
    """Row of the series' first step (B,)."""
    cutoffs: Ints = field(default_factory=_nobody)
    """Row of the last step seen (B,)."""
    observed: Floats | None = None
    """Under window.missing `mask`: 1 where a target was observed, 0 where not (T, K)."""

    def __len__(self) -> int:
        return len(self.cutoffs)

    def __getitem__(self, examples: slice | NDArray[Any]) -> "History":
        """Of some of the examples."""
        return History(self.values, self.begins[examples], self.cutoffs[examples], self.observed)

    def of(self, example: int) -> Floats:
        """The steps of one example up to its cutoff (t, K); NaN where none was observed."""
        rows = slice(int(self.begins[example]), int(self.cutoffs[example]) + 1)
        values = np.asarray(self.values[rows])
        return values if self.observed is None else np.where(self.observed[rows] > 0, values, np.nan)
