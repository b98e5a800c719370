"""Reading CSV in two ways that give the same cells: quickly where nothing is odd, else row by row.

Quickly: Arrow splits a plain file into columns of text, hundreds of megabytes a second. Carefully:
Python's reader, with the line of each row for messages. Values are read from the cells by the same code.
"""

import csv
import io
import mmap
import re
from array import array
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
from pyarrow import csv as arrow_csv

from reprocast.data.sources.cells import Place
from reprocast.data.sources.parts import Part
from reprocast.data.sources.quotes import are_plain
from reprocast.data.sources.table import Table, refuse_twice
from reprocast.errors import DataError

SEPARATORS = (",", ";", "\t")
CHUNK = 1 << 16
"""Rows that are Python objects at a time."""
BLOCK = 1 << 23
"""Bytes that Arrow reads at a time; no line may be longer."""


def separator(header: str) -> str:
    """The most frequent of comma, semicolon and tab."""
    return max(SEPARATORS, key=header.count)


def read_quickly(part: Part) -> Table | None:
    """The cells of a file, by column, or None where anything is odd: bare returns, ragged rows …"""
    with _content(part) as content:
        if not content or not _is_whole(part, content) or _is_odd(content):
            return None
        try:
            return _split(part, content)
        except (pa.ArrowInvalid, UnicodeDecodeError, csv.Error):
            return None


def _is_odd(content: Any) -> bool:
    """Whether Arrow and Python might differ: NUL, a second byte-order mark, bare returns."""
    if content.find(b"\0") >= 0 or content.find(BOM_UTF8, 1) >= 0:
        return True
    return content.find(b"\r") >= 0 and re.search(rb"\r(?!\n)", content) is not None


def _split(part: Part, content: Any) -> Table | None:
    begin = re.search(rb"[^\r\n]", content)
    end = content.find(b"\n", begin.start() if begin else 0)
    if begin is None or end < 0:
        return None
    line = bytes(content[begin.start() : end]).decode("utf-8-sig").rstrip("\r")
    if not line or not are_plain(content, separator(line)):
        return None
    header = _header(part, next(csv.reader([line], delimiter=separator(line))))
    table = arrow_csv.read_csv(
        pa.BufferReader(pa.py_buffer(content).slice(end + 1)),
        arrow_csv.ReadOptions(column_names=header, block_size=BLOCK),
        arrow_csv.ParseOptions(delimiter=separator(line), double_quote=False),
        arrow_csv.ConvertOptions(column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False),
    )
    rows = range(1, len(table) + 1)
    if not rows:
        return None
    return Table(dict(zip(header, table.columns, strict=True)), Place(part.name, "row", rows))


def read_carefully(part: Part) -> Table:
    """The cells of a file, by column, with the line of each row.

    Raises:
        DataError: it is not CSV in UTF-8, has no rows, rows of different length, or a column twice.
    """
    with _content(part) as content:
        if not content:
            raise DataError(f"{part.name}: is empty")
        if content.find(b"\0") >= 0:
            raise DataError(f"{part.name}: holds NUL bytes, so it is no CSV in UTF-8; save it as that")
        whole = _is_whole(part, content)
    try:
        with _text(part) as stream:
            table = _read(part, stream)
    except UnicodeDecodeError as error:
        raise DataError(f"{part.name}: cannot be read as CSV in UTF-8: {error}") from None
    if not whole:
        raise DataError(
            f"{part.name}, line {table.place.rows[-1]}: the last line does not end, so the file may be cut "
            "short; add a line end if it is whole, or pin it with data.sha256"
        )
    return table


def _read(part: Part, lines: Iterator[str]) -> Table:
    blank, first = 0, next(lines, "")
    while first and not first.strip("\r\n"):
        blank, first = blank + 1, next(lines, "")
    if not first:
        raise DataError(f"{part.name}: is empty")
    sign = separator(first)
    plain = _with_whole_quotes(part, chain([first], lines), sign, blank)
    rows = _rows(part, csv.reader(plain, delimiter=sign, strict=True), blank)
    header = _header(part, next(rows)[1])
    numbers, columns = array("q"), [list[Any]() for _ in header]
    rows = _even(part, rows, len(header))
    while chunk := list(islice(rows, CHUNK)):
        numbers.extend(line for line, _ in chunk)
        for column, cells in zip(columns, zip(*(row for _, row in chunk), strict=True), strict=True):
            column.append(pa.array(cells, pa.string()))
    if not numbers:
        raise DataError(f"{part.name}: has a header but no rows")
    arrays = [pa.chunked_array(chunks, pa.string()) for chunks in columns]
    return Table(dict(zip(header, arrays, strict=True)), Place(part.name, "line", numbers))


def _with_whole_quotes(part: Part, lines: Iterable[str], sign: str, before: int) -> Iterator[str]:
    """The lines, if quotes are around whole cells: one that is not closed would swallow rows unseen."""
    cell = rf'(?:"(?:[^"]|"")*"|[^"{sign}]*)'
    whole = re.compile(rf"{cell}(?:{sign}{cell})*")
    for number, line in enumerate(lines, before + 1):
        if '"' in line and not whole.fullmatch(line.rstrip("\r\n")):
            raise DataError(
                f"{part.name}, line {number}: a quote is not closed on its line, or stands within a cell"
            )
        yield line


def _rows(part: Part, reader: Any, before: int) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of each row; blank lines are left out. `before`: lines before the first."""
    try:
        for row in reader:
            if row:
                yield before + reader.line_num, row
    except csv.Error as error:
        raise DataError(f"{part.name}, line {before + reader.line_num}: is not CSV: {error}") from None


def _even(part: Part, rows: Iterator[tuple[int, list[str]]], width: int) -> Iterator[tuple[int, list[str]]]:
    for line, row in rows:
        if len(row) != width:
            raise DataError(f"{part.name}, line {line}: has {len(row)} cells, the header has {width}")
        yield line, row


def _header(part: Part, names: list[str]) -> list[str]:
    header = [name.strip() for name in names]
    refuse_twice(part.name, header)
    return header


@contextmanager
def _content(part: Part) -> Iterator[Any]:
    """The bytes of a file, mapped into memory where it is one on disk."""
    if not isinstance(part.content, Path):
        yield part.content
    elif part.content.stat().st_size == 0:
        yield b""
    else:
        with part.content.open("rb") as stream:
            yield mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)


def _text(part: Part) -> TextIO:
    """The file as text; newline="", because the reader must see line ends to tell them from quoted ones."""
    if isinstance(part.content, Path):
        return part.content.open(encoding="utf-8-sig", newline="")
    return io.TextIOWrapper(io.BytesIO(part.content), encoding="utf-8-sig", newline="")


def _is_whole(part: Part, content: Any) -> bool:
    return part.whole or content[-1:] in (b"\n", b"\r")
