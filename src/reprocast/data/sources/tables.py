"""Reading a CSV or Parquet file as it is: its columns, and the number of each row for messages."""

import csv
import gzip
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TextIO

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from reprocast.data.sources.cells import Place
from reprocast.errors import DataError, NoInputError, UsageError


class _Reader(Protocol):
    """What csv.reader returns: it has no public name."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...


SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True)
class Table:
    """A file's columns; cells of a CSV are text."""

    frame: pd.DataFrame
    """The columns as they stand in the file."""
    place: Place
    """Where its rows are, for messages."""


def read_table(path: Path) -> Table:
    """Reads a .csv, .csv.gz or .parquet file.

    Raises:
        NoInputError: no such file.
        UsageError: another kind of file.
        DataError: it cannot be read, has no rows, rows of different length, or a column twice.
    """
    if not path.is_file():
        raise NoInputError(f"{path}: no such file (data.path)")
    if path.name.endswith(".parquet"):
        table = _read_parquet(path)
    elif path.name.endswith((".csv", ".csv.gz")):
        table = _read_csv(path)
    else:
        raise UsageError(f"{path}: is neither .csv, .csv.gz nor .parquet (data.path)")
    if table.frame.empty:
        raise DataError(f"{path}: has a header but no rows")
    return table


def _read_csv(path: Path) -> Table:
    try:
        with _opened(path) as stream:
            first = stream.readline()
            header = next(csv.reader([first], delimiter=_separator(first)), [])
            lines, rows = _rows(path, header, csv.reader(stream, delimiter=_separator(first)))
    except (UnicodeDecodeError, csv.Error, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path}: cannot be read as CSV in UTF-8: {error}") from None
    _refuse_twice(path, header)
    frame = pd.DataFrame(rows, columns=pd.Index(header), dtype=str)
    return Table(frame, Place(str(path), "line", lines))


def _opened(path: Path) -> TextIO:
    if path.name.endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _separator(header: str) -> str:
    """The most frequent of comma, semicolon and tab."""
    return max(SEPARATORS, key=header.count)


def _rows(path: Path, header: list[str], reader: "_Reader") -> tuple[list[int], list[list[str]]]:
    """Line numbers and cells; blank lines are left out."""
    if not header:
        raise DataError(f"{path}: is empty")
    lines, rows = list[int](), list[list[str]]()
    for row in reader:
        if not row:
            continue
        line = reader.line_num + 1  # the header was read before
        if len(row) != len(header):
            raise DataError(f"{path}, line {line}: has {len(row)} cells, the header has {len(header)}")
        lines.append(line)
        rows.append(row)
    return lines, rows


def _refuse_twice(path: Path, header: Iterable[str]) -> None:
    names = list(header)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(f"{path}: column {twice[0]} stands twice")


def _read_parquet(path: Path) -> Table:
    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(f"{path}: is not a Parquet file ({str(error).splitlines()[0]})") from None
    _refuse_twice(path, table.column_names)
    frame = table.to_pandas(date_as_object=False).reset_index(drop=False)
    frame = frame.drop(columns=[name for name in frame.columns if name not in table.column_names])
    return Table(frame, Place(str(path), "row", list(range(1, len(frame) + 1))))
