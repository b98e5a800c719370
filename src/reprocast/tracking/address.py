"""Where runs are recorded: operations.yaml or MLFLOW_TRACKING_URI, resolved against the project."""

import os
from pathlib import Path

from reprocast.params.operations import OPERATIONS, Operations, Tracking
from reprocast.params.reading import read

SQLITE = "sqlite:///"


def tracking_of(root: Path) -> Tracking:
    """The `tracking` block of the project in `root`, its URI resolved.

    Raises:
        ParamsError: operations.yaml is wrong.
    """
    path = root / OPERATIONS
    block = (read(path, Operations) if path.exists() else Operations()).tracking
    uri = os.environ.get("MLFLOW_TRACKING_URI") or block.uri
    return Tracking(experiment=block.experiment, uri=resolve(uri, root))


def resolve(uri: str, root: Path) -> str:
    """A relative SQLite path made absolute, so that every process means the same file."""
    path = database(uri)
    return uri if path is None else f"{SQLITE}{(root.resolve() / path).as_posix()}"


def database(uri: str) -> Path | None:
    """The file of a SQLite store; None for every other kind of store."""
    return Path(uri.removeprefix(SQLITE)) if uri.startswith(SQLITE) else None
