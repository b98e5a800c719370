"""Runs the checks one after the other; a leak does not keep the next from being tried."""

from collections.abc import Callable, Sequence

from reprocast.audit.leak import AnswerError, LeakError
from reprocast.audit.result import Check, Result
from reprocast.audit.subject import Subject
from reprocast.errors import ReprocastError


def audit(
    subject: Subject, checks: Sequence[Check], on_check: Callable[[Check], None] = lambda _: None
) -> list[Result]:
    """What came of each check; faults that are no leaks are raised.

    Raises:
        ReprocastError: the data as they are, or with another future, are refused by the pipeline itself.
    """
    results = []
    for check in checks:
        on_check(check)
        try:
            results.append(Result(check, check.run(subject)))
        except (LeakError, AnswerError) as leak:
            results.append(Result(check, leak=leak))
        except ReprocastError as error:
            error.args = (f"audit: {check.name}: {error}",)
            raise
    return results


def first_leak(results: Sequence[Result]) -> LeakError | AnswerError | None:
    """What moved first in the order of the pipeline."""
    return next((result.leak for result in results if result.leak), None)
