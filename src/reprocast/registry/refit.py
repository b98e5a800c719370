"""A model that was fitted again after it had won: its name, what may be claimed of it, its link to before."""

from collections.abc import Mapping
from typing import Any

from reprocast.deterministic import canonical_json, sha256_of_text
from reprocast.registry.link import Link, differs, short

FORM = 1
"""Raised when the way of refitting changes, so that another refit of a model is another model."""
NOTE = "refit"
"""Key of model.json's `fitted` under which a refitted model says so."""
FOLDER, POINTER = "refit", "refit.dvc"
"""Where the newest refitted model lies, in a folder of its name, and the file by which DVC knows it."""


def refit_fingerprint(scored: str) -> str:
    """Fingerprint of the refit of the model with this fingerprint, which decides everything else of it."""
    return sha256_of_text(canonical_json({"refit_of": scored, "form": FORM}))


def refit_of(fitted: Mapping[str, Any]) -> str | None:
    """Fingerprint of the model that a model was refitted from, by the `fitted` of its model.json."""
    said = fitted.get(NOTE)
    return str(said["of"]) if isinstance(said, Mapping) else None


def claim(more: int, fitted_to: str | int) -> str:
    """The most that may be said of a refitted model.

    Args:
        more: steps of data that it has learned from and the scored model has not.
        fitted_to: the last step that it has learned from.
    """
    return (
        "The refitted model itself was never scored; the figures of this decision are those of the model it "
        f"was refitted from, with the same configuration and {more:,} steps fewer of data. Its intervals are "
        f"calibrated on that model's backtest. It has seen everything up to {fitted_to}."
    )


def refit_link(
    fingerprint: str, said: Mapping[str, Any], scored: Mapping[str, Any], tagged: Mapping[str, str]
) -> Link:
    """The refitted model goes back to the scored one: same configuration, fingerprint derived from its.

    Args:
        fingerprint: that the refitted version carries.
        said: its model.json.
        scored: model.json of the version that it says it was refitted from.
        tagged: tags of that version.
    """
    derived = refit_fingerprint(tagged.get("fingerprint", ""))
    if fingerprint != derived:
        return differs("refit", "the version has", fingerprint, "the scored model gives", derived)
    if said["fingerprint"] != fingerprint:
        return differs("refit", "model.json has", said["fingerprint"], "the version", fingerprint)
    for key in ("block", "shared", "seeds", "series", "look_back", "horizon", "windows_sha256"):
        if said[key] != scored[key]:
            return Link("refit", "broken", f"{key} is another than in the scored model's model.json")
    if refit_of(said["fitted"]) != scored["fingerprint"]:
        return differs("refit", "it says of", refit_of(said["fitted"]), "scored is", scored["fingerprint"])
    return Link("refit", "holds", f"of {short(scored['fingerprint'])}, which was scored, same configuration")
