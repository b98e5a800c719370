"""The search of one architecture: taken up where it was left, watched, kept trial by trial."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reprocast.commands.searches.progress import Telling
from reprocast.commands.searches.records import RECORDS, read_records
from reprocast.commands.searches.windows import WINDOWS
from reprocast.data.window_files import windows_sha256
from reprocast.data.windows import Windows
from reprocast.errors import InternalError, UsageError
from reprocast.evaluation.tuned import Question, Record, goes_on, question_of, record_of
from reprocast.params.entry import values_of
from reprocast.params.root import Params
from reprocast.params.tuning import Tuning
from reprocast.stages.publish import STATE
from reprocast.tuning.journal import Journal
from reprocast.tuning.search import search
from reprocast.tuning.trial import Trials

JOURNALS = STATE / "tuning"


@dataclass(frozen=True)
class Account:
    """What became of a search."""

    record: Record
    changed: dict[str, Any]
    """The values of the best trial that are not those of params.yaml."""


def searched(params: Params, name: str, windows: Windows, tuning: Tuning) -> Account:
    """Makes the trials that are still missing.

    Raises:
        UsageError: more trials are recorded already.
        InternalError: every trial failed.
    """
    question = question_of(params, name, tuning, windows_sha256(WINDOWS))
    recorded = read_records(Path()).get(name)
    recorded = recorded if recorded and goes_on(recorded, question) else None
    if recorded and recorded.budget > tuning.trials:
        less = f"{tuning.trials} would forget {recorded.budget - tuning.trials} of them"
        raise UsageError(f"tune: {name} has {recorded.budget} trials in {RECORDS}/{name}.json; {less}")
    question = recorded.question if recorded else question
    journal = Journal(JOURNALS / f"{name}.journal", question)
    for trial in recorded.trials[len(journal.trials()) :] if recorded else ():
        journal.append(trial)  # a fresh clone has the record only
    record = _recorded(params, question, windows, tuning.trials, journal)
    now = values_of(params, name, sorted(question.space))
    return Account(record, {key: value for key, value in record.values.items() if value != now[key]})


def _recorded(params: Params, question: Question, windows: Windows, budget: int, journal: Journal) -> Record:
    trials = journal.trials()[:budget]
    trainer = Trials(params, question.architecture, windows, question.seeds, STATE)
    with Telling(question, budget, trials) as telling:
        for trial in search(question, budget, tuple(trials), trainer.fits, telling.watched(trainer)):
            journal.append(trial)
            trials.append(trial)
            telling.tell(trial)
    record = record_of(question, budget, tuple(trials))
    if record is None:
        raise InternalError(
            f"tune: {question.architecture}: every trial failed, the first so: {trials[0].reason}"
        )
    return record
