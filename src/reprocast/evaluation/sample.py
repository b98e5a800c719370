"""What the tests look at: the test losses of all models at the same cutoffs, or of the same series.

Several cutoffs: a loss a cutoff, the mean over series, targets and steps; neighbours share H − 1 steps.
One cutoff a series (the M4 competition's protocol): a loss a series; series do not overlap in time.
Legend: n cutoffs or series, H horizon.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from reprocast.errors import InternalError

PIECES = 10
"""Stretches of `lags + 1` cutoffs, as many as must follow one another for a test.

With H = 24 and 50 or 100 cutoffs, 16 to 17 % of true nulls were rejected at 5 %, with ten pieces 9 to 11 %,
with twenty 7 to 8 % (bench/significance.py): below ten the answer would be worth nothing.
"""
PLACE = ["fold", "unique_id", "target", "cutoff"]


@dataclass(frozen=True)
class Sample:
    """Losses of all models, matched."""

    losses: pd.DataFrame
    """Mean loss by model, (n, models), in the order of time or of the series' names."""
    totals: pd.DataFrame
    """Sum of the loss over all that was scored there: totals of models have the ratio of their scores."""
    unit: Literal["origin", "series"]
    """What a row is."""
    horizon: int

    @property
    def size(self) -> int:
        """Cutoffs or series (n)."""
        return len(self.losses)

    @property
    def lags(self) -> int:
        """Autocovariances that count: none across series."""
        return lags_for(self.size, self.horizon) if self.unit == "origin" else 0

    @property
    def block(self) -> int:
        """Mean length of the bootstrap's blocks: twice as many cutoffs as losses are taken to depend on."""
        return 2 * (self.lags + 1) if self.unit == "origin" else 1

    @property
    def needed(self) -> int:
        """Fewest cutoffs or series at which anything is tested."""
        size = 1
        while self.unit == "origin" and size < PIECES * (lags_for(size, self.horizon) + 1):
            size += 1
        return max(size, PIECES)

    @property
    def testable(self) -> bool:
        """Whether there are enough."""
        return self.size >= PIECES * (self.lags + 1)


def sample(rows: Mapping[str, pd.DataFrame], horizon: int) -> Sample:
    """Matches models by what they were scored on.

    Args:
        rows: row losses of each model's deployed forecasts, with PLACE, `loss` and `steps`.
        horizon: steps that each loss averages over (H).

    Raises:
        InternalError: two models were not scored at the same places.
    """
    placed = {name: one.set_index(PLACE).sort_index() for name, one in rows.items()}
    first, *others = placed
    for other in others:
        if not placed[first].index.equals(placed[other].index):
            raise InternalError(
                f"{first} and {other} were not scored at the same cutoffs; run `reprocast repro`"
            )
    one_cutoff = placed[first].groupby(["unique_id", "target"]).size().max() == 1
    series = placed[first].index.get_level_values("unique_id").nunique()
    unit: Literal["origin", "series"] = "series" if one_cutoff and series > 1 else "origin"
    key = {"origin": "cutoff", "series": "unique_id"}[unit]
    means = {name: one["loss"].groupby(key, sort=True).mean() for name, one in placed.items()}
    totals = {name: (one["loss"] * one["steps"]).groupby(key).sum() for name, one in placed.items()}
    return Sample(pd.DataFrame(means), pd.DataFrame(totals), unit, horizon)


def by_series(rows: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Mean loss of each series (N, models), over its cutoffs, targets and steps."""
    return pd.DataFrame(
        {name: one.groupby("unique_id", sort=True)["loss"].mean() for name, one in rows.items()}
    )


def lags_for(n: int, horizon: int) -> int:
    """Autocovariances to count in: those of the overlap, H−1, and at least n^(1/3).

    With h = 5, n = 500 and losses that persist beyond the overlap (an autoregression of 0.6 under the
    average of 5 steps), H−1 lags gave 8.1 % false alarms at 5 %, n^(1/3) = 8 lags 5.8 %
    (bench/significance.py).
    """
    cube_root: float = round(float(n) ** (1 / 3), 9)  # 27 gives 3, not a little more
    return max(horizon - 1, math.ceil(cube_root))
