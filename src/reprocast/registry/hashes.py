"""The two hashes of a file: DVC goes by MD5, everything of ours by SHA-256."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

CHUNK = 1 << 20
"""Bytes that are read at a time."""


@dataclass(frozen=True)
class Hashes:
    """Of one file."""

    md5: str
    sha256: str


Files = Mapping[str, Hashes]
"""By path relative to their folder."""


def hashes_of(content: bytes) -> Hashes:
    """Of bytes."""
    return hashes_over([content])


def hashes_over(parts: Iterable[bytes]) -> Hashes:
    """Of bytes that come piece by piece."""
    md5, sha256 = hashlib.md5(usedforsecurity=False), hashlib.sha256()
    for part in parts:
        md5.update(part)
        sha256.update(part)
    return Hashes(md5.hexdigest(), sha256.hexdigest())


def hashes_below(folder: Path) -> dict[str, Hashes]:
    """Of every file below a folder, by relative path."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): _of_file(path) for path in files}


def _of_file(path: Path) -> Hashes:
    with path.open("rb") as stream:
        return hashes_over(iter(lambda: stream.read(CHUNK), b""))
