"""Trials as they are made, kept in Optuna's journal, so that a search that was killed goes on."""

from pathlib import Path

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

from reprocast.evaluation.tuned import Question, Trial
from reprocast.tuning.space import frozen, quiet


class Journal:
    """The trials of one question, in a file that holds those of others, too."""

    def __init__(self, path: Path, question: Question) -> None:
        """Opens the journal, or begins it.

        Args:
            path: of the file.
            question: what is searched.
        """
        quiet()
        path.parent.mkdir(parents=True, exist_ok=True)
        _clear(path)
        storage = JournalStorage(JournalFileBackend(str(path), lock_obj=JournalFileOpenLock(str(path))))
        self._space = question.space
        self._study = optuna.create_study(storage=storage, study_name=question.sha256, load_if_exists=True)

    def trials(self) -> list[Trial]:
        """What was made so far, in order."""
        return [Trial.model_validate(one.user_attrs["trial"]) for one in self._study.trials]

    def append(self, trial: Trial) -> None:
        """Keeps a trial; once this returns it survives a kill."""
        self._study.add_trial(frozen(trial, self._space))


def _clear(path: Path) -> None:
    """What a kill in the middle of a write leaves: half a line, and a lock that nobody holds.

    Nobody else writes here: who searches holds the project.
    """
    path.with_name(f"{path.name}.lock").unlink(missing_ok=True)
    text = path.read_bytes() if path.exists() else b""
    if text and not text.endswith(b"\n"):
        path.write_bytes(text[: text.rfind(b"\n") + 1])
