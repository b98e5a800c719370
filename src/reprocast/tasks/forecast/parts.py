"""A part of a model's forecasts - all of them, a step, a series - and its scores.

Legend: R rows of a table, H horizon.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from reprocast.data.windows import Floats
from reprocast.evaluation import metrics
from reprocast.tasks.forecast.answers import Arrays, in_scale, in_units
from reprocast.tasks.forecast.entries import entries

POINT = ("mae", "rmse", "mase", "rmsse", "r2", "correlation", "directional_accuracy")
"""Scores that every part has; NaN where nothing was observed."""


@dataclass(frozen=True)
class Part:
    """Forecasts as arrays."""

    scaled: Arrays
    units: Arrays
    target: np.ndarray[Any, Any]
    """Name of each row's target (R,)."""
    entries: Mapping[str, Floats]
    """Scores entry by entry (R, H), whose means are scores."""

    def step(self, h: int) -> "Part":
        """One step ahead only."""
        own = {name: values[:, h : h + 1] for name, values in self.entries.items()}
        return Part(self.scaled.step(h), self.units.step(h), self.target, own)

    def rows(self, some: Any) -> "Part":
        """Some rows only."""
        own = {name: values[some] for name, values in self.entries.items()}
        return Part(self.scaled.rows(some), self.units.rows(some), self.target[some], own)

    @property
    def is_answered(self) -> bool:
        """Whether any answer was observed."""
        return not np.isnan(self.scaled.y).all()


def part_of(table: pd.DataFrame) -> Part:
    """All rows of a table."""
    scaled = in_scale(table)
    return Part(scaled, in_units(table), table["target"].to_numpy(object), entries(table, scaled))


def score_of(part: Part) -> dict[str, float]:
    """Scores over the entries whose answer is known; NaN where there is none."""
    if not part.is_answered:
        return dict.fromkeys(POINT, float("nan"))
    scaled, seen = part.scaled.observed(), ~np.isnan(part.scaled.y)
    return {
        "mae": metrics.mae(scaled.y, scaled.mean),
        "rmse": metrics.rmse(scaled.y, scaled.mean),
        "mase": metrics.mase(scaled.y, scaled.mean, scaled.season_error),
        "rmsse": metrics.rmsse(scaled.y, scaled.mean, scaled.season_square),
        "r2": metrics.r2(scaled.y, scaled.mean),
        "correlation": metrics.correlation(scaled.y, scaled.mean),
        "directional_accuracy": metrics.directional_accuracy(scaled.y, scaled.mean, scaled.last),
        **(_in_units(part.units.observed()) if (part.target == part.target[0]).all() else {}),
        **{name: float(values[seen].mean()) for name, values in part.entries.items()},
    }


def _in_units(units: Arrays) -> dict[str, float]:
    """Of one target, in its units or as shares of it."""
    found = {
        "mae_units": metrics.mae(units.y, units.mean),
        "rmse_units": metrics.rmse(units.y, units.mean),
    }
    if (units.y > 0).all():
        found |= {"smape": metrics.smape(units.y, units.mean), "wape": metrics.wape(units.y, units.mean)}
    return found
