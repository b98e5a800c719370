"""The data a run learned from, as mlflow's dataset input: name, digest, columns and counts, no values."""

import json
from collections.abc import Mapping
from typing import Any

from mlflow.entities import Dataset, DatasetInput, InputTag

from reprocast.tracking.outputs import DataOutput

DIGEST = 16
"""Characters of a hash that are shown; mlflow allows 36."""


def dataset_input(data: DataOutput, windows_sha256: str | None) -> DatasetInput | None:
    """The input of a run; None where nothing is known about its data.

    Args:
        data: manifests of the data on disk.
        windows_sha256: hash of the windows the model was made from.
    """
    digest = windows_sha256 or data.raw.get("vintage")
    if not digest:
        return None
    request = data.raw.get("request", {})
    name = " ".join(str(part) for part in (data.raw.get("source", "windows"), data.raw.get("end")) if part)
    source = {"uri": "data/windows", "vintage": data.raw.get("vintage"), "request": request}
    dataset = Dataset(
        name=name,
        digest=str(digest)[:DIGEST],
        source_type="local",
        source=_text(source),
        schema=_text({"mlflow_colspec": _columns(data)}),
        profile=_text(_profile(data)),
    )
    return DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])


def _columns(data: DataOutput) -> list[dict[str, Any]]:
    names = data.windows.get("channels", data.raw.get("columns", []))
    if isinstance(names, dict):
        names = [name for role in ("target", "past", "future") for name in names.get(role, [])]
    return [{"type": "double", "name": str(name), "required": True} for name in names]


def _profile(data: DataOutput) -> dict[str, Any]:
    series = data.raw.get("series", {})
    rows = sum(int(entry.get("rows", 0)) for entry in series.values()) if isinstance(series, dict) else None
    slim = {key: data.windows[key] for key in ("look_back", "horizon", "embargo") if key in data.windows}
    counts = {"num_rows": rows, "num_series": len(series), "windows": _windows(data.windows)}
    return {"end": data.raw.get("end"), **counts, **slim}


def _windows(manifest: Mapping[str, Any]) -> dict[str, int]:
    """Windows by split, over all series; of the fold that is deployed."""
    folds = manifest.get("folds", {})
    splits = folds[max(folds, key=int)] if folds else {}
    return {name: sum(split["windows"].values()) for name, split in splits.items()}


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
