"""Forecasts up to an instant, by a network and by the baselines, made as the evaluate stages make them.

Legend: M windows, H horizon, R rows of a forecast table.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from reprocast.audit.leak import LeakError, near, same
from reprocast.audit.models import forecast_folds, models, tables
from reprocast.audit.naming import cutoff_name, window_name
from reprocast.audit.result import Done
from reprocast.audit.subject import Subject
from reprocast.data import windows as form
from reprocast.data.windows import Ints, Windows, series_of
from reprocast.model import Model, deployed_fold

INSTANTS = 3
"""Instants at which all models forecast anew."""
ORDERED = 256
"""Windows that are forecast in another order and in batches of another size."""
SMALL = 7
"""Size of these batches."""
TOLERANCE = 1e-4
"""A forecast in another batch may differ by single-precision rounding, on the scale of the targets."""
EXACT = ("last", "loc", "scale", "season_error", "mean", "ds")
"""Columns of the forecast table that are known at the cutoff."""
INTERVALS = ("quantiles", "parameters", "conformal_levels", "conformal_split", "conformal_adaptive")
"""Such columns that not every row has."""


def up_to_instants(subject: Subject) -> Done:
    """Everything after an instant scrambled: forecasts with cutoffs up to it are the same bits."""
    windows, compared = subject.windows, Counter[str]()
    for after in _instants(subject):
        scramble = subject.scramble(after, spared=True)
        changed = subject.cut(scramble(subject.panel))
        compared["instants"] += 1
        for model, fold in _forecast(subject):
            one, other = tables(subject, model, windows, fold), tables(subject, model, changed, fold)
            for split, table in one.items():
                compared["forecasts"] += _same_rows(model, split, table, other[split], after, str(scramble))
    return Done(dict(compared))


def _forecast(subject: Subject) -> Iterator[tuple[Model, int]]:
    """Each model with each fold that it forecasts."""
    for model in models(subject):
        yield from ((model, fold) for fold in forecast_folds(model, subject.windows))


def each_window_once(subject: Subject) -> Done:
    """Every validation and test window of a fold is forecast, once by each model, with its own targets."""
    windows, rows = subject.windows, 0
    for model, fold in _forecast(subject):
        for split, table in tables(subject, model, windows, fold).items():
            rows += _refuse_other_windows(model, split, table, windows, windows.folds[fold].starts[split])
    return Done({"models": len(models(subject)), "forecasts": rows})


def alone_or_together(subject: Subject) -> Done:
    """A forecast does not depend on which windows share its batch, or in which order they stand."""
    windows, compared = subject.windows, 0
    rng = subject.rng("order")
    for model, number in _forecast(subject):
        fold = windows.folds[number]
        starts = np.asarray(fold.starts["test"])
        starts = starts[np.sort(rng.choice(len(starts), min(ORDERED, len(starts)), replace=False))]
        together = model.forecast(form.gather(windows, fold, starts))
        order = rng.permutation(len(starts))
        parts = [
            model.forecast(form.gather(windows, fold, starts[order[n : n + SMALL]]))
            for n in range(0, len(order), SMALL)
        ]
        mixed = np.concatenate(parts, axis=1)[:, np.argsort(order)]
        place = _place(model, windows, starts)
        compared += near(together, mixed, TOLERANCE, place, f"in batches of {SMALL} and another order")
    return Done({"models": len(models(subject)), "forecasts": compared})


def _instants(subject: Subject) -> list[Any]:
    """Random times within the spans that are forecast, from validation to the end."""
    windows, rng = subject.windows, subject.rng("forecasts")
    begin, end = windows.folds[deployed_fold(windows)], windows.folds[max(windows.folds)]
    grid = np.unique(windows.ds)
    within = grid[(grid >= begin.bounds["validation"][0]) & (grid < end.bounds["test"][1])]
    return sorted(rng.choice(within, min(INSTANTS, subject.instants, len(within)), replace=False))


def _same_rows(
    model: Model, split: str, true: pd.DataFrame, false: pd.DataFrame, after: Any, cause: str
) -> int:
    """How many forecasts were compared: rows of a table whose cutoff is not after the instant."""
    one, other = (
        table[table["cutoff"].to_numpy() <= after].reset_index(drop=True) for table in (true, false)
    )
    name = model.description.name

    def where(column: str) -> Callable[[tuple[int, ...]], str]:
        def words(index: tuple[int, ...]) -> str:
            if not index:
                return f"forecasts: {name}, {split}"
            row = one.iloc[index[0]]
            place = cutoff_name(f"{row['unique_id']}, {row['target']}", row["cutoff"])
            return f"forecasts: {name}, {split}: {column} of {place}"

        return words

    for column in (*EXACT, *(name for name in INTERVALS if name in one)):
        same(_stacked(one[column]), _stacked(other[column]), where(column), cause)
    return int(_stacked(one["mean"]).size)


def _stacked(column: "pd.Series[Any]") -> np.ndarray[Any, Any]:
    """Rows of lists as an array; NaN where a row has none."""
    values = column.to_list()
    lists = [value for value in values if isinstance(value, np.ndarray | list)]
    if not lists:
        return column.to_numpy(float) if column.isna().all() else column.to_numpy()
    nothing = np.full(len(lists[0]), np.nan)
    return np.stack([value if isinstance(value, np.ndarray | list) else nothing for value in values])


def _refuse_other_windows(
    model: Model, split: str, table: pd.DataFrame, windows: Windows, starts: Any
) -> int:
    """How many rows a table has: each window once a target and seed (or mean), no other, true targets."""
    place, found = f"forecasts: {model.description.name}, {split}", Counter[tuple[str, Any]]()
    members = 1 + (len(model.description.seeds) if model.description.kind == "network" else 0)
    times = members * len(windows.channels.target)
    found.update(zip(table["unique_id"], table["cutoff"].to_numpy(), strict=True))
    for series, cutoff in _expected(windows, np.asarray(starts)):
        count = found.pop((series, cutoff), 0)
        if count != times:
            what = f"is forecast {count} times, not {times}" if count else "is not forecast"
            raise LeakError(f"{place}: the window of {cutoff_name(series, cutoff)} {what}")
    if found:
        series, cutoff = min(found)
        raise LeakError(f"{place}: a window of {cutoff_name(series, cutoff)} is none of this split")
    return len(table)


def _expected(windows: Windows, starts: Ints) -> Iterator[tuple[str, Any]]:
    cutoffs = windows.ds[starts + windows.look_back - 1]
    for series, cutoff in zip(series_of(windows, starts), cutoffs, strict=True):
        yield windows.ids[series], cutoff


def _place(model: Model, windows: Windows, starts: Ints) -> Callable[[tuple[int, ...]], str]:
    def words(index: tuple[int, ...]) -> str:
        name = f"forecasts: {model.description.name}"
        if not index:
            return name
        return f"{name}: step {index[2] + 1} of {window_name(windows, int(starts[index[1]]))}"

    return words
