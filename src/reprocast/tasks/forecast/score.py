"""Scoring forecasts: from the forecast table to scores.

Legend: R rows of a table, H horizon.
"""

from typing import Any

import pandas as pd

from reprocast.tasks.forecast.answers import is_answered
from reprocast.tasks.forecast.entries import pit
from reprocast.tasks.forecast.forecast_table import read_table, table_bytes
from reprocast.tasks.forecast.intervals import with_intervals
from reprocast.tasks.forecast.losses import losses, row_losses
from reprocast.tasks.forecast.parts import Part, part_of, score_of
from reprocast.tasks.forecast.tabulating import tabulate

__all__ = ["losses", "read_table", "row_losses", "scores", "table_bytes", "tabulate", "with_intervals"]


def scores(table: pd.DataFrame) -> dict[str, Any]:
    """Scores of one model on one split: `overall`, and by `seed`, `horizon`, `series`, `target`; and `pit`.

    docs/scores.md lists them. Errors are scaled; those that end in `_units` are in the target's units and
    left out where several targets would be mixed. Answers that were not observed count nowhere, and a
    series, seed or target without any answer is left out.
    """
    deployed, seeds = table[table["seed"].isna()], table[table["seed"].notna()]
    if not is_answered(deployed):
        return {"overall": {}, "seed": {}, "horizon": [], "series": {}, "target": {}, "pit": {}}
    whole = part_of(deployed)
    return {
        "overall": score_of(whole),
        "seed": _by(part_of(seeds), seeds, "seed") if len(seeds) else {},
        "horizon": [score_of(whole.step(h)) for h in range(whole.scaled.y.shape[1])],
        "series": _by(whole, deployed, "unique_id"),
        "target": _by(whole, deployed, "target"),
        "pit": pit(deployed),
    }


def _by(whole: Part, table: pd.DataFrame, column: str) -> dict[str, dict[str, float]]:
    """Scores of the rows that share a value."""
    parts = {str(key): whole.rows(rows) for key, rows in table.groupby(column, sort=True).indices.items()}
    return {key: score_of(part) for key, part in parts.items() if part.is_answered}
