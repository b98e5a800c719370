"""The report and its figures as artifacts of a comparison's run; logged again only when they changed."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from mlflow.entities import Run

from reprocast.deterministic import canonical_json, sha256_of_file, sha256_of_text
from reprocast.tracking.outputs import ModelOutput
from reprocast.tracking.store import Store

PAGE = Path("reports/report.html")
PLACES = {
    "report": ("reports/report.html", "reports/report.md"),
    "figures": ("reports/figures/*",),
    "results": ("results/leaderboard.csv", "results/comparison/*"),
}
"""Folder of the run's artifacts -> files of the project, as patterns."""
ATTACHED = "attached"
"""Tag: hash of what was logged."""


def attach(store: Store, run: Run, root: Path, outputs: Sequence[ModelOutput]) -> int:
    """Logs what the run does not have yet; how many files."""
    files = _files(root, outputs)
    seen = {f"{folder}/{path.name}": sha256_of_file(path) for folder, path in files}
    mark = sha256_of_text(canonical_json(seen))
    if run.data.tags.get(ATTACHED) == mark and _is_there(store, run, seen):
        return 0
    for folder, path in files:
        store.client.log_artifact(run.info.run_id, str(path), folder)
    store.client.set_tag(run.info.run_id, ATTACHED, mark)
    return len(files)


def _files(root: Path, outputs: Sequence[ModelOutput]) -> list[tuple[str, Path]]:
    """Folder and file; the report and its figures only where they are about just these models."""
    own = _is_about(root / PAGE, outputs)
    return [
        (folder, path)
        for folder, patterns in PLACES.items()
        if own or folder == "results"
        for pattern in patterns
        for path in sorted(root.glob(pattern))
    ]


def _is_about(page: Path, outputs: Sequence[ModelOutput]) -> bool:
    """Whether the report names the fingerprint of every model on disk."""
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    return all(output.description.fingerprint in text for output in outputs)


def _is_there(store: Store, run: Run, seen: Mapping[str, str]) -> bool:
    """False where the artifacts are gone, for instance because their folder was emptied."""
    there = {found.path for found in store.client.list_artifacts(run.info.run_id)}
    return {name.partition("/")[0] for name in seen} <= there
