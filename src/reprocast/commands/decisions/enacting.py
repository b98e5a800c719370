"""Makes the MLflow registry agree with the ledger: versions, tags, and last of all the alias."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from reprocast.commands.decisions.champion_files import fetched
from reprocast.commands.decisions.ledger_files import read_ledger
from reprocast.commands.repository.origin import commit_of
from reprocast.errors import NoInputError, ReprocastError
from reprocast.registry.artifact import artifact_sha256
from reprocast.registry.ledger import champion
from reprocast.registry.ledger_entry import Candidate, Entry
from reprocast.registry.refit import FOLDER
from reprocast.tracking.registered import (
    Registry,
    Version,
    move_alias,
    open_registry,
    register,
    tag,
    version_of,
    versions,
)


def enact(root: Path, entry: Entry) -> str:
    """Registers whom an entry is about, and moves the alias to whom the ledger has reign; lines about it.

    Safe to repeat, after a crash at any point: versions are found by fingerprint, and the alias moves last.

    Raises:
        NoInputError: the champion is not registered and its files are not in models/.
        DataError: its registered files are not those that were decided on; the alias stays.
        UnavailableError: the registry cannot be reached.
    """
    return "\n".join(_enacted(open_registry(root), root, [entry], champion(read_ledger(root))))


def enact_pending(root: Path) -> list[str]:
    """Enacts what the commit that is checked out has decided and the registry does not show yet; in lines.

    Raises as `enact` does.
    """
    entries, registry = read_ledger(root, committed=True), open_registry(root)
    known = {one.fingerprint for one in versions(registry)}
    waiting = [
        one
        for one in entries
        if one == entries[-1] or any(who.fingerprint not in known for who in _candidates(one))
    ]
    return _enacted(registry, root, waiting, champion(entries))


def _enacted(
    registry: Registry, root: Path, entries: Sequence[Entry], reigning: Candidate | None
) -> list[str]:
    """All are registered before the alias moves; who cannot be is said, and only the champion must."""
    lines: list[str] = []
    for entry in entries:
        for candidate in _candidates(entry):
            try:
                lines += _register(registry, root, candidate, entry)
            except ReprocastError as error:
                if reigning and candidate.fingerprint == reigning.fingerprint:
                    raise
                lines.append(f"{candidate.model} of {entry.as_of} is not registered: {error}")
    return [*lines, *_crown(registry, root, reigning)]


def _candidates(entry: Entry) -> list[Candidate]:
    """Who must be registered: with `first` the baseline, too, and a refit last; with a rollback nobody."""
    if entry.action == "rollback":
        return []
    own = [entry.champion if entry.action == "first" else None, entry.challenger]
    return [one for one in (*own, entry.reigning() if entry.refit else None) if one is not None]


def _register(registry: Registry, root: Path, candidate: Candidate, entry: Entry) -> Iterator[str]:
    found, standing = version_of(registry, candidate.fingerprint), _standing(candidate, entry)
    if found is None or found.artifact_sha256 != candidate.artifact_sha256:
        found = _new_version(registry, root, candidate, entry)
        yield f"{registry.name} version {found.number}: {candidate.model} registered"
    elif not found.is_champion and found.tags.get("status") != "former":
        tag(registry, found, standing)


def _standing(candidate: Candidate, entry: Entry) -> dict[str, str]:
    """Tags of who is not champion by an entry; the champion gets its own with the alias.

    `scored` is who has won where its refit is champion.
    """
    reigning = entry.reigning()
    if reigning is not None and candidate.fingerprint == reigning.fingerprint:
        return {}
    status = "refused" if candidate == entry.challenger else "former"
    status = "scored" if candidate.fingerprint == entry.winner else status
    return {"status": status, "reason": entry.reason[:REASON]}


REASON = 1000
"""Characters of a reason that a tag keeps."""


def _new_version(registry: Registry, root: Path, candidate: Candidate, entry: Entry) -> Version:
    from reprocast.tracking.refitted import refit_run

    _refuse_others(root, candidate, entry)
    # Its standing comes with it: a version that is there is not looked at again after a crash.
    tags = _tags(root, candidate, entry) | _standing(candidate, entry)
    if candidate.refit_of:
        again = refit_run(registry.store, root, candidate.model)
        return register(registry, again.model, again.run.info.run_id, tags)
    from reprocast.tracking.agreement import settled_run
    from reprocast.tracking.outputs import read_model

    settled = settled_run(registry.store, read_model(root, candidate.model), root)
    return register(registry, settled.model, settled.run.info.run_id, tags)


def _refuse_others(root: Path, candidate: Candidate, entry: Entry) -> None:
    """Raises where the files here are not those of the candidate.

    Raises:
        NoInputError: saying where they are.
    """
    place = f"{FOLDER if candidate.refit_of else 'models'}/{candidate.model}"
    if (
        not (root / place / "model.json").is_file()
        or artifact_sha256(root / place) != candidate.artifact_sha256
    ):
        commit = candidate.origin or "the commit that holds this ledger entry"
        raise NoInputError(
            f"{place}: is not the model that was decided on ({entry.file_name()}); "
            f"check out {commit}, run `dvc pull`, and then `reprocast promote --enact`"
        )


def _tags(root: Path, candidate: Candidate, entry: Entry) -> dict[str, str]:
    tags = {
        "fingerprint": candidate.fingerprint,
        "artifact_sha256": candidate.artifact_sha256,
        "model": candidate.model,
        "kind": candidate.kind,
        "data_sha256": entry.data_sha256,
        "dvc_lock_sha256": entry.dvc_lock_sha256,
        "vintage": entry.vintage,
        "commit": candidate.origin or commit_of(root, entry.dvc_lock_sha256),
        "as_of": entry.as_of,
        "validation_end": candidate.validation_end,
        "reason": (entry.refit.claim if candidate.refit_of and entry.refit else entry.reason)[:REASON],
        "refit_of": candidate.refit_of,
    }
    return {key: str(value) for key, value in tags.items() if value is not None}


def _crown(registry: Registry, root: Path, reigning: Candidate | None) -> Iterator[str]:
    """The alias to whom the ledger has reign; nothing if it points there already."""
    if reigning is None:
        return
    new = version_of(registry, reigning.fingerprint)
    if new is None or new.artifact_sha256 != reigning.artifact_sha256:
        raise NoInputError(
            f"{registry.name}: has no version of {reigning.model} ({reigning.fingerprint[:12]}), whom the "
            "ledger has reign; check out the commit of its entry, run `dvc pull`, and then "
            "`reprocast promote --enact`"
        )
    old = next((one for one in versions(registry) if one.is_champion), None)
    if old is not None and old.number == new.number:
        tag(registry, new, {"status": "champion"})
        yield f"{registry.name}@champion is version {new.number}, {new.model}"
        return
    fetched(registry, new, root)
    tag(registry, new, {"status": "champion"})
    if old is not None:
        tag(registry, old, {"status": "former"})
    move_alias(registry, new)
    yield f"{registry.name}@champion is now version {new.number}, {new.model}"
