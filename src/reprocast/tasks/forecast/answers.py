"""The arrays that scores are computed from, and which of their answers were observed.

Legend: R rows of a table, H horizon.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from reprocast.data.windows import Floats


@dataclass(frozen=True)
class Arrays:
    """Columns of a table as arrays: y and mean (R, H), the others (R, 1); scaled or in units."""

    y: Floats
    mean: Floats
    last: Floats
    season_error: Floats

    def step(self, h: int) -> "Arrays":
        """One step ahead only."""
        return Arrays(self.y[:, h : h + 1], self.mean[:, h : h + 1], self.last, self.season_error)

    def observed(self) -> "Arrays":
        """The entries whose answer is known, each (n,)."""
        seen = ~np.isnan(self.y)
        others = (np.broadcast_to(part, self.y.shape)[seen] for part in (self.last, self.season_error))
        return Arrays(self.y[seen], self.mean[seen], *others)


def in_units(table: pd.DataFrame) -> Arrays:
    """Of a table's rows, in the units of its targets."""
    y, mean = (np.stack(table[name].to_list()) for name in ("y", "mean"))
    last, season_error = (table[name].to_numpy(float)[:, None] for name in ("last", "season_error"))
    return Arrays(y, mean, last, season_error)


def in_scale(table: pd.DataFrame) -> Arrays:
    """Of a table's rows, on the scale that the scores use."""
    units = in_units(table)
    loc, scale = (table[name].to_numpy(float)[:, None] for name in ("loc", "scale"))
    y, mean, last = ((part - loc) / scale for part in (units.y, units.mean, units.last))
    return Arrays(y, mean, last, units.season_error / scale)


def is_answered(table: pd.DataFrame) -> bool:
    """Whether any answer was observed."""
    return len(table) > 0 and not np.isnan(np.stack(table["y"].to_list())).all()
