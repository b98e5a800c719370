"""CSV and Parquet files of one's own, long (a row a series and time) or wide (a column a series)."""

import glob
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from reprocast.data.sources.answer import Answer
from reprocast.data.sources.cells import Place, is_missing, to_numbers, to_steps, to_times
from reprocast.data.sources.tables import Table, read_table
from reprocast.deterministic import sha256_of_file
from reprocast.errors import DataError, NoInputError, first_names
from reprocast.panel import disorder, from_frame
from reprocast.params.data import FilesData
from reprocast.params.operations import Operations

OWN = ("unique_id", "ds")
"""Names that the panel keeps for itself."""


def request(data: FilesData) -> dict[str, Any]:
    """How the files are read, and the hash of each, so that an edited file asks for a new vintage.

    Raises:
        NoInputError: no file fits data.path.
    """
    return {
        "source": "files",
        "files": {path.as_posix(): sha256_of_file(path) for path in _paths(data.path)},
        "form": data.form,
        "id": data.id,
        "time": data.time,
        "steps": data.calendar == "step",
        "rename": dict(sorted(data.rename.items())),
    }


def ask(data: FilesData, _operations: Operations) -> Answer:
    """All series of the files, whatever series and span are asked for.

    Raises:
        NoInputError, UsageError: no such file, or another kind of file.
        DataError: what is wrong, with file, row, column and value.
    """
    asked = request(data)
    frames = [_long_frame(read_table(path), data) for path in _paths(data.path)]
    _refuse_other_columns(frames, _paths(data.path))
    try:
        return Answer(from_frame(pd.concat(frames, ignore_index=True)), asked)
    except DataError as error:
        raise DataError(f"{data.path}: files together: {error}") from None


def _paths(pattern: str) -> list[Path]:
    """The files that fit a path or glob, sorted by name."""
    # Path.glob takes neither absolute patterns nor such that climb (../*.csv).
    names = [pattern] if Path(pattern).is_file() else sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207
    found = [Path(name) for name in names if Path(name).is_file()]
    if not found:
        raise NoInputError(f"data.path: no file {pattern} in the project's folder")
    for path in found:
        if not os.access(path, os.R_OK):
            raise NoInputError(f"{path}: may not be read; change its mode (data.path)")
    return found


def _long_frame(table: Table, data: FilesData) -> pd.DataFrame:
    """unique_id, ds and values of one file, checked."""
    place, frame = table.place, table.frame
    frame = frame.rename(columns={old: new for old, new in data.rename.items() if old in frame})
    time, series = data.rename.get(data.time, data.time), data.rename.get(data.id or "", data.id)
    _refuse_missing(place.file, [data.time, *([data.id] if data.id else []), *data.rename], table.frame)
    ds = _steps_or_times(frame[time], place, steps=data.calendar == "step")
    if data.form == "wide":
        return _melted(frame.drop(columns=time), ds, place)
    ids = _ids(frame[series], place) if series else pd.Series(_stem(place.file), frame.index, dtype=object)
    wrong = disorder(ids.to_numpy(dtype=object), ds.to_numpy())
    if wrong:
        raise place.fault(wrong[0], data.time, f"series {ids.iloc[wrong[0]]}: {wrong[1]}")
    values = frame.drop(columns=[time, *([series] if series else [])])
    numbers = {str(name): column for name in values if (column := _values(values[name], place)) is not None}
    if not numbers:
        raise DataError(f"{place.file}: has no column of numbers beside {data.time}")
    _refuse_own_names(place.file, numbers)
    return pd.DataFrame({"unique_id": ids, "ds": ds, **numbers})


def _refuse_missing(file: str, needed: list[str], frame: pd.DataFrame) -> None:
    for name in needed:
        if name not in frame.columns:
            there = first_names(frame.columns)
            raise DataError(f"{file}: has no column {name} (data.id, data.time, data.rename); it has {there}")


def _refuse_own_names(file: str, names: Iterable[str]) -> None:
    for name in names:
        if name in OWN:
            raise DataError(f"{file}: a column of values cannot be called {name}; rename it (data.rename)")


def _steps_or_times(cells: pd.Series, place: Place, *, steps: bool) -> pd.Series:
    """The time column, from text or typed cells."""
    if pd.api.types.is_datetime64_any_dtype(cells) and not steps:
        times = cells.dt.tz_convert("UTC").dt.tz_localize(None) if cells.dt.tz is not None else cells
        return times.astype("datetime64[us]")
    if pd.api.types.is_integer_dtype(cells) and steps:
        return cells.astype(np.int64)
    text = cells.astype(str).str.strip()
    return to_steps(text, place) if steps else to_times(text, place)


def _ids(cells: pd.Series, place: Place) -> pd.Series:
    names = cells.astype(object).map(lambda cell: "" if pd.isna(cell) else str(cell).strip())
    empty = np.flatnonzero(names == "")
    if len(empty):
        raise place.fault(int(empty[0]), str(cells.name), "the series' name is missing")
    return names


def _stem(file: str) -> str:
    """A file's name without its endings: the series' name where no column has it."""
    return Path(file).name.split(".")[0]


def _values(cells: pd.Series, place: Place) -> pd.Series | None:
    """A column of numbers; None for one of nothing but text, which is no value of a series."""
    if pd.api.types.is_bool_dtype(cells) or pd.api.types.is_numeric_dtype(cells):
        return cells
    if pd.api.types.is_datetime64_any_dtype(cells):
        return None
    text = cells.astype(object).map(lambda cell: "" if pd.isna(cell) else str(cell).strip()).astype(str)
    present = text[~is_missing(text)]
    if len(present) and pd.to_numeric(present, errors="coerce").isna().all():
        return None
    return to_numbers(text.rename(str(cells.name)), place)


def _melted(values: pd.DataFrame, ds: pd.Series, place: Place) -> pd.DataFrame:
    """Wide to long: series by column, each from its first to its last value."""
    wrong = disorder(np.full(len(ds), "", dtype=object), ds.to_numpy())
    if wrong:
        raise place.fault(wrong[0], str(ds.name), wrong[1])
    parts = []
    for name in values:
        column = _values(values[name], place)
        if column is None:
            raise DataError(f"{place.file}, column {name}: holds no numbers, but data.form is wide")
        known = np.flatnonzero(column.notna())
        kept = slice(known[0], known[-1] + 1) if len(known) else slice(0)
        parts.append(pd.DataFrame({"unique_id": str(name), "ds": ds[kept], "value": column[kept]}))
    if not sum(map(len, parts)):
        raise DataError(f"{place.file}: has no numbers beside {ds.name}")
    return pd.concat(parts, ignore_index=True)


def _refuse_other_columns(frames: list[pd.DataFrame], paths: list[Path]) -> None:
    for frame, path in zip(frames, paths, strict=True):
        other = set(frame.columns) ^ set(frames[0].columns)
        if other:
            raise DataError(f"{path}: columns differ from those of {paths[0]}: {', '.join(sorted(other))}")
