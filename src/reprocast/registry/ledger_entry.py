"""One decision about the champion, as a small JSON file: the same round gives the same bytes and name."""

from typing import Annotated, Any, Literal

from pydantic import Field

from reprocast.deterministic import canonical_json, sha256_of_text
from reprocast.params.base import Block

SCHEMA = 1
"""Version of the form of an entry that this program writes."""
Action = Literal["first", "promote", "keep", "refuse", "rollback"]
Time = str | int


class Candidate(Block):
    """A model as the ledger knows it."""

    fingerprint: str
    """Hash over everything that decides its numbers."""
    model: str
    """Its name in models/ and results/."""
    kind: Literal["network", "baseline"]
    """What it is."""
    artifact_sha256: str
    """Hash of its folder; empty where that could not be read, or is not the one of dvc.lock."""
    validation_end: Time | None
    """Last step that its validation forecasts."""
    parameters: int
    """Numbers that were fitted."""
    multiply_adds: int
    """Multiplications with addition for one forecast of one window."""
    origin: str | None = None
    """Git commit that holds its dvc.lock, where that was known."""
    refit_of: str | None = None
    """Fingerprint of the model that it was refitted from; none: it was scored itself."""


class Evidence(Block):
    """What the decision rests on; both models on the same cutoffs, losses in one scale."""

    loss: str
    """What is averaged over series, targets and steps of a cutoff."""
    champion_loss: float
    """Mean over the cutoffs."""
    challenger_loss: float
    """Mean over the cutoffs."""
    skill: float
    """1 − challenger's loss / champion's."""
    p_value: float | None
    """One-sided: of a difference this large in the challenger's favour, were it no better. None: untested."""
    alpha: float
    """Level that this round spends; 0 where nothing was tested."""
    fresh: int
    """Cutoffs after all that were tested before."""
    cutoffs: int
    """Cutoffs (or series) compared."""
    first_cutoff: Time
    """Earliest."""
    last_cutoff: Time
    """Latest."""
    series: int
    """Series compared: those that both models know."""
    margin: float | None = None
    """Share by which a cheaper challenger may be worse, where gate.margin allows it."""
    margin_p_value: float | None = None
    """One-sided: of losses like these, were the challenger worse by more than the margin."""
    cheaper: bool = False
    """Whether the challenger saves gate.saving of the champion's multiply-adds."""


class Refit(Block):
    """What became of the winner: fitted again on everything up to data.end, and champion in its place."""

    fingerprint: str
    """Derived from that of the winner."""
    artifact_sha256: str
    """Hash of its folder."""
    fitted_to: Time
    """Last step that it has learned from; a later round compares it after that only."""
    more: int
    """Steps of data that it has learned from and the winner has not."""
    parameters: int
    """Numbers that were fitted."""
    epochs: dict[str, int] = Field(default_factory=dict)
    """By seed: passes over the windows, as validation had chosen them; empty for a baseline."""
    steps: int = 0
    """Optimiser steps over all seeds; 0 for a baseline."""
    claim: str
    """What may be said of it."""


class Entry(Block):
    """A decision."""

    schema_version: Literal[1] = 1
    """Version of this form."""
    sequence: Annotated[int, Field(ge=1)]
    """Place in the chain of decisions that this one was taken in."""
    action: Action
    """What was decided."""
    as_of: Time
    """data.end of the round."""
    name: str
    """The registered model's name."""
    champion: Candidate | None
    """Who was champion before; with `first` the best baseline."""
    challenger: Candidate | None
    """Who was to become it."""
    winner: str | None
    """Fingerprint of who has won: champion afterwards, or `refit` of it is."""
    evidence: Evidence | None
    """None where nothing was compared."""
    reason: str
    """In a sentence."""
    by: str
    """Who or what started it."""
    dvc_lock_sha256: str | None
    """Hash of the dvc.lock that the challenger comes from."""
    data_sha256: str | None
    """Hash of the validated panel that both were scored on."""
    vintage: str | None = None
    """Name of the stored answer that the panel comes from."""
    refit: Refit | None = None
    """The winner fitted again, where gate.refit says so; it is champion."""

    def reigning(self) -> Candidate | None:
        """Who is champion afterwards: the winner, or its refit."""
        both = (one for one in (self.champion, self.challenger) if one and one.fingerprint == self.winner)
        winner = next(both, None)
        return winner if winner is None or self.refit is None else _again(winner, self.refit)

    def text(self) -> str:
        """The file; what only refits have stands there for refits only."""
        return canonical_json(_without_none(self.model_dump(mode="json"), ("refit", "refit_of")))

    def file_name(self) -> str:
        """`<as_of date>-<challenger, 12 digits>-<action>-<hash of the content, 8 digits>.json`.

        With the hash, branches that decide about the same challenger add two files instead of one twice.
        """
        who = self.challenger.fingerprint[:12] if self.challenger else "none"
        return f"{str(self.as_of)[:10]}-{who}-{self.action}-{sha256_of_text(self.text())[:8]}.json"


def _again(winner: Candidate, refit: Refit) -> Candidate:
    """The refitted winner as the ledger knows models: its validation ends where it has stopped to learn."""
    own = {
        "fingerprint": refit.fingerprint,
        "artifact_sha256": refit.artifact_sha256,
        "validation_end": refit.fitted_to,
        "parameters": refit.parameters,
        "refit_of": winner.fingerprint,
    }
    return winner.model_copy(update=own)


def _without_none(value: Any, keys: tuple[str, ...]) -> Any:
    """The same without the members of these names that are None."""
    if not isinstance(value, dict):
        return value
    kept = {key: inner for key, inner in value.items() if inner is not None or key not in keys}
    return {key: _without_none(inner, keys) for key, inner in kept.items()}
