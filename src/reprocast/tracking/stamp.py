"""Whether the store has seen the present outputs: a note of files and store, left after a whole sync.

It lets `reprocast repro` with nothing to do return without the second that importing mlflow takes.
"""

from collections.abc import Iterable
from pathlib import Path

from reprocast.deterministic import canonical_json, sha256_of_text
from reprocast.params.operations import Tracking
from reprocast.tracking.address import database

STAMP = Path(".reprocast/synced.json")
WATCHED = (
    "models/*/*",
    "results/training/*.csv",
    "results/diagnostics/*.json",
    "results/scores/*.json",
    "results/leaderboard.csv",
    "results/comparison/*",
    "data/*/manifest.json",
    "reports/report.html",
    "dvc.lock",
)
"""What sync reads, as patterns below the project's root."""


def stamp_text(root: Path, tracking: Tracking) -> str:
    """Names, sizes and times of the outputs, and which store; changes when one of them does."""
    files = sorted(path for pattern in WATCHED for path in root.glob(pattern))
    seen = [[str(path.relative_to(root)), *_state(path)] for path in files]
    path = database(tracking.uri)
    store = [sha256_of_text(tracking.uri), tracking.experiment, *(_birth(path) if path else [])]
    return canonical_json({"files": seen, "store": store})


def _state(path: Path) -> Iterable[int]:
    state = path.stat()
    return state.st_size, state.st_mtime_ns


def _birth(path: Path) -> Iterable[int]:
    """Tells a database from another that took its place; None of it changes as it is written to."""
    return [path.stat().st_ino] if path.exists() else []


def is_stamped(root: Path, text: str) -> bool:
    """Whether the last whole sync saw just this."""
    path = root / STAMP
    return path.is_file() and path.read_text(encoding="utf-8") == text


def unstamp(root: Path) -> None:
    """Makes the next sync look; called by whoever starts a run."""
    (root / STAMP).unlink(missing_ok=True)
