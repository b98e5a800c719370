"""Where runs are recorded: operations.yaml or MLFLOW_TRACKING_URI, resolved against the project."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from reprocast.params.operations import OPERATIONS, Operations, Tracking
from reprocast.params.reading import read

SQLITE = "sqlite:///"
DATABASES = ("sqlite:", "postgresql", "mysql", "mssql")


def tracking_of(root: Path) -> Tracking:
    """The `tracking` block of the project in `root`, its addresses resolved.

    Raises:
        ParamsError: operations.yaml is wrong.
    """
    path = root / OPERATIONS
    block = (read(path, Operations) if path.exists() else Operations()).tracking
    uri = os.environ.get("MLFLOW_TRACKING_URI") or block.uri
    uri = resolve(uri, root)
    return Tracking(experiment=block.experiment, uri=uri, artifacts=_place(block.artifacts, uri, root))


def _place(artifacts: str | None, uri: str, root: Path) -> str:
    """A folder as the address that mlflow keeps, absolute; any other address as it is."""
    file = database(uri)
    if artifacts is None and file is not None:
        return (file.parent / "artifacts").as_uri()
    place = artifacts or "mlruns/artifacts"
    return place if "://" in place else (root.resolve() / place).as_uri()


def is_database(uri: str) -> bool:
    """Whether the store is a database that we open ourselves, not a server."""
    return uri.startswith(DATABASES)


def without_password(uri: str) -> str:
    """The address as it may be printed."""
    parts = urlsplit(uri)
    return uri if parts.password is None else uri.replace(f":{parts.password}@", ":***@", 1)


def resolve(uri: str, root: Path) -> str:
    """A relative SQLite path made absolute, so that every process means the same file."""
    path = database(uri)
    return uri if path is None else f"{SQLITE}{(root.resolve() / path).as_posix()}"


def database(uri: str) -> Path | None:
    """The file of a SQLite store; None for every other kind of store."""
    return Path(uri.removeprefix(SQLITE)) if uri.startswith(SQLITE) else None
