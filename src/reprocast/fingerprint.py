"""The fingerprint of a model: a hash over everything that decides its numbers, and nothing else."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reprocast.closure import import_closure, in_package
from reprocast.deterministic import canonical_json, sha256_of_file, sha256_of_text

LOCK = Path("requirements") / "runtime.txt"
"""Of the project, which need not be where this package lies."""


def fingerprint(blocks: Mapping[str, Any], windows_sha256: str, modules: Sequence[str]) -> str:
    """Hash over the blocks a model's stage declares, its windows, its code and the lock file.

    Args:
        blocks: the blocks of params.yaml that the stage depends on, resolved.
        windows_sha256: hash of the windows' manifest, which holds the hashes of values and starts.
        modules: the stage's module and those it loads by name.
    """
    code = {path: sha256_of_file(in_package(path)) for path in import_closure(*modules)}
    lock = sha256_of_file(LOCK) if LOCK.is_file() else None
    parts = {"blocks": blocks, "windows": windows_sha256, "code": code, "lock": lock}
    return sha256_of_text(canonical_json(parts))
