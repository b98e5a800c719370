"""One decision about the champion, as a small JSON file: the same round gives the same bytes and name."""

from typing import Annotated, Literal

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
    """Fingerprint of who is champion afterwards."""
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

    def text(self) -> str:
        """The file."""
        return canonical_json(self.model_dump(mode="json"))

    def file_name(self) -> str:
        """`<as_of date>-<challenger, 12 digits>-<action>-<hash of the content, 8 digits>.json`.

        With the hash, branches that decide about the same challenger add two files instead of one twice.
        """
        who = self.challenger.fingerprint[:12] if self.challenger else "none"
        return f"{str(self.as_of)[:10]}-{who}-{self.action}-{sha256_of_text(self.text())[:8]}.json"
