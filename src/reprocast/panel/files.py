"""Panels on disk: Parquet with Nixtla's names (`unique_id`, `ds`), a row group a series.

Static columns stand beside the values, repeated (a few bytes a series); the file's metadata names them.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from reprocast.errors import DataError, NoInputError
from reprocast.panel.building import OWN, from_frame
from reprocast.panel.form import Panel

STATIC = "reprocast.static"
"""Key of the file's metadata under which the names of the static columns stand, as JSON."""
TEXT = pa.dictionary(pa.int32(), pa.string())


def write_panel(panel: Panel, target: Path | BinaryIO) -> None:
    """Writes Parquet whose bytes depend on the panel only."""
    schema = _schema(panel)
    with pq.ParquetWriter(target, schema, compression="zstd", store_schema=False) as writer:
        for n, (name, rows) in enumerate(panel.rows()):
            length = rows.stop - rows.start
            arrays = [_repeated(name, length), pa.array(panel.ds[rows])]
            arrays += [pa.array(values[rows]) for values in panel.columns.values()]
            arrays += [_repeated(values[n], length) for values in panel.static.values()]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
        if panel.static:
            writer.add_key_value_metadata({STATIC: json.dumps(list(panel.static))})


def _schema(panel: Panel) -> Any:
    fields = [("unique_id", TEXT), ("ds", pa.from_numpy_dtype(panel.ds.dtype))]
    fields += [(name, pa.from_numpy_dtype(values.dtype)) for name, values in panel.columns.items()]
    fields += [(name, _static_type(values)) for name, values in panel.static.items()]
    return pa.schema(fields)


def _static_type(values: NDArray[Any]) -> Any:
    return TEXT if values.dtype == object else pa.from_numpy_dtype(values.dtype)


def _repeated(value: Any, length: int) -> Any:
    """One value a series: text as a dictionary of one word."""
    if not isinstance(value, str):
        return pa.array(np.repeat(value, length))
    return pa.DictionaryArray.from_arrays(np.zeros(length, np.int32), pa.array([value], pa.string()))


def read_panel(path: Path) -> Panel:
    """Reads what `write_panel` wrote (or any Parquet file of that form).

    Raises:
        NoInputError: no such file.
        DataError: not Parquet, or not a panel.
    """
    try:
        schema = pq.read_schema(path)
        texts = [field.name for field in schema if _is_text(field.type)]
        table = pq.read_table(path, read_dictionary=texts)
    except FileNotFoundError:
        raise NoInputError(f"{path}: no such file; run `reprocast repro`") from None
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{path}: is not a Parquet file ({str(error).splitlines()[0]})") from None
    missing = set(OWN) - set(table.column_names)
    if missing:
        raise DataError(f"{path}: has no column {', '.join(sorted(missing))}")
    try:
        panel = from_frame(table.to_pandas(date_as_object=False, split_blocks=True, self_destruct=True))
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    return _with_static(panel, json.loads((schema.metadata or {}).get(STATIC.encode(), b"[]")))


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _with_static(panel: Panel, names: list[str]) -> Panel:
    """With the columns of these names as the static ones that they are; constant text already is."""
    first = panel.offsets[:-1]
    found = {name: panel.columns[name][first].astype(np.float64) for name in names if name in panel.columns}
    static = {**panel.static, **found}
    order = dict.fromkeys([*names, *static])
    columns = {name: values for name, values in panel.columns.items() if name not in found}
    return replace(panel, columns=columns, static={name: static[name] for name in order})
