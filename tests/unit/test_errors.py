"""What errors say, and how they leave."""

import os

import pytest

from reprocast import errors


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""),
        (["a"], "a"),
        (range(10), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9"),
        (range(99), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 …"),
    ],
)
def test_long_lists_are_cut(names: list[object], said: str) -> None:
    assert errors.first_names(names) == said


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (errors.UsageError, "EX_USAGE"),
        (errors.DataError, "EX_DATAERR"),
        (errors.NoInputError, "EX_NOINPUT"),
        (errors.UnavailableError, "EX_UNAVAILABLE"),
        (errors.InternalError, "EX_SOFTWARE"),
        (errors.CannotCreateError, "EX_CANTCREAT"),
        (errors.DiskError, "EX_IOERR"),
        (errors.TryAgainError, "EX_TEMPFAIL"),
        (errors.ParamsError, "EX_CONFIG"),
    ],
)
def test_exit_codes_are_those_of_sysexits(error: type[errors.ReprocastError], name: str) -> None:
    assert error.exit_code == getattr(os, name)
