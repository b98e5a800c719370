"""Conformal intervals that go with a model: half widths learned from its backtest, kept beside it as JSON.

The verdict's intervals are calibrated on validation and judged on the test. Once judged, its errors are
the newest there are of the deployed model, so what is forecast from now on is calibrated on both.
Legend: N series, K targets, H horizon, A nominal coverages, B series forecast.
"""

from typing import Literal

import numpy as np
import pandas as pd

from reprocast.data.windows import Floats
from reprocast.deterministic import canonical_json, sha256_of_text
from reprocast.evaluation.conformal import split_radii
from reprocast.model import Description, levels_of
from reprocast.params.base import Block
from reprocast.tasks.forecast.answers import in_scale
from reprocast.tasks.forecast.forecast_table import CONFORMAL

FILE = "intervals.json"


class Intervals(Block):
    """How far answers may lie from the forecasts of one model."""

    schema_version: Literal[1] = 1
    method: Literal["split_conformal"] = "split_conformal"
    fingerprint: str
    """Of the model whose errors these are."""
    coverages: tuple[float, ...]
    """Nominal coverages, ascending (A,)."""
    errors: dict[str, int]
    """By target: errors of the first step, of all series, that the half widths rest on."""
    radii: dict[str, tuple[tuple[float, ...], ...]]
    """By target: half widths (H, A) on the scores' scale."""
    units: dict[str, dict[str, float]]
    """By target and series: what a half width is multiplied by, in the target's units."""
    sha256: str = ""
    """Hash over all the rest: the hash of a model's folder does not cover what lies beside it."""

    def sealed(self) -> "Intervals":
        """The same with its hash."""
        return self.model_copy(update={"sha256": self._hash()})

    @property
    def is_whole(self) -> bool:
        """Whether nothing of it was changed since it was sealed."""
        return self.sha256 == self._hash()

    def _hash(self) -> str:
        return sha256_of_text(canonical_json(self.model_dump(mode="json", exclude={"sha256"})))


def calibrated(table: pd.DataFrame, description: Description) -> Intervals | None:
    """Half widths from a model's forecast table; a coverage that so few errors do not support is left out.

    None where the model forecasts quantiles of its own, and where the table has no conformal intervals.
    """
    nominal = _nominal(table)
    if levels_of(description) or not nominal:
        return None
    rows = _of_the_deployed(table, description)
    by_target = {target: rows[rows["target"] == target] for target in description.channels.target}
    radii = {target: _radii(some, nominal) for target, some in by_target.items()}
    finite = np.logical_and.reduce([np.isfinite(part).all(axis=0) for part in radii.values()])  # -> (A,)
    return Intervals(
        fingerprint=description.fingerprint,
        coverages=tuple(one for one, holds in zip(nominal, finite, strict=True) if holds),
        errors={target: _count(some) for target, some in by_target.items()},
        radii={target: tuple(map(tuple, part[:, finite].tolist())) for target, part in radii.items()},
        units={target: _units(some) for target, some in by_target.items()},
    ).sealed()


def _nominal(table: pd.DataFrame) -> list[float]:
    """The coverages of the table's conformal intervals, ascending."""
    if CONFORMAL[0] not in table:
        return []
    levels = table[CONFORMAL[0]].dropna()
    lower = levels.iloc[0][: len(levels.iloc[0]) // 2] if len(levels) else []
    return sorted(round(1 - 2 * level, 9) for level in lower)


def _of_the_deployed(table: pd.DataFrame, description: Description) -> pd.DataFrame:
    """Rows of the seeds' mean, each origin once, in the folds that the deployed model has forecast."""
    own = table["seed"].isna()
    if description.folds > 1:
        own &= table["fold"] == description.fold
    return table[own].drop_duplicates(["unique_id", "target", "cutoff"])


def _radii(rows: pd.DataFrame, nominal: list[float]) -> Floats:
    """Half widths (H, A)."""
    scaled = in_scale(rows)
    return split_radii(np.abs(scaled.y - scaled.mean), nominal)


def _count(rows: pd.DataFrame) -> int:
    return int((~np.isnan(in_scale(rows).y[:, 0])).sum())


def _units(rows: pd.DataFrame) -> dict[str, float]:
    found = rows.groupby("unique_id", sort=True, observed=True)["scale"].last()
    return {str(name): float(unit) for name, unit in found.items()}


def quantile_names(description: Description, intervals: Intervals | None) -> list[str]:
    """Names of the columns of quantiles, ascending: the model's own, else the ends of the intervals."""
    own = levels_of(description)
    return [f"q-{level:g}" for level in own or (() if intervals is None else _levels(intervals))]


def _levels(intervals: Intervals) -> list[float]:
    """Of the lower ends, widest first, and of the upper (2A,)."""
    tails = [(1 - one) / 2 for one in reversed(intervals.coverages)]
    return tails + [1 - tail for tail in reversed(tails)]


def ends(forecasts: pd.DataFrame, intervals: Intervals) -> dict[str, Floats]:
    """Columns of the intervals' ends as quantiles `q-…`, ascending, for rows of `forecast_panel`.

    NaN for a series that the backtest has not scored: nothing is known of its errors.
    """
    reach = np.empty((len(forecasts), len(intervals.coverages)))
    for target, places in forecasts.groupby("target", sort=False).indices.items():
        radii = np.asarray(intervals.radii[str(target)])  # (H, A)
        names = forecasts["unique_id"].iloc[places]
        units = names.map(intervals.units[str(target)]).to_numpy(float)
        reach[places] = np.tile(radii, (len(places) // len(radii), 1)) * units[:, None]
    away = np.concatenate([-reach[:, ::-1], reach], axis=1)  # -> (B · K · H, 2A)
    found = forecasts["mean"].to_numpy(float)[:, None] + away
    return {f"q-{level:g}": found[:, n] for n, level in enumerate(_levels(intervals))}
