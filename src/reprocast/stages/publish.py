"""Atomic outputs: everything is written under a temporary name and renamed when it is whole."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reprocast.errors import CannotCreateError, DiskError, InternalError
from reprocast.stages.owner import owner

STATE = Path(".reprocast")
"""Git-ignored folder of the project for what is neither input nor output."""
SCRATCH = STATE / "tmp"
"""Where outputs are written before they are whole."""
_OWNER = owner()


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """Yields an empty folder to fill; when the block ends well it replaces `target` whole.

    Raises:
        CannotCreateError: the folder cannot be made or replaced.
        DiskError: the disk is full or fails.
    """
    with _explained(target):
        SCRATCH.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f"{target.name}-", dir=SCRATCH))
        fresh.chmod(0o755)
        try:
            yield fresh
            _flush(fresh)
            _still_owned()
            _swap(fresh, target)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


def write_file(target: Path, content: str | bytes) -> None:
    """Writes one file atomically; raises like `new_folder`."""
    data = content.encode() if isinstance(content, str) else content
    with _explained(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).chmod(0o644)
            _still_owned()
            Path(name).replace(target)
        finally:
            Path(name).unlink(missing_ok=True)


def _swap(fresh: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    old = fresh.with_name(f"{fresh.name}-old")
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _flush(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as stream:
                os.fsync(stream.fileno())


def _still_owned() -> None:
    """A stage whose pipeline was killed must not write into a later one."""
    if owner() != _OWNER:
        raise InternalError("the pipeline that started this stage is gone; nothing was written")


@contextmanager
def _explained(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EFBIG):
            raise DiskError(f"{target}: {error.strerror}; free some space and run again") from error
        place = error.filename2 or error.filename or target  # of a rename the place that it goes to
        raise CannotCreateError(f"{place}: cannot be written: {error.strerror}") from error
