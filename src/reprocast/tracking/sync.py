"""Brings the store in line with the outputs on disk; a second time it changes nothing."""

from pathlib import Path

from reprocast.tracking.address import tracking_of
from reprocast.tracking.stamp import STAMP, is_stamped, stamp_text
from reprocast.tracking.summary import Summary


def sync(root: Path, *, force: bool = False) -> Summary:
    """Makes the store agree with models, curves, scores and manifests of the project at `root`.

    Without `force` it returns at once where neither outputs nor store have changed since the last sync.

    Raises:
        UnavailableError: the store cannot be reached or used.
        TryAgainError: another process has been initialising it for minutes.
        ParamsError: operations.yaml is wrong.
    """
    root = root.resolve()
    tracking = tracking_of(root)
    if not force and is_stamped(root, stamp_text(root, tracking)):
        return Summary()
    from reprocast.tracking.agreement import agree  # mlflow: a second that most syncs can save

    summary = agree(root, tracking)
    if not summary.running:
        (root / STAMP).parent.mkdir(parents=True, exist_ok=True)
        (root / STAMP).write_text(stamp_text(root, tracking), encoding="utf-8")
    return summary
