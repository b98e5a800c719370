"""A file's parts: itself, or what a .gz or .zip holds, each a CSV or Parquet file."""

import gzip
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from reprocast.errors import DataError, UsageError

KINDS = (".csv", ".parquet")


@dataclass(frozen=True)
class Part:
    """One CSV or Parquet file."""

    name: str
    """For messages; a member of an archive stands after a slash."""
    content: Path | bytes
    """Where it is, or what it holds."""
    is_csv: bool
    """CSV, else Parquet."""
    whole: bool = False
    """Whether a checksum says that nothing is missing at its end."""


def parts(path: Path, name: str, *, whole: bool) -> list[Part]:
    """What there is to read in a file.

    Args:
        path: where it is; its ending says what it is.
        name: what it is called in messages.
        whole: whether its content was compared with a hash, or its length with what was announced.

    Raises:
        UsageError: another kind of file.
        DataError: an archive that is broken, encrypted or empty.
    """
    ending = path.name.lower()
    if ending.endswith(KINDS):
        return [Part(name, path, is_csv=ending.endswith(".csv"), whole=whole)]
    if ending.endswith(".csv.gz"):
        return [Part(name, _unzipped(path, name), is_csv=True, whole=True)]
    if ending.endswith(".zip"):
        return _members(path, name)
    raise UsageError(f"{name}: is neither .csv, .csv.gz, .parquet nor .zip (data.path)")


def _unzipped(path: Path, name: str) -> bytes:
    try:
        with gzip.open(path) as stream:
            return stream.read()
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{name}: cannot be read as gzip: {error}") from None


def _members(path: Path, name: str) -> list[Part]:
    """The CSV and Parquet files of an archive, by name; other files in it are no data."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = sorted(filter(_is_data, archive.infolist()), key=lambda member: member.filename)
            found = [_member(archive, member, name) for member in members]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise DataError(f"{name}: cannot be read as zip: {error}") from None
    if not found:
        raise DataError(f"{name}: holds no .csv or .parquet file")
    return found


def _is_data(member: zipfile.ZipInfo) -> bool:
    name = member.filename
    hidden = name.startswith("__MACOSX/") or Path(name).name.startswith(".")
    return not member.is_dir() and not hidden and name.lower().endswith(KINDS)


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> Part:
    where = f"{name}/{member.filename}"
    if member.flag_bits & 1:
        raise DataError(f"{where}: is encrypted; unpack the archive and name the file itself")
    is_csv = member.filename.lower().endswith(".csv")
    return Part(where, archive.read(member), is_csv=is_csv, whole=True)
