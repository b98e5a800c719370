"""The arrays that scores are computed from, and which of their answers were observed.

Legend: R rows of a table, H horizon.
"""

from dataclasses import dataclass, fields
from typing import Any

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
    season_square: Floats

    def step(self, h: int) -> "Arrays":
        """One step ahead only."""
        single = slice(h, h + 1)
        return Arrays(
            self.y[:, single], self.mean[:, single], self.last, self.season_error, self.season_square
        )

    def rows(self, some: Any) -> "Arrays":
        """Some rows only."""
        return Arrays(*(getattr(self, field.name)[some] for field in fields(self)))

    def observed(self) -> "Arrays":
        """The entries whose answer is known, each (n,)."""
        seen = ~np.isnan(self.y)
        rest = (self.last, self.season_error, self.season_square)
        others = (np.broadcast_to(part, self.y.shape)[seen] for part in rest)
        return Arrays(self.y[seen], self.mean[seen], *others)


def in_units(table: pd.DataFrame) -> Arrays:
    """Of a table's rows, in the units of its targets."""
    rest = (column(table, name) for name in ("last", "season_error", "season_square"))
    return Arrays(stacked(table["y"]), stacked(table["mean"]), *rest)


def in_scale(table: pd.DataFrame) -> Arrays:
    """Of a table's rows, on the scale that the scores use."""
    units, loc, scale = in_units(table), column(table, "loc"), column(table, "scale")
    y, mean, last = ((part - loc) / scale for part in (units.y, units.mean, units.last))
    return Arrays(y, mean, last, units.season_error / scale, units.season_square / np.square(scale))


def column(table: pd.DataFrame, name: str) -> Floats:
    """A column of numbers (R, 1)."""
    return table[name].to_numpy(float)[:, None]


def stacked(lists: "pd.Series[Any]") -> Floats:
    """A column of lists (R, …)."""
    return np.stack(lists.to_list())


def is_complete(table: pd.DataFrame, name: str) -> bool:
    """Whether there are rows, and each has a value in that column."""
    return name in table and len(table) > 0 and bool(table[name].notna().all())


def is_answered(table: pd.DataFrame) -> bool:
    """Whether any answer was observed."""
    return len(table) > 0 and not np.isnan(stacked(table["y"])).all()
