"""From a file's columns to rows of series, times and values: the long form, whichever form the file has.

Legend: T rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from reprocast.data.sources.cells import Cells, Place, to_numbers, to_text
from reprocast.data.sources.table import Table, refuse_twice
from reprocast.data.sources.times import Writing, localised, refuse_out_of_range, to_steps, to_times
from reprocast.errors import DataError, first_names
from reprocast.panel import Coded, Column, Times, disorder
from reprocast.params.data import FilesData

OWN = ("unique_id", "ds")
"""Names that the panel keeps for itself."""


@dataclass(frozen=True)
class Rows:
    """Rows of series in the order of the file."""

    ids: Coded
    """Names of the series (T,)."""
    ds: Times
    """Times (T,)."""
    columns: Mapping[str, Column]
    """Numbers (T,)."""
    texts: Mapping[str, Coded] = field(default_factory=dict)
    """Text (T,)."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Columns that hold neither -> what they hold."""


def long_form(table: Table, data: FilesData) -> Rows:
    """The rows of one file, checked.

    Raises:
        DataError: what is wrong, with file, row, column and value.
    """
    place = table.place
    time, series = data.rename.get(data.time, data.time), data.rename.get(data.id or "", data.id)
    _refuse_missing(place.file, [data.time, *([data.id] if data.id else []), *data.rename], table.columns)
    refuse_twice(place.file, [data.rename.get(name, name) for name in table.columns])
    columns = {data.rename.get(name, name): cells for name, cells in table.columns.items()}
    ds = _times(columns[time], data, place)
    others = {name: cells for name, cells in columns.items() if name not in (time, series)}
    if data.form == "wide":
        return _melted(others, ds, data, place)
    ids = names_of(columns[series], series, place) if series else _one_series(place.file, len(ds))
    _refuse_disorder(ids, ds, data.time, place)
    return _long(ids, ds, others, data, place)


def _long(ids: Coded, ds: Times, others: Mapping[str, Cells], data: FilesData, place: Place) -> Rows:
    columns, texts, left_out = dict[str, Column](), dict[str, Coded](), dict[str, str]()
    for name, cells in others.items():
        found = values(cells, name, place, data.decimal)
        if isinstance(found, str):
            left_out[name] = found
        elif isinstance(found, Coded):
            texts[name] = found
        else:
            columns[name] = found
    if not columns:
        raise DataError(f"{place.file}: has no column of numbers beside {data.time}")
    for name in OWN:
        if name in columns or name in texts:
            raise DataError(
                f"{place.file}: a column of values cannot be called {name}; rename it (data.rename)"
            )
    return Rows(ids, ds, columns, texts, left_out)


def values(cells: Cells, column: str, place: Place, decimal: str) -> Column | Coded | str:
    """Numbers, text, or what it is that a column holds instead; raises like `to_numbers`."""
    kind, types = cells.type, pa.types
    if types.is_dictionary(kind) and types.is_string(kind.value_type):
        cells, kind = cells.cast(pa.string()), pa.string()
    if types.is_string(kind) or types.is_large_string(kind):
        numbers = to_numbers(cells.cast(pa.string()), column, place, decimal)
        return to_text(cells) if numbers is None else numbers
    if types.is_boolean(kind) or (types.is_integer(kind) and kind != pa.uint64()):
        whole = cells.cast(pa.int64())
        exact: Column = (whole.cast(pa.float64(), safe=False) if cells.null_count else whole).to_numpy()
        return exact
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind) or types.is_null(kind):
        floats: Column = cells.cast(pa.float64(), safe=False).to_numpy()
        return floats
    return f"{kind}, not numbers"


def _times(cells: Cells, data: FilesData, place: Place) -> Times:
    """The time column, from text or typed cells."""
    types, steps = pa.types, data.calendar == "step"
    if types.is_integer(cells.type) and steps and not cells.null_count:
        whole: Times = cells.cast(pa.int64()).to_numpy()
        return whole
    if (types.is_timestamp(cells.type) or types.is_date(cells.type)) and not steps:
        return _typed_times(cells, data, place)
    text = cells if types.is_dictionary(cells.type) else cells.cast(pa.string())
    if steps:
        return to_steps(pc.fill_null(text.cast(pa.string()), ""), data.time, place)
    return to_times(text, data.time, place, Writing(data.date_format, data.zone))


def _typed_times(cells: Cells, data: FilesData, place: Place) -> Times:
    is_local = getattr(cells.type, "tz", None) is None
    times: Times = cells.cast(pa.timestamp("us"), safe=False).to_numpy()
    refuse_out_of_range(times, data.time, place)
    if data.zone is None or not is_local:
        return times
    distinct, codes = np.unique(times, return_inverse=True)
    said = [str(time) for time in distinct]
    return localised(pd.DatetimeIndex(distinct), codes, said, data.time, place, data.zone)


def _refuse_missing(file: str, needed: list[str], there: Iterable[str]) -> None:
    for name in needed:
        if name not in there:
            has = first_names(there)
            raise DataError(f"{file}: has no column {name} (data.id, data.time, data.rename); it has {has}")


def _refuse_disorder(ids: Coded, ds: Times, column: str, place: Place) -> None:
    wrong = disorder(ids.codes, ds)
    if wrong:
        raise place.fault(wrong[0], column, f"series {ids.words[ids.codes[wrong[0]]]}: {wrong[1]}")


def names_of(cells: Cells, column: str, place: Place) -> Coded:
    """Names of the series; blanks around them do not count."""
    text = cells if pa.types.is_dictionary(cells.type) else cells.cast(pa.string())
    names = to_text(text, missing=frozenset())
    bad = np.asarray([not name.isprintable() or not name for name in names.words], np.bool_)[names.codes]
    for row in np.flatnonzero(bad)[:1].tolist():
        name = names.words[names.codes[row]]
        said = f"{name!r} holds characters that cannot be seen" if name else "the series' name is missing"
        raise place.fault(row, column, said)
    return names


def _one_series(file: str, length: int) -> Coded:
    """A series named after the file, without its endings."""
    name = Path(file).name.split(".")[0]
    return Coded(np.zeros(length, np.int32), np.asarray([name], dtype=object))


def _melted(others: Mapping[str, Cells], ds: Times, data: FilesData, place: Place) -> Rows:
    """Wide to long: a series a column, each from its first to its last value."""
    _refuse_disorder(Coded(np.zeros(len(ds), np.int32), np.asarray([""], dtype=object)), ds, data.time, place)
    kept, times, numbers, left_out = list[str](), list[Times](), list[Any](), dict[str, str]()
    for name, cells in others.items():
        column = values(cells, name, place, data.decimal)
        if isinstance(column, str | Coded) or not name:
            raise DataError(f"{place.file}, column {name}: holds no numbers, but data.form is wide")
        known = np.flatnonzero(~np.isnan(column))
        if not len(known):
            left_out[name] = "no value in any row"
            continue
        span = slice(known[0], known[-1] + 1)
        kept, times, numbers = [*kept, name], [*times, ds[span]], [*numbers, column[span]]
    if not kept:
        raise DataError(f"{place.file}: has no numbers beside {data.time}")
    codes = np.repeat(np.arange(len(kept), dtype=np.int32), [len(part) for part in times])
    ids = Coded(codes, np.asarray(kept, dtype=object))
    return Rows(ids, np.concatenate(times), {"value": np.concatenate(numbers)}, {}, left_out)
