"""Logs a model to its run: the folder models/<name>, code from a file, signature, example; no pickle."""

import shutil
import tempfile
import warnings
from importlib.metadata import version
from pathlib import Path

import mlflow.pyfunc
import numpy as np
import pandas as pd
from mlflow.entities import LoggedModelOutput, LoggedModelStatus, Run
from mlflow.models import Model, ModelSignature
from mlflow.types import ColSpec, DataType, Schema

from reprocast.closure import SOURCE
from reprocast.data.transforms import needed_columns
from reprocast.deterministic import canonical_json
from reprocast.model import Description
from reprocast.panel import Panel, read_panel
from reprocast.tasks.forecast.kept_intervals import FILE, Intervals, quantile_names
from reprocast.tasks.loading import read_description
from reprocast.tracking.interval_file import intervals_of
from reprocast.tracking.outputs import ModelOutput
from reprocast.tracking.store import Store

NAME = "model"
"""Name of the model within its run: runs:/<id>/model."""
INTERVALS = "intervals"
"""Tag of a logged model: hash of the intervals that are with it."""
CODE = Path(__file__).with_name("served_model.py")
PANEL = Path("data/validated/panel.parquet")
NEEDS = ("mlflow", "numpy", "pandas", "pyarrow", "pydantic", "exchange-calendars", "psutil", "filelock")
NETWORK_NEEDS = ("torch", "safetensors")
SPARE = 32
"""Rows of the example beyond the look-back; features such as returns need a row before the first."""


def log_model(store: Store, run: str, output: ModelOutput, root: Path) -> str:
    """Logs the model to `run` and returns its id; it is READY only when all its files are there."""
    description = output.description
    panel = read_panel(root / PANEL) if (root / PANEL).is_file() else None
    tags = {"fingerprint": description.fingerprint, "model": description.name, "kind": description.kind}
    tags[INTERVALS] = kept_with(output)
    logged = store.client.create_logged_model(store.experiment, NAME, run, tags, model_type=description.kind)
    with tempfile.TemporaryDirectory(prefix="reprocast-") as scratch:
        local = Path(scratch, NAME)
        head = Model(logged.artifact_location, run, model_uuid=logged.model_id, model_id=logged.model_id)
        save(local, head, output.folder, panel)
        store.client.log_model_artifacts(logged.model_id, str(local))
    store.client.finalize_logged_model(logged.model_id, LoggedModelStatus.READY)
    store.client.log_outputs(run, [LoggedModelOutput(logged.model_id, step=0)])
    return str(logged.model_id)


def kept_with(output: ModelOutput) -> str:
    """Hash of the intervals that belong to a model by now; empty before it was scored."""
    found = intervals_of(output.folder, output.description)
    return found.sha256 if found else ""


def logged_model(store: Store, run: Run, intervals: str = "") -> str | None:
    """Id of the run's model if it is complete; None if there is none, or its logging was cut short.

    Args:
        store: holds the run.
        run: of the model.
        intervals: hash of those that must be with it; a model that was logged live, before it was scored,
            has none. Empty: any will do.
    """
    outputs = run.outputs.model_outputs if run.outputs else []
    for found in outputs:
        model = store.client.get_logged_model(found.model_id)
        if model.status != LoggedModelStatus.READY or not _files_exist(model.artifact_location):
            continue
        if intervals in ("", model.tags.get(INTERVALS)):
            return str(model.model_id)
    return None


def _files_exist(location: str) -> bool:
    """False only for a folder on this machine that has no model any more."""
    scheme = "file://"
    return not location.startswith(scheme) or Path(location.removeprefix(scheme), "MLmodel").is_file()


def save(local: Path, head: Model, folder: Path, panel: Panel | None) -> None:
    """Writes a model's folder as one that MLflow serves.

    Args:
        local: folder to be made; its parent is used for scratch.
        head: of the MLmodel file.
        folder: models/<name>, or another that holds a model.
        panel: gives types of columns and the example; None where there is none.
    """
    description = read_description(folder)
    intervals = intervals_of(folder, description)
    needs = NEEDS + (NETWORK_NEEDS if description.kind == "network" else ())
    with warnings.catch_warnings():
        # mlflow 3.17 compares column names with a range, which pandas 3 deprecates
        warnings.filterwarnings("ignore", "Operation with range is deprecated", DeprecationWarning)
        # a clone that has the models but not the data has no rows to give as an example
        warnings.filterwarnings("ignore", ".*An input example was not provided", UserWarning)
        mlflow.pyfunc.save_model(
            path=str(local),
            mlflow_model=head,
            python_model=str(CODE),
            artifacts=_artifacts(folder, intervals, local.parent),
            code_paths=[str(SOURCE)],
            signature=_signature(description, panel, intervals),
            input_example=None if panel is None else _example(description, panel),
            pip_requirements=[f"{name}=={version(name).partition('+')[0]}" for name in needs],
        )


def _artifacts(folder: Path, intervals: Intervals | None, scratch: Path) -> dict[str, str]:
    """What goes with the code: `model`, the folder as it is, and beside it `intervals`, if there are some."""
    found = {"model": str(_deployed(folder, scratch))}
    if intervals is None:
        return found
    path = scratch / "deployed" / FILE
    path.write_text(canonical_json(intervals.model_dump(mode="json")), encoding="utf-8")
    return found | {"intervals": str(path)}


def _deployed(folder: Path, scratch: Path) -> Path:
    """A copy of a model's folder without the models of earlier folds, which only scoring needs."""
    alone = scratch / "deployed" / folder.name
    return Path(shutil.copytree(folder, alone, ignore=shutil.ignore_patterns("folds")))


def _columns(description: Description, panel: Panel | None) -> tuple[str, ...]:
    features = description.features
    available = () if panel is None else tuple(panel.columns)
    return needed_columns(features.target + features.past + features.future, available)


def _signature(description: Description, panel: Panel | None, intervals: Intervals | None) -> ModelSignature:
    """Columns by name and type; how many rows and series there are is left open."""
    steps = panel is not None and panel.ds.dtype.kind != "M"
    time = DataType.long if steps else DataType.datetime
    ints = set() if panel is None else {n for n, values in panel.columns.items() if values.dtype == np.int64}
    columns = [
        ColSpec(DataType.long if name in ints else DataType.double, name)
        for name in _columns(description, panel)
    ]
    inputs = [ColSpec(DataType.string, "unique_id"), ColSpec(time, "ds"), *columns]
    outputs = [ColSpec(DataType.string, "unique_id"), ColSpec(time, "cutoff"), ColSpec(time, "ds")]
    outputs += [ColSpec(DataType.string, "target"), ColSpec(DataType.double, "mean")]
    outputs += [ColSpec(DataType.double, name) for name in quantile_names(description, intervals)]
    return ModelSignature(Schema([*inputs]), Schema([*outputs]))


def _example(description: Description, panel: Panel) -> pd.DataFrame:
    """The last rows of the first series, those included in which only what is known ahead has values."""
    rows = description.look_back + description.horizon + SPARE
    frame = panel.to_frame().iloc[max(0, int(panel.offsets[1]) - rows) : int(panel.offsets[1])]
    return frame[["unique_id", "ds", *_columns(description, panel)]].reset_index(drop=True)
