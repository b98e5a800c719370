"""`reprocast rollback`: another champion by a person's word, recorded before the alias moves."""

from pathlib import Path

from reprocast.commands.decisions.champion_files import fetched
from reprocast.commands.decisions.enacting import enact
from reprocast.commands.decisions.ledger_files import read_ledger, write_entry
from reprocast.errors import DataError, UsageError, first_names
from reprocast.model import Description, Model
from reprocast.registry.ledger import next_sequence, reigns
from reprocast.registry.ledger_entry import Candidate, Entry
from reprocast.tasks.loading import load_model
from reprocast.tracking.registered import Registry, Version, open_registry, version_of, versions


def rollback(root: Path, *, by: str, to: int | None = None, why: str = "") -> str:
    """Makes the champion before this one champion again, or a registered version; what to print.

    Files of the version are fetched and checked first: where they are not whole, nothing is written.

    Raises:
        UsageError: no such version, or it is the champion already.
        DataError: there is no champion to go back from or to, the version's files are not whole, or its
            weights are not finite.
        UnavailableError: the registry cannot be reached.
    """
    entries, registry = read_ledger(root), open_registry(root)
    stack = reigns(entries)
    if not stack:
        raise DataError("ledger/: there is no champion yet; `reprocast promote` makes the first")
    version = _before(registry, stack) if to is None else _numbered(registry, to)
    if version.fingerprint == stack[-1].fingerprint:
        raise UsageError(f"{registry.name} version {version.number} is the champion already")
    target = _candidate(registry, version, root)
    last = entries[-1]
    entry = Entry(
        sequence=next_sequence(entries),
        action="rollback",
        as_of=last.as_of,
        name=registry.name,
        champion=stack[-1],
        challenger=target,
        winner=target.fingerprint,
        evidence=None,
        reason=why or _why(stack[-1], version),
        by=by,
        dvc_lock_sha256=version.tags.get("dvc_lock_sha256"),
        data_sha256=version.tags.get("data_sha256"),
        vintage=version.tags.get("vintage"),
    )
    path = write_entry(root, entry)
    return f"rollback: {entry.reason}\n{enact(root, entry)}\nledger: {path.relative_to(root)}"


def _before(registry: Registry, stack: list[Candidate]) -> Version:
    if len(stack) < 2:
        raise DataError(
            f"ledger/: nobody was champion before {stack[-1].model}; "
            "`reprocast rollback --to N` takes a version"
        )
    found = version_of(registry, stack[-2].fingerprint)
    if found is None:
        raise DataError(
            f"{registry.name}: has no version of {stack[-2].model} ({stack[-2].fingerprint[:12]}); "
            "`reprocast rollback --to N` takes another"
        )
    return found


def _numbered(registry: Registry, number: int) -> Version:
    known = {one.number: one for one in versions(registry)}
    if number not in known:
        there = first_names(reversed(known.values())) or "none"
        raise UsageError(f"--to {number}: {registry.name} has no such version; there are {there}")
    return known[number]


def _candidate(registry: Registry, version: Version, root: Path) -> Candidate:
    """The version as the ledger knows models, from its own files, which must be able to forecast."""
    said = _usable(registry, version, load_model(fetched(registry, version, root)))
    return Candidate(
        fingerprint=version.fingerprint,
        model=version.model,
        kind=said.kind,
        artifact_sha256=version.artifact_sha256,
        validation_end=said.validation_end,
        parameters=said.cost.parameters,
        multiply_adds=said.cost.multiply_adds,
        origin=version.tags.get("commit"),
        refit_of=version.tags.get("refit_of"),
    )


def _usable(registry: Registry, version: Version, model: Model) -> Description:
    """The model's description; raises where it could only answer with NaN."""
    for network in getattr(model, "networks", ()):
        for name, weights in network.state_dict().items():
            if not bool(weights.isfinite().all()):
                raise DataError(
                    f"{registry.name} version {version.number}: {name} is not finite, so that it cannot "
                    "forecast; `reprocast rollback --to N` takes another version"
                )
    return model.description


def _why(now: Candidate, version: Version) -> str:
    refused = ", which the gate had refused" if version.tags.get("status") == "refused" else ""
    return f"back from {now.model} to version {version.number}, {version.model}{refused}"
