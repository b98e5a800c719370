"""Looks whether outputs can be written before anything runs: DVC would fail half-way and hide the reason."""

import os
from pathlib import Path

from reprocast.errors import CannotCreateError
from reprocast.stages.publish import STATE

FOLDERS = (
    Path(),
    Path(".dvc"),
    STATE,
    Path("data"),
    *(Path("data") / name for name in ("raw", "validated", "vintages", "windows")),
    Path("models"),
    Path("results"),
    *(Path("results") / name for name in ("comparison", "forecasts", "scores", "training")),
    Path("reports"),
)
"""Where a run writes."""


def refuse_unwritable() -> None:
    """Checks each folder, or the nearest one above it that exists.

    Raises:
        CannotCreateError: a folder is read-only, or a file stands where a folder should be.
    """
    for folder in FOLDERS:
        nearest = next(path for path in (folder, *folder.parents, Path()) if os.path.lexists(path))
        if not nearest.is_dir():
            raise CannotCreateError(f"{nearest}: cannot be written: it is a file where a folder should be")
        if not os.access(nearest, os.W_OK | os.X_OK):
            place = "this folder" if nearest == Path() else str(nearest)
            raise CannotCreateError(f"{place}: cannot be written: permission denied; `chmod u+w` it")
