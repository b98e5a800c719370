"""What evaluate@NETWORK and evaluate_baseline@NAME share: forecasts of one model, and their scores."""

from pathlib import Path
from typing import Any, cast

import pandas as pd

from reprocast.data.window_files import read_windows, windows_sha256
from reprocast.data.windows import Windows
from reprocast.deterministic import canonical_json
from reprocast.errors import DataError
from reprocast.evaluation.forecasting import forecast_windows
from reprocast.model import Description, Model
from reprocast.stages.publish import write_file
from reprocast.tasks import part
from reprocast.tasks.protocol import Score

WINDOWS, MODELS = Path("data/windows"), Path("models")
FORECASTS, SCORES = Path("results/forecasts"), Path("results/scores")
FOLD = 0
"""The fold that models are fitted on; another fold's test span may lie in this one's training span."""
SPLITS = ("validation", "test")


def evaluate(model: Model) -> None:
    """Writes results/forecasts/NAME.parquet and results/scores/NAME.json.

    Raises:
        DataError: the model was fitted on other windows than those in data/windows, or forecasts
            something that is not finite.
    """
    said = model.description
    if said.windows_sha256 != windows_sha256(WINDOWS):
        raise DataError(f"models/{said.name}: was fitted on other windows; run `reprocast repro`")
    task = cast("Score", part(said.task, "score"))
    tables = tabulated(model, read_windows(WINDOWS), task)
    table = pd.concat(list(tables.values()), ignore_index=True)
    by_split = {split: task.scores(rows) for split, rows in tables.items()}
    write_file(FORECASTS / f"{said.name}.parquet", task.table_bytes(table))
    write_file(SCORES / f"{said.name}.json", canonical_json(_scored(said, by_split)))


def tabulated(model: Model, windows: Windows, task: Score) -> dict[str, pd.DataFrame]:
    """Forecast table of each split that is scored."""
    fold, tables = windows.folds[FOLD], {}
    for split in SPLITS:
        starts = fold.starts[split]
        forecasts = forecast_windows(model, windows, fold, starts)
        tables[split] = task.tabulate(windows, FOLD, split, starts, forecasts, model.description)
    return tables


def _scored(said: Description, by_split: dict[str, Any]) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "model": said.name,
        "kind": said.kind,
        "task": said.task,
        "horizon": said.horizon,
        "fingerprint": said.fingerprint,
        "cost": said.cost.model_dump(),
        "folds": {str(FOLD): by_split},
    }
