"""Tags of a run brought in line: only those that differ are written."""

from collections.abc import Mapping

from mlflow.entities import Run, RunTag

from reprocast.tracking.store import Store


def agree_tags(store: Store, run: Run, wanted: Mapping[str, str | None]) -> int:
    """Sets the tags that differ and deletes those wanted as None; how many were touched."""
    tags = run.data.tags
    new = [
        RunTag(key, value) for key, value in wanted.items() if value is not None and tags.get(key) != value
    ]
    gone = [key for key, value in wanted.items() if value is None and key in tags]
    if new:
        store.client.log_batch(run.info.run_id, tags=new)
    for key in gone:
        store.client.delete_tag(run.info.run_id, key)
    return len(new) + len(gone)
