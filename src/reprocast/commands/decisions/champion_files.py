"""The files of a registered version, kept by their hash and checked each time."""

from collections.abc import Iterable
from pathlib import Path

from reprocast.errors import DataError, ReprocastError
from reprocast.registry.artifact import artifact_sha256
from reprocast.registry.ledger_entry import Candidate
from reprocast.stages.publish import STATE, new_folder
from reprocast.tasks.forecast.kept_intervals import FILE as INTERVALS
from reprocast.tracking.registered import (
    Registry,
    Version,
    champion,
    download,
    download_beside,
    open_registry,
    version_of,
)

KEPT = STATE / "champion"
"""Versions that were asked for, by the hash of their model: its folder, by name, and what lies beside it."""


def fetched(registry: Registry, version: Version, root: Path) -> Path:
    """The model's folder, downloaded with its intervals beside it unless it is here already.

    Raises:
        DataError: the registry's files are not those that were registered.
        UnavailableError: the store cannot be reached.
    """
    place = root / KEPT / (version.artifact_sha256 or "unknown")
    if not _is_whole(place / version.model, version):
        with new_folder(place) as fresh:
            _fetch(registry, version, fresh)
    return place / version.model


def _fetch(registry: Registry, version: Version, fresh: Path) -> None:
    folder = download(registry, version, fresh / version.model)
    if not _is_whole(folder, version):
        raise DataError(
            f"{registry.name} version {version.number}: its files are not those that were registered (sha256 "
            f"{version.artifact_sha256[:12] or 'missing'}); `reprocast verify` says which link broke; "
            "restore the store's artifacts, or go back with `reprocast rollback --to VERSION`"
        )
    download_beside(registry, version, INTERVALS, fresh)


def unused(root: Path, needed: Iterable[str]) -> list[Path]:
    """Folders of versions that are kept here, but for those with these hashes."""
    names = set(needed)
    return sorted(path for path in (root / KEPT).glob("*") if path.name not in names)


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


def scored_folder(root: Path, fingerprint: str) -> Path:
    """The files of the model that a champion was refitted from, from the registry.

    Raises:
        DataError: it is not registered, or its files are not whole.
    """
    registry = open_registry(root)
    version = version_of(registry, fingerprint)
    if version is None:
        raise DataError(
            f"{registry.name}: has no version of {fingerprint[:12]}, from which the champion was refitted; "
            "check out the commit of its ledger entry, run `dvc pull`, and then `reprocast promote --enact`"
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
