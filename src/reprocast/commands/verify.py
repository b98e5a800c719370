"""`reprocast verify`: follows the chain of a registered version link by link, and hashes everything anew."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from reprocast.commands.decisions.ledger_files import LEDGER, read_ledger
from reprocast.commands.repository.commits import rewritten, uncommitted
from reprocast.commands.repository.provenance import origin
from reprocast.deterministic import sha256_of_file
from reprocast.errors import DataError, NoInputError, ReprocastError, first_names
from reprocast.model import Description
from reprocast.registry.artifact import artifact_sha256
from reprocast.registry.chain import alias_link, artifact_link, ledger_link, run_link
from reprocast.registry.hashes import hashes_below
from reprocast.registry.ledger import champion as reigns
from reprocast.registry.link import SHORT, Link
from reprocast.registry.refit import refit_link
from reprocast.tasks.forecast.kept_intervals import FILE
from reprocast.tasks.loading import read_description
from reprocast.tracking.interval_file import read_intervals
from reprocast.tracking.registered import (
    Registry,
    Version,
    champion,
    download,
    download_beside,
    open_registry,
    version_of,
    versions,
)
from reprocast.tracking.version_run import run_of


def verify(root: Path, number: int | None = None) -> str:
    """The links of a version's chain, a line each.

    Args:
        root: the project.
        number: of the version; None for the champion.

    Raises:
        DataError: a link is broken; the lines say which.
        NoInputError: no such version; or what a link rests on is not here, so that nobody can tell.
        UnavailableError: the MLflow store cannot be reached.
    """
    registry = open_registry(root)
    version = asked(registry, number)
    links = followed(root, registry, version)
    head = f"version {version.number} of {registry.name}: {version.model}, as of {version.tags.get('as_of')}"
    lines = "\n".join([head, *map(str, links)])
    for state, error in (("broken", DataError), ("unseen", NoInputError)):
        names = [link.name for link in links if link.state == state]
        if names:
            raise error(f"{lines}\n{WORDS[state]}: {', '.join(names)}")
    return f"{lines}\nthe chain holds"


WORDS = {
    "broken": "the chain is broken at",
    "unseen": "no link is broken, but what these rest on is not here",
}


def asked(registry: Registry, number: int | None) -> Version:
    """The version of this number, or the champion.

    Raises:
        NoInputError: there is none.
    """
    if number is None:
        found = champion(registry)
        if found is None:
            raise NoInputError(
                f"registered model {registry.name}: has no champion; `reprocast promote` first"
            )
        return found
    known = {one.number: one for one in versions(registry)}
    if number not in known:
        there = first_names(reversed(known.values())) or "none"
        raise NoInputError(f"registered model {registry.name}: has no version {number}; there are {there}")
    return known[number]


def followed(root: Path, registry: Registry, version: Version) -> list[Link]:
    """All links of a version, from the alias to the source's answer."""
    status, tags = run_of(registry, version)
    links = [_alias(root, registry, version), _ledger(root, version)]
    with tempfile.TemporaryDirectory(prefix="reprocast-") as scratch:
        try:
            folder = download(registry, version, Path(scratch, version.model))
            description = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            links.append(_artifact(version, folder, description))
        except (ReprocastError, OSError, ValueError) as error:
            return [
                *links,
                Link("artifact", "broken", str(error)),
                run_link(version.run, status, tags, version.tags),
            ]
        links.append(run_link(version.run, status, tags, version.tags))
        if version.tags.get("refit_of"):
            return links + _scored(root, registry, version, folder)
        files = hashes_below(folder)
        return links + origin(
            root, version.tags, description, files, lambda: _registered(registry, version, folder)
        )


def _scored(root: Path, registry: Registry, version: Version, refit: Path) -> list[Link]:
    """From a refitted model, in the folder `refit`, to the one that was scored, and from there on."""
    scored = version_of(registry, version.tags["refit_of"])
    if scored is None:
        what = f"the model that was scored ({version.tags['refit_of'][:SHORT]}) is not registered"
        return [Link("refit", "unseen", f"{what}; `reprocast promote --enact` where its files are")]
    with tempfile.TemporaryDirectory(prefix="reprocast-") as scratch:
        try:
            folder = download(registry, scored, Path(scratch, scored.model))
            said, before = (
                json.loads((one / "model.json").read_text(encoding="utf-8")) for one in (refit, folder)
            )
        except (ReprocastError, OSError, ValueError) as error:
            return [Link("refit", "broken", str(error))]
        return [
            refit_link(version.fingerprint, said, before, scored.tags),
            replace(_artifact(scored, folder, before), name="scored"),
            *origin(
                root,
                scored.tags,
                before,
                hashes_below(folder),
                lambda: (read_description(folder), _registered(registry, version, refit)[1]),
            ),
        ]


def _artifact(version: Version, folder: Path, description: Mapping[str, Any]) -> Link:
    seeds = description.get("weights", {})
    weights = {
        seed: sha256_of_file(path)
        for seed in seeds
        if (path := folder / f"seed-{seed}.safetensors").is_file()
    }
    return artifact_link(version.artifact_sha256, artifact_sha256(folder), description, weights)


def _registered(registry: Registry, version: Version, folder: Path) -> tuple[Description, str | None]:
    """The description in a version's folder, and the hash of the intervals registered beside it, if any were.

    Raises:
        DataError: one of them was changed, or they are of another model.
    """
    description = read_description(folder)
    path = download_beside(registry, version, FILE, folder.parent)
    return description, None if path is None else read_intervals(path, description).sha256


def _alias(root: Path, registry: Registry, version: Version) -> Link:
    reigning, head = reigns(read_ledger(root)), champion(registry)
    said = (reigning.fingerprint, reigning.artifact_sha256) if reigning else None
    return alias_link(str(version.number), str(head.number) if head else None, version.tags, said)


def _ledger(root: Path, version: Version) -> Link:
    said = [(entry.champion, entry.challenger, entry.reigning()) for entry in read_ledger(root)]
    sides = [side for sides in said for side in dict.fromkeys(sides) if side]
    candidates = [side.model_dump() for side in sides]
    changed = rewritten(root, LEDGER.as_posix())
    link = ledger_link(version.fingerprint, version.artifact_sha256, candidates, changed)
    new = uncommitted(root, LEDGER.as_posix())
    if link.state == "holds" and new:
        return Link("ledger", "unseen", f"not under git yet: {', '.join(new)}; commit it")
    return link
