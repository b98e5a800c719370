"""Errors a user can act on: one line (what, where, remedy) and a sysexits exit code."""

from collections.abc import Iterable
from itertools import islice
from typing import ClassVar

SHOWN = 10
"""Names that a message lists."""


def first_names(names: Iterable[object]) -> str:
    """The first ten names, with an ellipsis where there are more."""
    found = [str(name) for name in islice(names, SHOWN + 1)]
    return ", ".join(found[:SHOWN]) + (" …" if len(found) > SHOWN else "")


class ReprocastError(Exception):
    """Base of every expected failure; its text is the line the user reads."""

    exit_code: ClassVar[int] = 70


class UsageError(ReprocastError):
    """The command line is wrong (EX_USAGE)."""

    exit_code = 64


class DataError(ReprocastError):
    """The data are there but wrong (EX_DATAERR)."""

    exit_code = 65


class NoInputError(ReprocastError):
    """A file or folder to be read does not exist (EX_NOINPUT)."""

    exit_code = 66


class UnavailableError(ReprocastError):
    """A service or optional program is missing (EX_UNAVAILABLE)."""

    exit_code = 69


class InternalError(ReprocastError):
    """A promise of our own code was broken (EX_SOFTWARE)."""

    exit_code = 70


class CannotCreateError(ReprocastError):
    """An output cannot be created, for example in a read-only folder (EX_CANTCREAT)."""

    exit_code = 73


class DiskError(ReprocastError):
    """Reading or writing failed half-way, for example on a full disk (EX_IOERR)."""

    exit_code = 74


class TryAgainError(ReprocastError):
    """A source is down or limits the rate for now (EX_TEMPFAIL)."""

    exit_code = 75


class ParamsError(ReprocastError):
    """params.yaml or operations.yaml is wrong (EX_CONFIG)."""

    exit_code = 78
