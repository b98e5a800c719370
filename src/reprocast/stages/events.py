"""What a training tells while it runs, a JSON line an event, for the process that records it."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from reprocast.stages.follower import start_follower, wait_for
from reprocast.stages.publish import STATE

EVENTS = STATE / "events"
"""Folder of the event files, one a model."""


class Events:
    """A new event file; a reader of the old one keeps what it has open."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        self._path = path
        self.earlier = 0.0
        """Seconds of training that an interrupted run has done."""

    def write(self, event: str, **fields: Any) -> None:
        """Appends one line, whole, with the time."""
        line = json.dumps({"event": event, "time": time.time(), **fields})
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")


@contextmanager
def recording(name: str, start: dict[str, Any], *, follow: bool) -> Iterator[Events]:
    """Events from `start` to the end, which is FINISHED or FAILED; waits for the process that records them.

    Args:
        name: the model.
        start: what the start event says beside the process and the commit.
        follow: whether to start that process.
    """
    begun = time.perf_counter()
    events = Events(EVENTS / f"{name}.jsonl")
    events.write("start", **start, **_process(), commit=_commit())
    follower = start_follower(name) if follow else None
    status, reason = "FINISHED", None
    try:
        yield events
    except BaseException as error:
        status, reason = "FAILED", str(error) or type(error).__name__
        raise
    finally:
        events.write(
            "end", status=status, seconds=time.perf_counter() - begun + events.earlier, reason=reason
        )
        wait_for(follower)


def _process() -> dict[str, Any]:
    """The process that runs, told apart from a later one of the same number."""
    return {
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "process_start": psutil.Process().create_time(),
    }


def _commit() -> str | None:
    """The commit that is checked out; None outside a git repository."""
    command = ["git", "rev-parse", "HEAD"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return answer.stdout.strip() or None if answer.returncode == 0 else None
