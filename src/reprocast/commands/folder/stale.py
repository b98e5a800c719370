"""Removes outputs of models that params.yaml no longer names, so that no later stage meets them."""

import shutil
from pathlib import Path

from reprocast.params.root import Params

FOLDERS = (
    "models",
    "results/training",
    "results/diagnostics",
    "results/adding",
    "results/forecasts",
    "results/scores",
)


def prune(params: Params) -> list[Path]:
    """Deletes stale outputs and returns their paths; DVC's cache still has them."""
    names = set(params.architectures) | set(params.baselines)
    stale = [
        path
        for folder in FOLDERS
        for path in sorted(Path(folder).glob("*"))
        if path.name.split(".")[0] not in names and not path.name.startswith(".")
    ]
    for path in stale:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return stale
