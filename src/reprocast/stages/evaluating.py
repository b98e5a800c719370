"""What evaluate@NETWORK and evaluate_baseline@NAME share: a model's forecasts on every fold, and scores."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import pandas as pd

from reprocast.data.window_files import read_windows, windows_sha256
from reprocast.deterministic import canonical_json
from reprocast.errors import DataError
from reprocast.evaluation.folds import FoldTables, pooled, tabulate_fold
from reprocast.model import Description, Model, deployed_fold, folder_of_fold
from reprocast.stages.measuring import measure
from reprocast.stages.publish import write_file
from reprocast.tasks import part
from reprocast.tasks.protocol import Score

WINDOWS, MODELS = Path("data/windows"), Path("models")
FORECASTS, SCORES = Path("results/forecasts"), Path("results/scores")


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
    models = {
        fold: _load(folder_of_fold(MODELS / name, fold, deployed), load, fold, sha256)
        for fold in sorted(windows.folds, reverse=True)
    }
    said, measured = models[deployed].description, measure(models[deployed], windows, windows.folds[deployed])
    task = cast("Score", part(said.task, "score"))
    folds = {fold: tabulate_fold(models[fold], windows, fold, task) for fold in sorted(models)}
    table = pd.concat([rows for fold in folds.values() for rows in fold.tables.values()], ignore_index=True)
    write_file(FORECASTS / f"{name}.parquet", task.table_bytes(table))
    write_file(SCORES / f"{name}.json", canonical_json(_scored(said, folds, task)))
    return measured


def _load(folder: Path, load: Callable[[Path], Model], fold: int, sha256: str) -> Model:
    model = load(folder)
    if (model.description.windows_sha256, model.description.fold) != (sha256, fold):
        raise DataError(f"{folder}: was fitted on other windows; run `reprocast repro`")
    return model


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
        **({"pooled": together} if together else {}),
    }
