"""One command at a time may change a project's folder; who comes second is told who is at work."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from reprocast.commands.folder.whose import Whose, whose
from reprocast.errors import DiskError, TryAgainError
from reprocast.stages.locked import locked
from reprocast.stages.publish import STATE, write_file

LOCK = "repro.lock"
"""In .reprocast; the operating system lets go of it when its holder ends, whatever ended it."""
HOLDER = STATE / "repro.holder.json"
"""Who holds it, for those who come second; true only while it is held."""


@contextmanager
def alone(command: str) -> Iterator[Whose]:
    """Holds the folder for `reprocast <command>`, and says whose it is now.

    Raises:
        TryAgainError: somebody else holds it; names the command, who, where and since when.
        CannotCreateError: the folder cannot be written.
    """
    mine = whose(datetime.now(UTC))
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(LOCK, "taken"))
        except TryAgainError:
            raise TryAgainError(f"{Path.cwd()}: {_holder()}; try again later") from None
        stack.callback(HOLDER.unlink, missing_ok=True)
        with suppress(DiskError):  # a courtesy; what the command itself cannot write, it names
            write_file(HOLDER, json.dumps({"command": command, **mine.named()}))
        yield mine


def _holder() -> str:
    """Who is at work, in words."""
    try:
        note = json.loads(HOLDER.read_text(encoding="utf-8"))
        where = f"{note['who']} on {note['host']} (process {note['pid']})"
        return f"another `reprocast {note['command']}` is running, by {where} since {note['since']}"
    except (OSError, ValueError, KeyError):  # it has only just begun, or is about to end
        return "another `reprocast` command that writes here is running"
