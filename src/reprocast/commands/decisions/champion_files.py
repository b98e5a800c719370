"""The files of a registered version, kept by their hash and checked each time."""

import shutil
from pathlib import Path

from reprocast.errors import DataError, ReprocastError
from reprocast.registry.artifact import artifact_sha256
from reprocast.registry.ledger_entry import Candidate
from reprocast.stages.publish import STATE
from reprocast.tracking.registered import Registry, Version, champion, download, open_registry

KEPT = STATE / "champion"


def fetched(registry: Registry, version: Version, root: Path) -> Path:
    """The model's folder, downloaded unless it is here already.

    Raises:
        DataError: the registry's files are not those that were registered.
    """
    folder = root / KEPT / version.artifact_sha256
    if _is_whole(folder, version):
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    download(registry, version, folder)
    if not _is_whole(folder, version):
        shutil.rmtree(folder, ignore_errors=True)
        raise DataError(
            f"{registry.name} version {version.number}: its files are not those that were registered (sha256 "
            f"{version.artifact_sha256[:12] or 'missing'}); restore the store's artifacts, or go back with "
            "`reprocast rollback --to VERSION`"
        )
    return folder


def reigning_folder(root: Path, reigning: Candidate) -> Path:
    """The files of the champion that the ledger names, from the registry.

    Raises:
        DataError: the registry's champion is another one, or its files are not whole.
    """
    registry = open_registry(root)
    version = champion(registry)
    if version is None or _identity(version) != (reigning.fingerprint, reigning.artifact_sha256):
        there = "none" if version is None else f"version {version.number} ({version.model})"
        raise DataError(
            f"{registry.name}@champion: the ledger has {reigning.model} ({reigning.fingerprint[:12]}) "
            f"reign, the registry {there}; run `reprocast promote --enact`, or `reprocast rollback --to N`"
        )
    return fetched(registry, version, root)


def refuse_unknown_champion(root: Path) -> None:
    """Raises when the registry has a champion and the ledger none.

    Raises:
        DataError: naming it.
    """
    registry = open_registry(root)
    version = champion(registry)
    if version is not None:
        raise DataError(
            f"{registry.name}@champion: is version {version.number} ({version.model}), but ledger/ knows no "
            "champion; check out the branch that has its ledger, or name another registry.model in "
            "operations.yaml"
        )


def _identity(version: Version) -> tuple[str, str]:
    return version.fingerprint, version.artifact_sha256


def _is_whole(folder: Path, version: Version) -> bool:
    try:
        return artifact_sha256(folder) == version.artifact_sha256
    except ReprocastError:
        return False
