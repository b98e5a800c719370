"""Step of a round: outputs and vintages go to DVC's remote, and are looked up there, one by one.

`dvc status --cloud` leaves with 0 when data are missing on both sides, and a file that was cut short in the
cache is pushed as it is. So each file that dvc.lock and the vintages name is read from the cache and hashed,
and its size is asked of the remote.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from reprocast.commands.repository.dvc import dvc, reason
from reprocast.commands.repro import UNCACHED
from reprocast.data.vintage import VINTAGES
from reprocast.errors import DataError, TryAgainError, first_names
from reprocast.registry.refit import POINTER

FOLDER = ".dir"
"""How the hash of a folder's list ends."""


def push_outputs() -> None:
    """`dvc push` of everything that dvc.lock and the vintages name.

    Raises:
        TryAgainError: the remote cannot be reached, or refuses.
    """
    ran = dvc("push", quiet=True)
    if ran.returncode:
        raise TryAgainError(f"dvc push: {reason(ran)}; nothing was committed, run again later")


def verify_push() -> int:
    """Looks each file up at the remote, and sends what it lacks; returns how many there are.

    Raises:
        DataError: a file in DVC's cache is not what dvc.lock says.
        TryAgainError: the remote lacks a file, or has another size of it.
    """
    from dvc.repo import Repo  # late: half a second

    with Repo() as repo:
        remote, cache = repo.cloud.get_remote_odb(), repo.cache.local
        files = {oid: name for wanted, name in _named() for oid, name in _with_contents(cache, wanted, name)}
        sizes = {oid: _whole(Path(cache.oid_to_path(oid)), oid, name) for oid, name in files.items()}
        for oid in _lost(remote, sizes):
            _send(remote, cache, oid)
        lost = [files[oid] for oid in _lost(remote, sizes)]
    if lost:
        raise TryAgainError(
            f"dvc push: said that it had pushed, but the remote has not, or not whole: {first_names(lost)}; "
            "nothing was committed, run again"
        )
    return len(files)


def _named() -> Iterator[tuple[str, str]]:
    """Hash and path of each output in dvc.lock, of each vintage, and of the refitted model."""
    yaml = YAML(typ="safe", pure=True)
    stages = (yaml.load(Path("dvc.lock").read_text(encoding="utf-8")) or {}).get("stages", {})
    outputs = [out for stage in stages.values() for out in stage.get("outs", [])]
    for pointer in sorted(VINTAGES.glob("*.dvc")):
        for out in yaml.load(pointer.read_text(encoding="utf-8"))["outs"]:
            outputs.append({**out, "path": f"{VINTAGES.as_posix()}/{out['path']}"})
    if Path(POINTER).is_file():
        outputs += yaml.load(Path(POINTER).read_text(encoding="utf-8"))["outs"]
    for out in outputs:
        if out["path"] != UNCACHED.as_posix():
            yield out["md5"], out["path"]


def _with_contents(cache: Any, oid: str, name: str) -> Iterator[tuple[str, str]]:
    """An output, and where it is a folder each file in it."""
    yield oid, name
    listing = Path(cache.oid_to_path(oid))
    if oid.endswith(FOLDER) and listing.exists():
        for entry in json.loads(listing.read_text(encoding="utf-8")):
            yield entry["md5"], f"{name}/{entry['relpath']}"


def _whole(path: Path, oid: str, name: str) -> int | None:
    """Size of a file in the cache; none: it was never needed here."""
    if not path.exists():
        return None
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "md5").hexdigest()
    if found != oid.removesuffix(FOLDER):
        raise DataError(
            f"{name}: its copy in DVC's cache ({path.name}) is damaged; remove it, `reprocast repro --force`"
        )
    return path.stat().st_size


def _lost(remote: Any, sizes: Mapping[str, int | None]) -> list[str]:
    """Hashes of what the remote does not have as it is here."""
    remote.fs.fs.invalidate_cache()  # what this process has seen before is no answer
    return [oid for oid, size in sizes.items() if not _is_there(remote, oid, size)]


def _send(remote: Any, cache: Any, oid: str) -> None:
    """Sends one file: `dvc push` believes that a folder is whole where its list is there."""
    path = cache.oid_to_path(oid)
    if Path(path).exists():
        remote.add(path, cache.fs, oid, check_exists=False)


def _is_there(remote: Any, oid: str, size: int | None) -> bool:
    """Whether the remote has a file, of the size that it has here."""
    try:
        found = int(remote.fs.info(remote.oid_to_path(oid))["size"])
    except FileNotFoundError:
        return False
    return size in (None, found)
