"""Serving: a forecast from nothing but what was there at an instant is the one that was scored."""

from typing import Any

import numpy as np
import pandas as pd

from reprocast.audit.leak import LeakError
from reprocast.audit.models import forecast_folds, models, tables
from reprocast.audit.naming import cutoff_name
from reprocast.audit.result import Done
from reprocast.audit.scrambling import as_it_was
from reprocast.audit.subject import Subject
from reprocast.errors import DataError
from reprocast.evaluation.folds import SPLITS
from reprocast.model import Model
from reprocast.tasks.forecast import predict

INSTANTS = 3
TOLERANCE = 1e-4
"""On the scale of the targets: single precision, and adjusted prices cut before a later action."""


def from_what_was_there(subject: Subject) -> Done:
    """The panel cut at an instant, given to the model, brings the forecast of the table."""
    compared = refused = 0
    drawn = _instants(subject)
    for after in drawn:
        panel = as_it_was(subject.panel, after, subject.given)
        for model in models(subject):
            try:
                served = predict.forecast_panel(model, panel)
            except DataError:  # a value that is missing at this very instant
                refused += 1
                continue
            compared += _same(subject, model, served)
    note = f"{refused} were refused, as values were missing then" if refused else ""
    return Done({"instants": len(drawn), "forecasts": compared} if compared else {}, note)


def _instants(subject: Subject) -> list[Any]:
    """Cutoffs of windows, at which every series has a row."""
    windows, rng = subject.windows, subject.rng("serving")
    folds = [windows.folds[number] for number in forecast_folds(models(subject)[0], windows)]
    starts = np.unique(np.concatenate([fold.starts[split] for fold in folds for split in SPLITS]))
    times, count = np.unique(windows.ds[starts + windows.look_back - 1], return_counts=True)
    common = times[count == count.max()]
    return sorted(rng.choice(common, min(INSTANTS, subject.instants, len(common)), replace=False))


def _same(subject: Subject, model: Model, served: pd.DataFrame) -> int:
    """How many forecasts were compared with the table's."""
    windows, compared = subject.windows, 0
    found = (tables(subject, model, windows, fold) for fold in forecast_folds(model, windows))
    table = pd.concat([rows for fold in found for rows in fold.values()])
    table = table[table["seed"].isna()].set_index(["unique_id", "target", "cutoff"])
    for key, rows in served.groupby(["unique_id", "target", "cutoff"], sort=False):
        if key not in table.index:
            continue
        scored = table.loc[[key]].iloc[0]
        scale = float(scored["scale"])
        apart = np.abs(rows["mean"].to_numpy() - np.asarray(scored["mean"])) / scale
        limit = TOLERANCE * np.maximum(1.0, np.abs((rows["mean"].to_numpy() - float(scored["loc"])) / scale))
        if not (apart <= limit).all():
            step = int(np.argmax(apart))
            raise LeakError(
                f"serving: {model.description.name}: step {step + 1} of "
                f"{cutoff_name(f'{key[0]}, {key[1]}', key[2])}: {rows['mean'].iloc[step]:.6g} from what was "
                f"there then, {scored['mean'][step]:.6g} in the table that is scored"
            )
        compared += len(apart)
    return compared
