"""What evaluate@NETWORK and evaluate_baseline@NAME share: a model's forecasts on every fold, and scores."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from reprocast.data.window_files import read_windows, windows_sha256
from reprocast.data.windows import Windows
from reprocast.deterministic import canonical_json, sha256_of_bytes
from reprocast.errors import DataError
from reprocast.evaluation.folds import FoldTables, pooled, tabulate_fold
from reprocast.model import Description, Model, deployed_fold, fitted_folds, fitted_for, folder_of_fold
from reprocast.params.base import Block
from reprocast.params.compare import Compare
from reprocast.params.reading import read
from reprocast.stages.fold_progress import over_folds
from reprocast.stages.measuring import measure
from reprocast.stages.publish import write_file
from reprocast.stages.stage import PARAMS
from reprocast.tasks import part
from reprocast.tasks.protocol import Score

WINDOWS, MODELS = Path("data/windows"), Path("models")
FORECASTS, SCORES = Path("results/forecasts"), Path("results/scores")


class EvaluateParams(Block):
    """What these stages read of params.yaml."""

    compare: Compare = Compare()
    """How models are compared; of which the coverages of intervals matter here."""


def evaluate(name: str, load: Callable[[Path], Model]) -> dict[str, float]:
    """Writes results/forecasts/NAME.parquet and results/scores/NAME.json.

    Args:
        name: folder in models.
        load: reads the model of one fold from its folder.

    Returns:
        What forecasting with the deployed model costs here, measured (`measure`).

    Raises:
        DataError: the model was fitted on other windows than those in data/windows, or forecasts
            something that is not finite.
    """
    windows, sha256 = read_windows(WINDOWS), windows_sha256(WINDOWS)
    deployed = deployed_fold(windows)
    models = {fold: _load(name, fold, load, windows, sha256) for fold in reversed(fitted_folds(windows))}
    said, measured = models[deployed].description, measure(models[deployed], windows, windows.folds[deployed])
    task = cast("Score", part(said.task, "score"))
    levels = read(PARAMS, EvaluateParams, part=True).compare.levels
    folds = {}
    for fold in over_folds(f"{name}: forecasting", sorted(windows.folds)):
        model = models[fitted_for(windows, fold)]
        _refuse_other_scaler(model, windows, fold)
        folds[fold] = tabulate_fold(model, windows, fold, task, levels)
    table = pd.concat([rows for fold in folds.values() for rows in fold.tables.values()], ignore_index=True)
    content = task.table_bytes(table)
    write_file(FORECASTS / f"{name}.parquet", content)
    scored = _scored(said, folds, task) | {"forecasts_sha256": sha256_of_bytes(content)}
    write_file(SCORES / f"{name}.json", canonical_json(scored))
    return measured


def _load(name: str, fold: int, load: Callable[[Path], Model], windows: Windows, sha256: str) -> Model:
    """The model of a fold, if it is what this run has fitted."""
    folder = folder_of_fold(MODELS / name, fold, deployed_fold(windows))
    model = load(folder)
    said = model.description
    if said.name != name:
        raise DataError(f"{folder}: holds the model {said.name}, not {name}; run `reprocast repro`")
    if (said.windows_sha256, said.fold) != (sha256, fold):
        raise DataError(f"{folder}: was fitted on other windows; run `reprocast repro`")
    return model


def _refuse_other_scaler(model: Model, windows: Windows, fold: int) -> None:
    """Raises unless a fold's windows are scaled by the numbers that the model's training windows were."""
    said, own = model.description, windows.folds[fold]
    if not (np.array_equal(said.loc, own.loc) and np.array_equal(said.scale, own.scale)):
        raise DataError(
            f"models/{said.name}: the windows of fold {fold} are not scaled as those it was fitted on; "
            "run `reprocast repro`"
        )


def _scored(said: Description, folds: Mapping[int, FoldTables], task: Score) -> dict[str, Any]:
    """Scores by fold, and over all folds together where there are several."""
    by_fold = {
        str(fold): {split: task.scores(rows) for split, rows in found.tables.items()}
        for fold, found in folds.items()
    }
    together = {split: task.scores(rows) for split, rows in pooled(folds).items()} if len(folds) > 1 else {}
    return {
        "schema_version": 1,
        "model": said.name,
        "kind": said.kind,
        "task": said.task,
        "horizon": said.horizon,
        "fingerprint": said.fingerprint,
        "cost": said.cost.model_dump(),
        "folds": by_fold,
        **({"pooled": together, "fitted": said.folds} if together else {}),
    }
