"""CSV and Parquet files of one's own or from the web, in long or wide form, or with one series a row."""

import glob
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from reprocast.data.sources.answer import Answer
from reprocast.data.sources.download import downloaded, is_url, refuse_other_content
from reprocast.data.sources.joining import joined
from reprocast.data.sources.long_form import Rows, long_form
from reprocast.data.sources.parts import Part, parts
from reprocast.data.sources.row_form import Sheet, continued, sheet
from reprocast.data.sources.table import Table
from reprocast.data.sources.tables import read_carefully, read_quickly
from reprocast.deterministic import sha256_of_file
from reprocast.errors import DataError, NoInputError, ParamsError
from reprocast.panel import from_rows
from reprocast.params.data import FilesData
from reprocast.params.operations import Operations

Form = TypeVar("Form", Rows, Sheet)
"""What becomes of one file."""
READING = ("form", "id", "time")
SELDOM = ("date_format", "zone", "decimal")
"""Ways of reading that enter a request only where they are not the usual ones."""


def request(data: FilesData) -> dict[str, Any]:
    """How the files are read, and the hash of each, so that an edited file asks for a new vintage.

    Of a URL the hash is the pin; without one it is a live source, which only `reprocast acquire` asks again.

    Raises:
        NoInputError: no file fits data.path.
        DataError: the file is not the one that data.sha256 pins.
    """
    usual = FilesData.model_fields
    return {
        "source": "files",
        **_wanted(data),
        **{name: getattr(data, name) for name in READING},
        "steps": data.calendar == "step",
        "rename": dict(sorted(data.rename.items())),
        **{name: getattr(data, name) for name in SELDOM if getattr(data, name) != usual[name].default},
    }


def _wanted(data: FilesData) -> dict[str, Any]:
    if isinstance(data.path, str) and is_url(data.path) and data.sha256 is None:
        return {"url": data.path}
    hashes = dict[str, str]()
    for path, pin in data.places:
        if is_url(path) and pin:
            hashes[path] = pin
        else:
            hashes |= {found.as_posix(): _hash(found, pin) for found in _paths(path, pin)}
    return {"files": hashes} | ({"order": list(hashes)} if len(data.places) > 1 else {})


def ask(data: FilesData, _operations: Operations) -> Answer:
    """All series of the files, whatever series and span are asked for.

    Raises:
        NoInputError, UsageError: no such file, or another kind of file.
        DataError: what is wrong, with file, row, column and value.
        TryAgainError: a URL does not answer.
    """
    asked = request(data)
    found = _found(data)
    rows = _together(found.parts, data)
    try:
        panel, varying = from_rows(rows.ids, rows.ds, rows.columns, rows.texts)
    except DataError as error:
        named = ", ".join(path for path, _ in data.places)
        raise DataError(f"{named}: files together: {error}") from None
    left_out = {**rows.left_out, **varying}
    notes = found.notes | ({"left_out": left_out} if left_out else {})
    return Answer(panel, asked, found.called, notes=notes)


def _together(found: list[Part], data: FilesData) -> Rows:
    """The rows of all files."""
    if data.form == "rows":
        return continued([_read(part, data, sheet) for part in found])
    return joined([_read(part, data, long_form) for part in found], [part.name for part in found])


class _Found(NamedTuple):
    """What there is to read."""

    parts: list[Part]
    called: str | None
    """When a URL without a pin was asked."""
    notes: dict[str, Any]


def _found(data: FilesData) -> _Found:
    found, called, notes = list[Part](), None, dict[str, Any]()
    for path, pin in data.places:
        if not is_url(path):
            found += [
                part for one in _paths(path, pin) for part in parts(one, str(one), whole=pin is not None)
            ]
            continue
        here = downloaded(path, pin)
        found += parts(here, path, whole=True)
        if pin is None:
            called, notes = datetime.now(UTC).isoformat(timespec="seconds"), {"sha256": sha256_of_file(here)}
    return _Found(found, called, notes)


def _read(part: Part, data: FilesData, form: Callable[[Table, FilesData], Form]) -> Form:
    """One file in its form; what is wrong with it is said by the careful reading, which knows the lines."""
    table = read_quickly(part)
    if table is not None:
        try:
            return form(table, data)
        except DataError:
            del table
    return form(read_carefully(part), data)


def look(path: Path) -> Table:
    """The columns of a file, or of an archive's first, as they stand in it; raises like `ask`."""
    if not path.is_file():
        raise NoInputError(f"{path}: no such file (data.path)")
    first = parts(path, str(path), whole=False)[0]
    return read_quickly(first) or read_carefully(first)


def _paths(pattern: str, pin: str | None) -> list[Path]:
    """The files that fit a path or glob, sorted by name."""
    # Path.glob takes neither absolute patterns nor such that climb (../*.csv).
    names = [pattern] if Path(pattern).is_file() else sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207
    found = [Path(name) for name in names if Path(name).is_file()]
    if not found:
        raise NoInputError(f"data.path: no file {pattern} in the project's folder")
    if pin is not None and len(found) > 1:
        raise ParamsError(
            f"data.sha256: pins one file, but data.path fits {len(found)}; name one, or pin none"
        )
    for path in found:
        if not os.access(path, os.R_OK):
            raise NoInputError(f"{path}: may not be read; change its mode (data.path)")
    return found


def _hash(path: Path, pin: str | None) -> str:
    digest = sha256_of_file(path)
    if pin is not None:
        refuse_other_content(str(path), digest, pin)
    return digest
