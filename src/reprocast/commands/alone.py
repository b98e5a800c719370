"""One command at a time may change a project's folder."""

from contextlib import AbstractContextManager
from pathlib import Path

from reprocast.stages.locked import locked

LOCK = "repro.lock"
"""In .reprocast."""


def alone() -> AbstractContextManager[None]:
    """Holds the folder; raises like `locked`."""
    return locked(
        LOCK, f"{Path.cwd()}: another `reprocast repro` is running, or `reprocast acquire` or `tune`"
    )
