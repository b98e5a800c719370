"""A winner fitted again on all data: in a process of its own, then tracked, then told to the ledger."""

import json
from pathlib import Path

from reprocast.commands.repository.child import module
from reprocast.commands.repository.refit_tracked import refuse_untrackable, track_refit
from reprocast.commands.repro import FAILURE, StageFailedError
from reprocast.errors import DataError, InternalError, ReprocastError
from reprocast.model import Description
from reprocast.registry.artifact import artifact_sha256
from reprocast.registry.ledger_entry import Candidate, Entry, Refit
from reprocast.registry.refit import FOLDER, NOTE, claim, refit_fingerprint
from reprocast.tasks.loading import read_description

STAGE = "reprocast.stages.refit"


def with_refit(root: Path, entry: Entry) -> Entry:
    """The entry with its winner fitted again, in refit/ and under DVC; the same where nothing is fitted.

    The same entry gives the same bytes, so that a crash at any moment is repaired by doing it again.

    Raises:
        UsageError: git does not ignore refit/.
        DataError: the winner's files are not those that were decided on.
        StageFailedError: the refit failed, with its own exit code.
    """
    winner = entry.reigning()
    if winner is None:
        return entry
    refuse_untrackable(root)
    if artifact_sha256(root / "models" / winner.model) != winner.artifact_sha256:
        raise DataError(f"models/{winner.model}: is not the model that was decided on; run `reprocast repro`")
    fit_again(root, winner.model)
    said = refitted(root, winner)
    if said is None:
        return entry
    track_refit(root)
    return entry.model_copy(update={"refit": _told(root / FOLDER / winner.model, said)})


def fit_again(root: Path, name: str, environment: dict[str, str] | None = None) -> None:
    """models/NAME of the project at `root` → refit/NAME.

    Raises:
        StageFailedError: it failed, with its own exit code.
    """
    failure = root / FAILURE
    failure.unlink(missing_ok=True)
    code = module(STAGE, name, folder=root, environment=environment)
    if code and failure.is_file():
        note = json.loads(failure.read_text(encoding="utf-8"))
        raise StageFailedError(note["stage"], note["code"], note["line"])
    if code:
        raise InternalError(f"{STAGE} {name} ended with code {code}; its own message stands above")


def refitted(root: Path, winner: Candidate) -> Description | None:
    """The description in refit/, if it is the refit of this very model."""
    try:
        said = read_description(root / FOLDER / winner.model)
    except ReprocastError:
        return None
    return said if said.fingerprint == refit_fingerprint(winner.fingerprint) else None


def _told(folder: Path, said: Description) -> Refit:
    end, more = said.validation_end, said.fitted[NOTE]["more"]
    assert end is not None
    return Refit(
        fingerprint=said.fingerprint,
        artifact_sha256=artifact_sha256(folder),
        fitted_to=end,
        more=more,
        parameters=said.cost.parameters,
        epochs=said.fitted.get("best_epoch", {}),
        steps=said.cost.optimiser_steps,
        claim=claim(more, end),
    )
