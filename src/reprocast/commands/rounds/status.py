"""run_status.json: what a machine may know of the round that is going on, or was the last."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from reprocast.commands.folder.whose import Whose
from reprocast.stages.publish import STATE, write_file

STATUS = STATE / "run_status.json"
KILLED = STATE / "killed_rounds.jsonl"
"""Rounds that never said how they ended, a line each."""


@dataclass(frozen=True)
class Status:
    """How a round stands."""

    who: str
    """Who has started it."""
    host: str
    """On which machine."""
    pid: int
    """As which process."""
    since: str
    """Since when (UTC)."""
    schema_version: int = 1
    """Of this file."""
    state: str = "running"
    """running | done | failed | stopped"""
    step: str = "begin"
    """The step it is at, or ended at."""
    exit_code: int | None = None
    """None while it is running."""
    outcome: str | None = None
    """nothing_new | kept | promoted | proposed | failed"""
    as_of: str | int | None = None
    """`data.end` of the round."""
    line: str = ""
    """What came of it, in a line."""
    verdict: str | None = None
    """The verdict of its results."""
    action: str | None = None
    """What was decided: first | promote | keep | refuse."""
    ledger: str | None = None
    """File of the decision."""
    commit: str | None = None
    """Commit of the round."""
    proposal: str | None = None
    """Branch of the proposal."""
    killed: dict[str, Any] | None = None
    """The status of the round before this one, where that was killed for good."""


def begun(mine: Whose) -> Status:
    """A new round's status; it names the round before it where that was killed for good, which is noted.

    The caller holds the folder, so that whoever is said to be running is not.
    """
    before, killed = last(), None
    if before and before.get("state") == "running":
        killed = {key: value for key, value in before.items() if key != "killed"} | {"state": "killed"}
        _note(killed)
    status = Status(**mine.named(), killed=killed)  # type: ignore[arg-type]  # the four are checked by its test
    write(status)
    return status


def _note(killed: dict[str, Any]) -> None:
    """One more line of those that were killed, unless this start was cut off before and has noted it."""
    noted = KILLED.read_text(encoding="utf-8") if KILLED.exists() else ""
    line = json.dumps(killed, sort_keys=True) + "\n"
    if not noted.endswith(line):
        write_file(KILLED, noted + line)


def last() -> dict[str, Any] | None:
    """The status that is there; none where there is none that can be read."""
    try:
        found = json.loads(STATUS.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def write(status: Status) -> None:
    """Writes run_status.json atomically."""
    write_file(STATUS, json.dumps(asdict(status), indent=1, ensure_ascii=False) + "\n")


def changed(status: Status, **what: Any) -> Status:
    """The status with other values, written."""
    new = replace(status, **what)
    write(new)
    return new
