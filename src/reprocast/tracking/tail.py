"""The events of a training while it writes them: whole lines only, until it has ended or is gone."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

EVENTS = Path(".reprocast/events")
"""Folder of the event files, one a model, in the project's root."""
PAUSE = 0.2
"""Seconds between two looks at the file."""


def read_events(path: Path) -> list[dict[str, Any]]:
    """The events of a file from its last start on; empty where there is none."""
    events, _ = _whole_lines(path, 0)
    starts = [n for n, event in enumerate(events) if event["event"] == "start"]
    return events[starts[-1] :] if starts else []


def follow_events(path: Path, gone: Callable[[], bool]) -> Iterator[list[dict[str, Any]]]:
    """Yields new events as they come, until the end event, or until `gone()` and nothing more comes.

    A file that became shorter was begun anew and is read from its beginning.
    """
    position = 0
    while True:
        last_look = gone()
        if path.exists() and path.stat().st_size < position:
            position = 0
        events, position = _whole_lines(path, position)
        if events:
            yield events
        if last_look or (events and events[-1]["event"] == "end"):
            return
        time.sleep(PAUSE)


def _whole_lines(path: Path, position: int) -> tuple[list[dict[str, Any]], int]:
    """Events from `position` on, and the position after the last whole line."""
    if not path.exists():
        return [], 0
    with path.open("rb") as stream:
        stream.seek(position)
        whole, newline, _ = stream.read().rpartition(b"\n")
    lines = [json.loads(line) for line in whole.splitlines() if line.strip()]
    return lines, position + len(whole) + len(newline)
