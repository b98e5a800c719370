"""Runs that are no longer kept: those of old comparisons, unless registered, pinned, current or running."""

from collections.abc import Sequence
from contextlib import suppress

from mlflow.entities import Run
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

from reprocast.tracking.agreement import CURRENT
from reprocast.tracking.compared import ROLE as COMPARISON
from reprocast.tracking.registered import Registry, versions
from reprocast.tracking.store import explained

ROLES = (COMPARISON, "network", "baseline", "seed")
"""Runs of ours; what else somebody has recorded is theirs."""
PINNED = "pinned"
"""Tag, `true` on a run that somebody wants to keep."""


def retired(registry: Registry, keep: int) -> list[Run]:
    """Runs of older comparisons than the newest `keep`, and of models that only these had.

    A run is kept if it or its fingerprint is registered, if it is pinned, current or still going on. A run
    that belongs to no comparison (a training that was killed) goes when it is older than all that are kept.
    """
    with explained(registry.uri):
        runs = [run for run in registry.store.runs("") if run.data.tags.get("role") in ROLES]
    comparisons = [run for run in runs if run.data.tags["role"] == COMPARISON]  # newest first
    if len(comparisons) <= keep:
        return []
    kept = {run.info.run_id for run in comparisons[:keep]}
    oldest = comparisons[keep - 1].info.start_time
    held = {one.run for one in versions(registry)}, {one.fingerprint for one in versions(registry)}
    return [run for run in runs if not _is_held(run, *held) and _is_past(run, kept, oldest)]


def _is_held(run: Run, runs: set[str | None], fingerprints: set[str]) -> bool:
    tags = run.data.tags
    registered = run.info.run_id in runs or tags.get("fingerprint") in fingerprints
    wanted = "true" in (tags.get(PINNED), tags.get(CURRENT))
    return registered or wanted or run.info.status in ("RUNNING", "SCHEDULED")


def _is_past(run: Run, kept: set[str], oldest: int) -> bool:
    tags = run.data.tags
    if tags["role"] == COMPARISON:
        return run.info.run_id not in kept
    if tags.get("comparison"):
        return tags["comparison"] not in kept
    return bool(run.info.start_time < oldest)


def remove(registry: Registry, runs: Sequence[Run]) -> None:
    """Deletes runs with their models and the files of both.

    Their rows stay in the database until somebody runs `mlflow gc`, which would also end for good what others
    have put into its bin. Files go first, so that a run whose files are still there is found again.

    Raises:
        UnavailableError: the store cannot be reached.
    """
    client = registry.store.client
    with explained(registry.uri):
        for run in runs:
            models = [one.model_id for one in run.outputs.model_outputs] if run.outputs else []
            for model in models:
                _empty(registry, client.get_logged_model(model).artifact_location)
                client.delete_logged_model(model)
            _empty(registry, run.info.artifact_uri)
            client.delete_run(run.info.run_id)


def _empty(registry: Registry, place: str) -> None:
    with suppress(FileNotFoundError):
        get_artifact_repository(place, registry.uri).delete_artifacts()  # type: ignore[no-untyped-call]
