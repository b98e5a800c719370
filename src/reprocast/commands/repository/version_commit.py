"""The commit that a registered version comes from: the one that holds its dvc.lock, and its code."""

from collections.abc import Mapping
from pathlib import Path

from reprocast.commands.repository.commits import blob, blobs, commits_with
from reprocast.registry.hashes import hashes_of
from reprocast.registry.locked import read_by, read_lock

DVC_LOCK = "dvc.lock"


def commit_of(root: Path, tags: Mapping[str, str]) -> str | None:
    """The commit that a version names, or another that has the same dvc.lock; None if none is here.

    A proposal that was squashed when it was merged lives on as another commit with the same dvc.lock. Of
    several the first is taken whose code is what the model was made with.

    Args:
        root: the project.
        tags: of the version.
    """
    named = [tags["commit"]] if tags.get("commit") else []
    best: str | None = None
    for commit in commits_with(root, DVC_LOCK, tags.get("dvc_lock_sha256", ""), named):
        best = best or commit
        if _has_code(root, commit, tags):
            return commit
    return best


def _has_code(root: Path, commit: str, tags: Mapping[str, str]) -> bool:
    lock = read_lock((blob(root, commit, DVC_LOCK) or b"").decode("utf-8"))
    said = read_by(lock.stage(tags["kind"], tags["model"]) or {}, "src")
    found = blobs(root, commit, said)
    return all(path in found and hashes_of(found[path]).md5 == md5 for path, md5 in said.items())
