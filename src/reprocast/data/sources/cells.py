"""Text cells of a file to times and numbers; the first one that is neither is named with its place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reprocast.errors import DataError

MISSING = frozenset({"", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "-"})
"""Cells that mean: no value."""
ZONE = re.compile(r"(?<=\d)\s*(?:Z|UTC|[+-]\d\d:?\d\d)$", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """Where a column's cells stand."""

    file: str
    """Path as it was given."""
    unit: str
    """What rows are called: `line` of a CSV, `row` of a Parquet file."""
    rows: Sequence[int]
    """Number of each cell's row in that unit."""

    def fault(self, position: int, column: str, text: str) -> DataError:
        """The error that names file, row, column and what is wrong."""
        return DataError(f"{self.file}, {self.unit} {self.rows[position]}, column {column}: {text}")

    def only(self, kept: Sequence[int]) -> "Place":
        """The place of the rows that are kept, by position."""
        return Place(self.file, self.unit, [self.rows[position] for position in kept])


def is_missing(cells: pd.Series) -> pd.Series:
    """Which cells hold no value."""
    return cells.isna() | cells.isin(MISSING)


def to_numbers(cells: pd.Series, place: Place) -> pd.Series:
    """A column of text as numbers; missing cells become NaN, a column without any is integer if it can be.

    Raises:
        DataError: a cell that is not a number.
    """
    missing = is_missing(cells)
    numbers = pd.to_numeric(cells.where(~missing), errors="coerce")
    wrong = np.flatnonzero(numbers.isna() & ~missing & (cells.str.lower() != "nan"))
    if len(wrong):
        value = cells.iloc[wrong[0]]
        hint = "; write decimals with a point" if re.fullmatch(r"[-+]?\d+,\d+", value) else ""
        raise place.fault(int(wrong[0]), str(cells.name), f"{value!r} is not a number{hint}")
    return numbers if numbers.dtype.kind == "i" else numbers.astype(np.float64)


def to_steps(cells: pd.Series, place: Place) -> pd.Series:
    """A column of text as integer steps.

    Raises:
        DataError: a cell that is not a whole number.
    """
    whole = cells.str.fullmatch(r"[-+]?\d{1,18}").fillna(False).to_numpy(dtype=np.bool_)
    wrong = np.flatnonzero(~whole)
    if len(wrong):
        value = cells.iloc[wrong[0]]
        said = f"{value!r} is not a whole number (data.calendar is step)"
        raise place.fault(int(wrong[0]), str(cells.name), said)
    return cells.astype(np.int64)


def to_times(cells: pd.Series, place: Place) -> pd.Series:
    """A column of ISO 8601 text as timestamps without zone; zoned times become UTC.

    Raises:
        DataError: a cell that is no such time, is missing, or has a zone where others have none.
    """
    zoned = (cells.str.contains(ZONE) & cells.str.contains(":")).to_numpy(dtype=np.bool_)
    times = pd.to_datetime(cells, format="ISO8601", errors="coerce", utc=True)
    wrong = np.flatnonzero(times.isna())
    if len(wrong):
        raise place.fault(int(wrong[0]), str(cells.name), _no_time(cells.iloc[wrong[0]]))
    if zoned.any() and not zoned.all():
        other = int(np.flatnonzero(zoned != zoned[0])[0])
        raise place.fault(other, str(cells.name), _mixed(cells.iloc[other], has_zone=bool(zoned[other])))
    return times.dt.tz_localize(None).astype("datetime64[us]")


def _no_time(value: str) -> str:
    if value in MISSING:
        return "the time is missing"
    return f"{value!r} is not a date like 2013-03-31 or a time like 2013-03-31T16:00 (ISO 8601)"


def _mixed(value: str, *, has_zone: bool) -> str:
    said = (
        "has a time zone, those before it have none" if has_zone else "has no time zone, those before it do"
    )
    return f"{value!r} {said}; give all of them a zone, or none"
