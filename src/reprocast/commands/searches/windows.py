"""The windows that a search learns from: those that the pipeline made of the present params.yaml."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from reprocast.data.window_files import read_windows
from reprocast.data.windows import Windows
from reprocast.errors import DataError, NoInputError
from reprocast.stages.stage import PARAMS

WINDOWS, LOCK = Path("data/windows"), Path("dvc.lock")
STAGES = ("pull", "validate", "window")
"""Stages that the windows come from."""
REMEDY = "`dvc repro window` makes the windows, without training"


def present_windows() -> Windows:
    """Reads data/windows.

    Raises:
        NoInputError: it is not there.
        DataError: it was made of other parameters.
    """
    try:
        windows = read_windows(WINDOWS)
    except NoInputError as error:
        missing = str(error).partition(":")[0]
        raise NoInputError(f"{missing}: no such file; {REMEDY}") from None
    changed = _changed()
    if changed:
        raise DataError(f"{WINDOWS}: {PARAMS} has another {changed} since it was made; {REMEDY}")
    return windows


def _changed() -> str:
    """The first parameter that is not as it was when the windows were made; empty if all are."""
    if not LOCK.is_file():
        return ""
    lock, now = _read(LOCK), _read(PARAMS)
    for stage in STAGES:
        then = lock.get("stages", {}).get(stage, {}).get("params", {}).get(PARAMS.name, {})
        for key, value in then.items():
            if _at(now, key) != value:
                return str(key)
    return ""


def _read(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def _at(tree: Any, key: str) -> Any:
    for part in key.split("."):
        tree = tree.get(part) if isinstance(tree, dict) else None
    return tree
