"""Text cells of a file to numbers; the first one that is none is named with its place.

Cells are Arrow arrays: ten million of them cost their bytes, not ten million Python strings.
Legend: T rows.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from reprocast.errors import DataError
from reprocast.panel import Coded, Column

Cells = Any  # pyarrow.ChunkedArray of strings (T,); pyarrow has no types
MISSING = frozenset({"", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "-"})
"""Cells that mean: no value."""
NUMBER = r"^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$|^(?i:[-+]?(inf|infinity)|nan)$"
"""What is read as a number, decimals with a point."""


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


def is_missing(cells: pd.Series) -> pd.Series:
    """Which cells hold no value."""
    return cells.isna() | cells.isin(MISSING)


def encoded(cells: Cells) -> tuple[NDArray[Any], list[str]]:
    """Text as codes (T,) into distinct words, without the blanks around them; null is the empty text."""
    coded = cells if pa.types.is_dictionary(cells.type) else pc.dictionary_encode(cells)
    whole = pa.chunked_array(coded).unify_dictionaries().combine_chunks()
    words = [word.strip() for word in whole.dictionary.to_pylist()]
    return pc.fill_null(whole.indices, len(words)).to_numpy(), [*words, ""]


def to_text(cells: Cells, missing: frozenset[str] = MISSING) -> Coded:
    """A column of text; what means no value is the empty text."""
    codes, words = encoded(cells)
    meant = np.asarray(["" if word in missing else word for word in words], dtype=object)
    distinct, same = np.unique(meant, return_inverse=True)
    return Coded(same.astype(np.int32)[codes], distinct)


def to_numbers(cells: Cells, column: str, place: Place, decimal: str = ".") -> Column | None:
    """A column of text as numbers (T,): int64 if all are whole and there, else float64, missing ones NaN.

    None for a column of nothing but text, which is no value of a series.

    Raises:
        DataError: a cell that is not a number, or too large for one.
    """
    present = _present(cells)
    quick = _typed(present) if decimal == "." else None
    if quick is not None and not _is_infinite(quick):
        return quick
    present = _present(pc.utf8_trim_whitespace(pc.fill_null(cells, "")))
    pointed = present if decimal == "." else _with_points(present)
    valid = _flags(pc.match_substring_regex(pointed, NUMBER))
    there = _flags(pc.is_valid(present))
    if there.any() and not valid.any():
        mistaken = _flags(
            pc.match_substring_regex(_with_points(present) if decimal == "." else present, NUMBER)
        )
        _refuse(np.flatnonzero(there & mistaken), present, column, place, decimal)
        return None
    _refuse(np.flatnonzero(there & ~valid), present, column, place, decimal)
    numbers = _typed(pointed)
    assert numbers is not None  # every cell matches NUMBER
    spelled = _flags(pc.match_substring(pointed, "inf", ignore_case=True))
    too_large = np.flatnonzero(np.isinf(numbers) & ~spelled)
    if len(too_large):
        value = present[int(too_large[0])].as_py()
        raise place.fault(int(too_large[0]), column, f"{value!r} is too large for a number of 64 bits")
    return numbers


def _present(cells: Cells) -> Cells:
    """The cells with null where they mean that there is no value."""
    return pc.if_else(pc.is_in(cells, value_set=pa.array(sorted(MISSING))), None, cells)


def _typed(cells: Cells) -> Column | None:
    """Numbers as Arrow reads them (correctly rounded); None if it cannot read one."""
    try:
        floats: NDArray[np.float64] = cells.cast(pa.float64()).to_numpy()
    except pa.ArrowInvalid:
        return None
    if cells.null_count or np.isnan(floats).any():
        return floats
    try:
        whole: NDArray[np.int64] = cells.cast(pa.int64()).to_numpy()
    except pa.ArrowInvalid:
        return floats
    return whole


def _is_infinite(numbers: Column) -> bool:
    return numbers.dtype.kind == "f" and bool(np.isinf(numbers).any())


def _with_points(cells: Cells) -> Cells:
    """Decimal commas as points; a point that was there before, perhaps between thousands, as nonsense."""
    return pc.replace_substring(pc.replace_substring(cells, ".", "?"), ",", ".")


def _flags(found: Any) -> NDArray[np.bool_]:
    """Which are true (T,); null is false."""
    return np.asarray(pc.fill_null(found, False).to_numpy(), dtype=np.bool_)


def _refuse(wrong: NDArray[Any], cells: Cells, column: str, place: Place, decimal: str) -> None:
    if not len(wrong):
        return
    value, hint = cells[int(wrong[0])].as_py(), ""
    if decimal == "." and re.fullmatch(r"[-+]?\d+,\d+", value):
        hint = '; write decimals with a point, or set data.decimal: ","'
    if decimal == "," and "." in value:
        hint = ' with data.decimal: ","; a point is neither that nor allowed between thousands'
    raise place.fault(int(wrong[0]), column, f"{value!r} is not a number{hint}")
