"""What the pipeline left on disk, as far as runs record it."""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reprocast.model import Description

RAW = Path("data/raw/manifest.json")
WINDOWS = Path("data/windows/manifest.json")
LEADERBOARD = Path("results/leaderboard.csv")


@dataclass(frozen=True)
class ModelOutput:
    """One model and what belongs to it."""

    description: Description
    folder: Path
    """models/<name>, absolute."""
    curves: tuple[Mapping[str, float], ...]
    """Rows of results/training/<name>.csv; empty for a baseline."""
    scores: Mapping[str, Any]
    """results/scores/<name>.json; empty where there is none of this fingerprint."""
    diagnostics: Mapping[str, Any]
    """results/diagnostics/<name>.json; empty for a baseline, and where there is none of this fingerprint."""
    standing: Mapping[str, str]
    """Its row of results/leaderboard.csv; empty where there is none."""


@dataclass(frozen=True)
class DataOutput:
    """The manifests of data/raw and data/windows; empty where there are none."""

    raw: Mapping[str, Any]
    windows: Mapping[str, Any]


def read_data(root: Path) -> DataOutput:
    """The manifests of the data in the project at `root`."""
    return DataOutput(read_json(root / RAW), read_json(root / WINDOWS))


def read_models(root: Path) -> list[ModelOutput]:
    """The models in the project at `root`, by name."""
    found = sorted((root / "models").glob("*/model.json"))
    standings = _standings(root)
    return [_read_model(root, path.parent, standings) for path in found]


def read_model(root: Path, name: str) -> ModelOutput:
    """One of them, whatever is wrong with the others."""
    return _read_model(root, root / "models" / name, _standings(root))


def _standings(root: Path) -> dict[str, dict[str, str]]:
    return {row["model"]: row for row in read_rows(root / LEADERBOARD) if "model" in row}


def _read_model(root: Path, folder: Path, standings: Mapping[str, Mapping[str, str]]) -> ModelOutput:
    text = (folder / "model.json").read_text(encoding="utf-8")
    description = Description.model_validate_json(text)
    scores, diagnostics = (
        _of(description, root / "results" / kind / f"{folder.name}.json")
        for kind in ("scores", "diagnostics")
    )
    rows = read_rows(root / "results" / "training" / f"{folder.name}.csv")
    curves = tuple({key: float(value) for key, value in row.items() if value} for row in rows)
    standing = standings.get(folder.name, {}) if scores else {}
    return ModelOutput(description, folder.resolve(), curves, scores, diagnostics, standing)


def _of(description: Description, path: Path) -> dict[str, Any]:
    """What a file says of this very model; empty where it is about another."""
    said = read_json(path)
    return said if said.get("fingerprint") == description.fingerprint else {}


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object, empty where the stage has not run."""
    if not path.is_file():
        return {}
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file, none where the stage has not run."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
