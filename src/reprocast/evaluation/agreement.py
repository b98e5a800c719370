"""Whether the results belong together: each seed's own, each model's own, and all of the same windows.

What is compared must have been measured on the same things; a table that was exchanged for another one
would make a verdict as smooth as a true one. Legend: R rows of a table, H horizon.
"""

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reprocast.deterministic import figure
from reprocast.errors import DataError
from reprocast.evaluation.selection import Scores, together
from reprocast.panel import time_text

PLACE = ["fold", "split", "unique_id", "target", "cutoff"]
"""What a row forecasts."""
GIVEN = ("ds", "y", "last", "loc", "scale")
"""What is the same there for every model: the answers, and the scale of the scores."""
ROUNDING = 1e-9
"""Share of a score that the order of a sum may move."""
REMEDY = "run `reprocast repro`"


def refuse_disagreements(
    tables: Mapping[str, pd.DataFrame],
    losses: Mapping[str, pd.DataFrame],
    scores: Mapping[str, Scores],
    score: str,
) -> None:
    """Raises what the three below raise, all by model; `losses` are row losses of the test."""
    refuse_other_models(tables)
    refuse_other_windows(tables)
    for name, rows in losses.items():
        refuse_other_scores(name, rows, scores[name], score)


def refuse_other_models(tables: Mapping[str, pd.DataFrame]) -> None:
    """Raises unless each table holds the forecasts of the model it is named after, seed by seed.

    Raises:
        DataError: naming the table, and whose forecasts they are; or the seed that lacks some.
    """
    for name, table in tables.items():
        for other in sorted(set(table["model"]) - {name}):
            raise DataError(f"results/forecasts/{name}.parquet: holds forecasts of {other}; {REMEDY}")
        deployed = int(table["seed"].isna().sum())
        for seed, count in table["seed"].value_counts().sort_index().items():
            if count != deployed:
                raise DataError(
                    f"results/forecasts/{name}.parquet: seed {seed} has {count:,} forecasts, the mean of the "
                    f"seeds {deployed:,}; {REMEDY}"
                )


def refuse_other_windows(tables: Mapping[str, pd.DataFrame]) -> None:
    """Raises unless all models forecast the same windows, with the same answers in the same scale.

    Raises:
        DataError: naming two models and the first window, or value, that differs.
    """
    rows = {name: table[table["seed"].isna()].set_index(PLACE).sort_index() for name, table in tables.items()}
    for one, other in pairwise(rows):
        first, second = rows[one], rows[other]
        if not first.index.equals(second.index):
            raise DataError(_apart(one, other, first.index, second.index))
        for column in GIVEN:
            differ = np.flatnonzero(_differ(first[column], second[column]))
            if len(differ):
                where = _window(first.index[differ[0]])
                raise DataError(
                    f"results/forecasts: {one} and {other} were not scored on the same data: {column} "
                    f"differs in {len(differ):,} windows, the first {where}; {REMEDY}"
                )


def _apart(one: str, other: str, first: pd.Index, second: pd.Index) -> str:
    """Which of two models lacks a window of the other's."""
    lacks, has, lost = other, one, first.difference(second)
    if not len(lost):
        lacks, has, lost = one, other, second.difference(first)
    which = f"the first {_window(lost[0])}" if len(lost) else "some twice"
    return (
        f"results/forecasts: {one} and {other} were not scored on the same windows: {lacks} lacks "
        f"{len(lost):,} that {has} has, {which}; {REMEDY}"
    )


def _window(place: Any) -> str:
    fold, split, series, target, cutoff = place
    time = time_text(cutoff.to_datetime64() if isinstance(cutoff, pd.Timestamp) else cutoff)
    return f"of {series}, {target} at {time} ({split}, fold {fold})"


def _differ(one: "pd.Series[Any]", other: "pd.Series[Any]") -> NDArray[np.bool_]:
    """Which rows (R,) hold other values; a missing one equals another."""
    a, b = _values(one), _values(other)
    if a.shape != b.shape:
        return np.ones(len(a), np.bool_)
    differ = a != b
    if a.dtype.kind == "f":
        differ &= ~(np.isnan(a) & np.isnan(b))
    return np.asarray(differ.any(axis=1), np.bool_)


def _values(column: "pd.Series[Any]") -> NDArray[Any]:
    """A column of numbers (R, 1), or of lists (R, H)."""
    listed = column.dtype == object and len(column) > 0
    return np.stack(column.to_list()) if listed else column.to_numpy()[:, None]


def refuse_other_scores(name: str, losses: pd.DataFrame, said: Scores, score: str) -> None:
    """Raises unless the scores of a model and of its seeds are those of its forecast table.

    Args:
        name: the model.
        losses: row losses of the test, of all seeds and their mean, with `seed`, `loss` and `steps`.
        said: its results/scores.
        score: mae or rmse.

    Raises:
        DataError: naming model, seed, and both figures.
    """
    if said["model"] != name:
        raise DataError(f"results/scores/{name}.json: holds the scores of {said['model']}; {REMEDY}")
    for who, found, stated in _scores(losses, together(said, "test"), score):
        if stated is None or not math.isclose(found, stated, rel_tol=ROUNDING, abs_tol=1e-12):
            raise DataError(
                f"results/scores/{name}.json: {who} has a test {score.upper()} of {figure(stated)}, but by "
                f"results/forecasts/{name}.parquet of {figure(found)}; one is not its own; {REMEDY}"
            )


def _scores(
    losses: pd.DataFrame, test: Mapping[str, Any], score: str
) -> Iterator[tuple[str, float, float | None]]:
    """Whose score it is, what the table gives, and what was stated: of the mean, and of each seed."""
    for seed, rows in losses.groupby("seed", dropna=False, sort=True):
        mean = float((rows["loss"] * rows["steps"]).sum() / rows["steps"].sum())
        deployed = pd.isna(seed)
        stated = test["overall"] if deployed else test["seed"].get(str(seed), {})
        who = "the model" if deployed else f"seed {seed}"
        yield who, math.sqrt(mean) if score == "rmse" else mean, stated.get(score)
