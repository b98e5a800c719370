"""What a check reports: what it claims, how much it compared, and the leak that it found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from reprocast.audit.leak import AnswerError, LeakError
from reprocast.audit.subject import Subject


@dataclass(frozen=True)
class Done:
    """What a check compared."""

    counts: Mapping[str, int]
    """How many of what, in the order to be said."""
    note: str = ""
    """What it could not look at, and why."""


@dataclass(frozen=True)
class Check:
    """One thing that is claimed, and how it is tried."""

    name: str
    """In a word."""
    claim: str
    """What holds if nothing is found."""
    run: Callable[[Subject], Done]
    """Tries it; raises LeakError or AnswerError."""


@dataclass(frozen=True)
class Result:
    """What came of a check."""

    check: Check
    done: Done = field(default_factory=lambda: Done({}))
    leak: LeakError | AnswerError | None = None

    @property
    def skipped(self) -> bool:
        """Whether there was nothing to try it on."""
        return self.leak is None and not self.done.counts
