"""Reading a CSV or Parquet file as it is: its columns, and the number of each row for messages."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from reprocast.data.sources import csv_tables
from reprocast.data.sources.cells import Place
from reprocast.data.sources.parts import Part
from reprocast.data.sources.table import Table, refuse_twice
from reprocast.errors import DataError

INDEX = "__index_level_"
"""How pandas names an index without a name: no column of the file."""


def read_quickly(part: Part) -> Table | None:
    """The file's columns, or None where it must be read carefully; lines of a CSV are not known."""
    return csv_tables.read_quickly(part) if part.is_csv else _read_parquet(part)


def read_carefully(part: Part) -> Table:
    """The file's columns, with the line of each row.

    Raises:
        DataError: it cannot be read, has no rows, rows of different length, or a column twice.
    """
    return csv_tables.read_carefully(part) if part.is_csv else _read_parquet(part)


def _read_parquet(part: Part) -> Table:
    source = part.content if isinstance(part.content, Path) else pa.BufferReader(part.content)
    try:
        with pq.ParquetFile(source, page_checksum_verification=True) as file:
            texts = [field.name for field in file.schema_arrow if _is_text(field.type)]
        with pq.ParquetFile(source, page_checksum_verification=True, read_dictionary=texts) as file:
            table = file.read()
    except (pa.ArrowException, OSError, MemoryError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise DataError(f"{part.name}: is not a Parquet file ({reason})") from None
    refuse_twice(part.name, table.column_names)
    if not len(table):
        raise DataError(f"{part.name}: has a header but no rows")
    columns = {name: table[name] for name in table.column_names if not name.startswith(INDEX)}
    return Table(columns, Place(part.name, "row", range(1, len(table) + 1)))


def _is_text(kind: object) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
