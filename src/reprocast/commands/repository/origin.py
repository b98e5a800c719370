"""Which commit a dvc.lock belongs to, found by its hash."""

import subprocess
from pathlib import Path

from reprocast.deterministic import sha256_of_bytes, sha256_of_file

LOCK = "dvc.lock"
FARTHEST = 200
"""Commits that changed dvc.lock, looked at at most."""


def lock_sha256(root: Path) -> str | None:
    """Hash of the project's dvc.lock; None where DVC has run nothing."""
    path = root / LOCK
    return sha256_of_file(path) if path.is_file() else None


def commit_of(root: Path, sha256: str | None) -> str | None:
    """The newest commit of the branch whose dvc.lock has this hash; None if there is none, or no git."""
    if sha256 is None:
        return None
    listing = _git(root, "log", f"-{FARTHEST}", "--format=%H", "--", LOCK)
    for commit in (listing or b"").decode().split():
        text = _git(root, "show", f"{commit}:./{LOCK}")
        if text is not None and sha256_of_bytes(text) == sha256:
            return commit
    return None


def _git(root: Path, *arguments: str) -> bytes | None:
    try:
        found = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        return None
    return found.stdout if found.returncode == 0 else None
