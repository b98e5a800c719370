"""Locks of a project's folder: who comes second is told to try again, and never waits."""

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from reprocast.errors import CannotCreateError, TryAgainError
from reprocast.stages.publish import STATE


@contextmanager
def locked(name: str, taken: str) -> Iterator[None]:
    """Holds `.reprocast/<name>`; `taken` is what to say if somebody else does.

    Raises:
        TryAgainError: it is taken.
        CannotCreateError: the folder is read-only.
    """
    lock = FileLock(STATE / name)
    try:
        STATE.mkdir(exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        raise TryAgainError(f"{taken}; try again later") from None
    except PermissionError as error:
        place = error.filename or STATE
        raise CannotCreateError(f"{place}: cannot be written: {error.strerror}") from None
    try:
        yield
    finally:
        lock.release()
