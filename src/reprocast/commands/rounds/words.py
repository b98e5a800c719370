"""What a round says of itself: its commit message, and run_summary.md for a pull request."""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from reprocast.commands.repository.git import content
from reprocast.commands.rounds.status import Status
from reprocast.commands.summary import LEADERBOARD, VERDICT
from reprocast.stages.publish import STATE, write_file

SUMMARY = STATE / "run_summary.md"
DONE = {
    "first": "a first champion",
    "promote": "a new champion",
    "keep": "the champion stays",
    "refuse": "the challenger is refused, the champion stays",
}


def message(status: Status, data: str) -> str:
    """The commit message: the same round says the same."""
    action = DONE.get(status.action or "", status.action)
    lines = [f"Retrain up to {status.as_of}: {action}", "", status.line, ""]
    return "\n".join([*lines, f"Data: {data}", f"Ledger: {status.ledger}", ""])


def write_summary(status: Status, acquired: str, notes: list[str], found: list[str]) -> None:
    """Writes run_summary.md.

    Args:
        status: how the round stands.
        acquired: what came of asking the source.
        notes: what else is worth saying, a line each.
        found: as `results` gave it, while the results were here.
    """
    write_file(SUMMARY, "\n".join([*_lines(status, acquired, notes), *found]) + "\n")


def verdict() -> str | None:
    """The verdict of the results that are here."""
    if not VERDICT.exists():
        return None
    return str(json.loads(VERDICT.read_text(encoding="utf-8"))["text"])


def results(base: str) -> list[str]:
    """Leaderboard and changes of the metrics since `base`, as Markdown; empty where there are none."""
    return [*_leaderboard(), *_changes(base)]


def _lines(status: Status, acquired: str, notes: list[str]) -> Iterator[str]:
    if status.state in ("failed", "stopped"):
        yield f"## Retraining {status.state} at `{status.step}` (exit code {status.exit_code})"
        yield from ("", f"> {status.line}", "")
    else:
        said = "nothing new" if status.outcome == "nothing_new" else DONE.get(status.action or "")
        yield from (f"## Retraining up to {status.as_of}: {said}", "")
        if status.action:
            yield from (status.line, "")
    yield f"- By {status.who} on {status.host} since {status.since}"
    if acquired:
        yield f"- Data: {acquired}"
    if status.ledger:
        yield f"- Decision: `{status.ledger}`"
    if status.commit and status.state == "done":
        yield f"- Commit: `{status.commit}`" + (f" on `{status.proposal}`" if status.proposal else "")
    yield from (f"- {line}" for note in notes for line in note.splitlines())
    if status.verdict:
        yield from ("", f"**Verdict.** {status.verdict}")


def _leaderboard() -> Iterator[str]:
    if not LEADERBOARD.exists():
        return
    with LEADERBOARD.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    yield from ("", "| model | MAE | validation MAE | parameters |", "|---|---:|---:|---:|")
    for row in rows:
        shown = [row.get(key) or "–" for key in ("model", "mae", "validation_mae", "parameters")]
        yield f"| {' | '.join(shown)} |"


def _changes(base: str) -> Iterator[str]:
    """What metrics.json says now, beside what it said in the commit."""
    before, now = _flat(_json(content(base, "metrics.json"))), _flat(_json(_read(Path("metrics.json"))))
    names = [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
    if names:
        yield from ("", "| metric | before | now |", "|---|---:|---:|")
    for name in names:
        yield f"| {name} | {before.get(name, '–')} | {now.get(name, '–')} |"


def _flat(value: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, inner in value.items():
        found |= _flat(inner, f"{prefix}{key}.") if isinstance(inner, Mapping) else {f"{prefix}{key}": inner}
    return found


def _json(data: bytes | None) -> dict[str, Any]:
    found = json.loads(data) if data else {}
    return found if isinstance(found, dict) else {}


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None
