"""The chain as far as the registry knows it: alias, ledger, artifact and run of a version, values only.

registry alias → ledger → model artifact → MLflow run → (registry/origin.py) fingerprint → dvc.lock →
windows → data → vintage
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from reprocast.registry.link import Link, differs, short, some


def alias_link(
    version: str, champion: str | None, tags: Mapping[str, str], reigning: tuple[str, str] | None
) -> Link:
    """The alias, the version's own status and the ledger name the same champion.

    Args:
        version: number of the version that is asked for.
        champion: number of the version the alias points at, if there is one.
        tags: of the version.
        reigning: fingerprint and artifact of the champion according to the ledger; None if it is empty.
    """
    status, is_champion = tags.get("status", "without a status"), version == champion
    if is_champion != (status == "champion"):
        points = f"points at version {champion}" if champion else "points nowhere"
        return Link("alias", "broken", f"champion {points}, but version {version} is tagged {status}")
    own = (tags.get("fingerprint"), tags.get("artifact_sha256"))
    if reigning is not None and is_champion != (own == reigning):
        return Link(
            "alias",
            "broken",
            f"champion points at version {champion}, but by the ledger {short(reigning[0])} is the champion; "
            "`reprocast promote --enact` makes the registry agree",
        )
    if is_champion:
        return Link("alias", "holds", f"champion points at version {version}, and so does the ledger")
    return Link("alias", "holds", f"version {version} is {status}; the champion is version {champion}")


def ledger_link(
    fingerprint: str, artifact: str, candidates: Iterable[Mapping[str, Any]], altered: Collection[str]
) -> Link:
    """Some decision was about this model and these bytes, and no entry was changed after it was written.

    Args:
        fingerprint: of the version.
        artifact: its artifact's hash.
        candidates: champions and challengers of all entries.
        altered: names of entries that git has seen changed or removed.
    """
    if altered:
        return Link("ledger", "broken", f"entries were changed or removed: {some(altered)}")
    own = [one for one in candidates if one["fingerprint"] == fingerprint]
    if not any(one["artifact_sha256"] == artifact for one in own):
        what = "names these bytes" if own else "is about it"
        return Link("ledger", "broken", f"model {short(fingerprint)}: no entry {what}")
    return Link("ledger", "holds", f"{_count(len(own), 'mention')}; no entry was ever changed")


def artifact_link(
    tagged: str, found: str, description: Mapping[str, Any], weights: Mapping[str, str]
) -> Link:
    """The files are those that were registered, and the weights those that model.json names.

    Args:
        tagged: hash that the version carries.
        found: hash of the files that were downloaded.
        description: their model.json.
        weights: hash found by seed.
    """
    if found != tagged:
        return differs("artifact", "the files have", found, "the version says", tagged)
    for seed, said in description.get("weights", {}).items():
        if weights.get(seed) != said:
            return differs("artifact", f"weights of seed {seed} have", weights.get(seed), "model.json", said)
    files = f", and {_count(len(weights), 'file')} of weights by name" if weights else ", without weights"
    return Link("artifact", "holds", f"sha256 {short(found)}{files}")


def run_link(run: str | None, status: str | None, tags: Mapping[str, str], said: Mapping[str, str]) -> Link:
    """The run that a version names has finished and is about the same model.

    Args:
        run: its id; None if the version names none.
        status: as MLflow says it; None if there is no such run.
        tags: of the run.
        said: tags of the version.
    """
    if run is None or status is None:
        return Link("run", "broken", f"there is no run {run}" if run else "the version names no run")
    if status != "FINISHED":
        return Link("run", "broken", f"run {run} is {status}")
    for key, own in {"fingerprint": "fingerprint", "role": "kind", "model": "model"}.items():
        if tags.get(key) != said.get(own):
            return differs("run", f"{key} of run {run} is", tags.get(key), "the version says", said.get(own))
    return Link("run", "holds", f"{run}, finished, of the same model")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
