"""What the compare stage left on disk, as far as runs record it: verdict, ranking, tests, confidence set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reprocast.deterministic import canonical_json, sha256_of_file, sha256_of_text
from reprocast.tracking.outputs import LEADERBOARD, ModelOutput, read_json, read_rows

COMPARISON = Path("results/comparison")
Rows = Sequence[Mapping[str, str]]
ROLES = {"naive": "versus_naive", "best_baseline": "versus_best_baseline"}
"""Field of the verdict that names a rival -> tag with the result of the test against it."""


@dataclass(frozen=True)
class Comparison:
    """One comparison of the models on disk."""

    fingerprint: str
    """Over the models' fingerprints and the bytes of every file that the compare stage made."""
    verdict: Mapping[str, Any]
    """results/comparison/verdict.json."""
    leaderboard: Rows
    confidence: Mapping[str, str]
    """Model -> `in` or `out` of the model confidence set; empty where it was not computed."""

    @property
    def text(self) -> str:
        """The verdict in words."""
        return str(self.verdict["text"])


def read_comparison(root: Path, outputs: Sequence[ModelOutput]) -> Comparison | None:
    """The comparison in the project at `root`; None where there is none of just these models."""
    verdict, leaderboard = read_json(root / COMPARISON / "verdict.json"), read_rows(root / LEADERBOARD)
    models = {output.description.name: output.description.fingerprint for output in outputs}
    ranked = {row["model"]: row["fingerprint"] for row in leaderboard if row.get("fingerprint")}
    same = ranked.keys() == models.keys() and all(models[name].startswith(ranked[name]) for name in ranked)
    if not verdict or not ranked or not same:
        return None
    files = [root / LEADERBOARD, *sorted((root / COMPARISON).glob("*.*"))]
    seen = {"models": models, "files": {path.name: sha256_of_file(path) for path in files}}
    said = read_rows(root / COMPARISON / "confidence_set.csv")
    inside = {row["model"]: "in" if row["included"].lower() in ("true", "1") else "out" for row in said}
    return Comparison(sha256_of_text(canonical_json(seen)), verdict, leaderboard, inside)


def standings(comparison: Comparison) -> dict[str, dict[str, str]]:
    """Tags by model that say how it stands: chosen on validation, results of tests, confidence set.

    A model that was not tested against a rival says so: only the choice of the validation is.
    """
    verdict = comparison.verdict
    found: dict[str, dict[str, str]] = {}
    for row in comparison.leaderboard:
        name = row["model"]
        tags = {"selected": selected} if (selected := _selected(name, verdict)) else {}
        if name in comparison.confidence:
            tags["confidence_set"] = comparison.confidence[name]
        for field, tag in ROLES.items():
            if verdict.get(field) and name != verdict[field]:
                tags[tag] = _result(name, str(verdict[field]), verdict)
        found[name] = tags
    return found


STANDING = ("selected", "confidence_set", *ROLES.values())
"""The tags that `standings` gives."""


def _selected(name: str, verdict: Mapping[str, Any]) -> str | None:
    kinds = {verdict.get("chosen"): "network", verdict.get("best_baseline"): "baseline"}
    return kinds.get(name)


def _result(name: str, rival: str, verdict: Mapping[str, Any]) -> str:
    """`beats`, `tied`, `worse` or `untested`."""
    tests = [test for test in verdict.get("tests", ()) if (test["a"], test["b"]) == (name, rival)]
    return str(tests[0]["result"]) if tests else "untested"
