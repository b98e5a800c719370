"""One command at a time may change a project's folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from reprocast.errors import CannotCreateError, TryAgainError
from reprocast.stages.publish import STATE

LOCK = STATE / "repro.lock"


@contextmanager
def alone() -> Iterator[None]:
    """Holds the folder's lock.

    Raises:
        TryAgainError: another run is going on in this folder.
        CannotCreateError: the folder is read-only.
    """
    try:
        STATE.mkdir(exist_ok=True)
        with FileLock(LOCK).acquire(timeout=0):
            yield
    except Timeout:
        raise TryAgainError(
            f"{Path.cwd()}: another `reprocast repro` is running, or `reprocast acquire`; try again later"
        ) from None
    except PermissionError as error:
        raise CannotCreateError(f"{error.filename or STATE}: cannot be written: {error.strerror}") from None
