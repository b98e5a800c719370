"""Scores of quantiles, distributions and intervals, entry by entry of a forecast table, on the scores' scale.

Legend: R rows of a table, H horizon, Q levels, P parameters.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from reprocast.data.windows import Floats
from reprocast.evaluation import probabilistic as measure
from reprocast.tasks.forecast.answers import Arrays, column, is_complete, stacked

METHODS = {"": ("levels", "quantiles")} | {
    f"{name}_": ("conformal_levels", f"conformal_{name}") for name in ("split", "adaptive")
}
"""What a score's name begins with, by where its intervals come from: the model's own, or conformal."""
BINS = 10
"""Bins of a histogram of probabilities, where the distribution is known."""


def entries(table: pd.DataFrame, scaled: Arrays) -> dict[str, Floats]:
    """By name the scores (R, H) whose means are the scores of any part; of what the table has.

    Args:
        table: rows of one model.
        scaled: its arrays on the scores' scale.
    """
    found: dict[str, Floats] = {}
    if is_complete(table, "quantiles"):
        levels, quantiles = tuple(table["levels"].iloc[0]), _scaled(table, "levels", "quantiles")
        found["pinball"] = measure.pinball(scaled.y, quantiles, levels)
        found["crps_quantiles"] = measure.crps_from_quantiles(scaled.y, quantiles, levels)
    if is_complete(table, "parameters"):
        found["crps"] = _crps(table) / column(table, "scale")
    return found | dict(_intervals(table, scaled))


def _intervals(table: pd.DataFrame, scaled: Arrays) -> Iterator[tuple[str, Floats]]:
    """Coverage, width and what MSIS is the mean of, for each interval."""
    for prefix, (levels, values) in METHODS.items():
        if not is_complete(table, values):
            continue
        ends = _scaled(table, levels, values)
        for nominal, n, m in measure.central(tuple(table[levels].iloc[0])):
            low, high, percent = ends[..., n], ends[..., m], f"{100 * nominal:g}"
            score = measure.interval_score(scaled.y, low, high, nominal)
            yield f"{prefix}coverage_{percent}", measure.covered(scaled.y, low, high)
            yield f"{prefix}width_{percent}", high - low
            yield f"{prefix}msis_{percent}", score / scaled.season_error


def _scaled(table: pd.DataFrame, levels: str, values: str) -> Floats:
    """Quantiles on the scores' scale (R, H, Q)."""
    found = stacked(table[values]).reshape(len(table), -1, len(table[levels].iloc[0]))
    return (found - column(table, "loc")[..., None]) / column(table, "scale")[..., None]


def _crps(table: pd.DataFrame) -> Floats:
    """Exact, in units (R, H)."""
    from reprocast.evaluation.crps import EXACT  # scipy: only where a head is a distribution

    return EXACT[table["family"].iloc[0]].crps(*_with_parameters(table))


def _with_parameters(table: pd.DataFrame) -> tuple[Floats, Floats]:
    """Answers (R, H) and parameters (R, H, P), in units."""
    y = stacked(table["y"])
    return y, stacked(table["parameters"]).reshape(*y.shape, -1)


def pit(table: pd.DataFrame) -> Mapping[str, list[float]]:
    """Histogram of the probability integral transform: `edges` and `shares`; empty without a distribution.

    Where the distribution is known its bins are equally wide; where only quantiles are, they lie between
    these.
    """
    if not is_complete(table, "quantiles"):
        return {}
    y = stacked(table["y"])
    seen = ~np.isnan(y)
    if not seen.any():
        return {}
    edges, below, upto = _transform(table, y)
    shares = measure.pit_shares(below[seen], upto[seen], edges)
    return {"edges": edges.tolist(), "shares": shares.tolist()}


def _transform(table: pd.DataFrame, y: Floats) -> tuple[Floats, Floats, Floats]:
    if not is_complete(table, "parameters"):
        levels = tuple(table["levels"].iloc[0])
        quantiles = stacked(table["quantiles"]).reshape(*y.shape, len(levels))
        return measure.pit_of_quantiles(y, quantiles, levels)
    from reprocast.evaluation.crps import EXACT  # scipy: only where a head is a distribution

    (answers, parameters), exact = _with_parameters(table), EXACT[table["family"].iloc[0]]
    upto = exact.cdf(answers, parameters)
    below = exact.cdf(answers - 1, parameters) if exact.counts else upto
    return np.linspace(0, 1, BINS + 1), below, upto
