"""The panel: many series in one ragged table; its form, and how it is read and written.

In memory: ids (N,), offsets (N+1,), ds (T,) and value columns (T,); series n is the rows
offsets[n]:offsets[n+1]. On disk: Parquet with Nixtla's names (`unique_id`, `ds`), a row group a series.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from reprocast.errors import DataError, NoInputError

Times = NDArray[Any]  # datetime64[us] or int64
Column = NDArray[np.float64] | NDArray[np.int64]


@dataclass(frozen=True)
class Panel:
    """Series one after the other, sorted by id and time, times unique within a series."""

    ids: tuple[str, ...]
    """Names of the series (N,), sorted."""
    offsets: NDArray[np.int64]
    """Row where each series begins, and the end (N+1,)."""
    ds: Times
    """Time of each row (T,): datetime64[us] in UTC without a zone, or integer steps."""
    columns: Mapping[str, Column]
    """Value columns (T,): float64 (missing values are NaN) or int64."""

    def __len__(self) -> int:
        """Rows (T)."""
        return len(self.ds)

    def rows(self) -> Iterator[tuple[str, slice]]:
        """Each series' id with its rows."""
        for n, name in enumerate(self.ids):
            yield name, slice(int(self.offsets[n]), int(self.offsets[n + 1]))

    def series_of_rows(self) -> NDArray[np.int64]:
        """Index of the series each row belongs to (T,)."""
        return np.repeat(np.arange(len(self.ids)), np.diff(self.offsets))

    def with_columns(self, columns: Mapping[str, Column]) -> "Panel":
        """The same series and times with other columns."""
        return Panel(self.ids, self.offsets, self.ds, dict(columns))

    def take(self, keep: NDArray[np.bool_]) -> "Panel":
        """The rows where `keep` (T,) is true; series left without rows vanish."""
        lengths = np.add.reduceat(keep, self.offsets[:-1]) if len(self) else np.zeros(0, np.int64)
        names = tuple(name for name, length in zip(self.ids, lengths, strict=True) if length)
        offsets = np.concatenate([[0], np.cumsum(lengths[lengths > 0])]).astype(np.int64)
        columns = {name: values[keep] for name, values in self.columns.items()}
        return Panel(names, offsets, self.ds[keep], columns)

    def to_frame(self) -> pd.DataFrame:
        """The long form: unique_id, ds, then the value columns."""
        ids = np.asarray(self.ids, dtype=object)[self.series_of_rows()]
        return pd.DataFrame({"unique_id": ids, "ds": self.ds, **self.columns})


def time_text(time: Any) -> str | int:
    """A time for people and JSON: a timestamp as short as it can be said, an integer step as it is."""
    if isinstance(time, int | np.integer):
        return int(time)
    return str(np.datetime_as_string(np.datetime64(time), unit="auto"))


def from_frame(frame: pd.DataFrame) -> Panel:
    """A panel from a long frame with `unique_id` and `ds`, in which each series stands in order of time.

    Raises:
        DataError: a series' times do not increase, or a column is neither number nor truth value;
            the message names series, row (from 0, within the frame) and reason.
    """
    ids = frame["unique_id"].astype(str).to_numpy(dtype=object)
    ds = _times(frame["ds"])
    columns = {str(name): _numbers(frame[name]) for name in frame.columns if name not in ("unique_id", "ds")}
    wrong = disorder(ids, ds)
    if wrong:
        raise DataError(f"series {ids[wrong[0]]}, row {wrong[0]}: {wrong[1]}")
    order = np.argsort(ids, kind="stable")
    names, counts = np.unique(ids, return_counts=True)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    sorted_columns = {name: values[order] for name, values in columns.items()}
    return Panel(tuple(str(name) for name in names), offsets, ds[order], sorted_columns)


def _times(values: pd.Series) -> Times:
    if pd.api.types.is_integer_dtype(values):
        return values.to_numpy(dtype=np.int64)
    if not pd.api.types.is_datetime64_any_dtype(values):
        raise DataError(f"ds: {values.dtype} is neither a timestamp nor an integer step")
    if values.dt.tz is not None:
        values = values.dt.tz_convert("UTC").dt.tz_localize(None)
    return values.to_numpy(dtype="datetime64[us]")


def _numbers(values: pd.Series) -> Column:
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_integer_dtype(values):
        if not values.hasnans:
            return values.to_numpy(dtype=np.int64)
        return values.to_numpy(dtype=np.float64, na_value=np.nan)
    if pd.api.types.is_float_dtype(values):
        return values.to_numpy(dtype=np.float64, na_value=np.nan)
    raise DataError(f"column {values.name}: holds {values.dtype}, not numbers")


def disorder(ids: NDArray[np.object_], ds: Times) -> tuple[int, str] | None:
    """The first row (from 0) whose time is missing or not after its series' row before, and the reason."""
    missing = np.flatnonzero(np.isnat(ds)) if ds.dtype.kind == "M" else np.zeros(0, np.int64)
    if len(missing):
        return int(missing[0]), "the time is missing"
    order = np.argsort(ids, kind="stable")
    same = ids[order][1:] == ids[order][:-1]
    wrong = np.flatnonzero(same & ~(ds[order][1:] > ds[order][:-1]))
    if not len(wrong):
        return None
    row, before = int(order[wrong[0] + 1]), int(order[wrong[0]])
    twice = ds[row] == ds[before]
    return row, f"{ds[row]} stands twice" if twice else f"{ds[row]} comes after {ds[before]}; sort by time"


def write_panel(panel: Panel, target: Path | BinaryIO) -> None:
    """Writes Parquet whose bytes depend on the panel only: a row group a series, ids dictionary-encoded."""
    dictionary = pa.array(panel.ids, pa.string())
    schema = pa.schema(
        [("unique_id", pa.dictionary(pa.int32(), pa.string())), ("ds", pa.from_numpy_dtype(panel.ds.dtype))]
        + [(name, pa.from_numpy_dtype(values.dtype)) for name, values in panel.columns.items()]
    )
    with pq.ParquetWriter(target, schema, compression="zstd", store_schema=False) as writer:
        for n, (_, rows) in enumerate(panel.rows()):
            codes = pa.array(np.full(rows.stop - rows.start, n, np.int32))
            arrays = [pa.DictionaryArray.from_arrays(codes, dictionary), pa.array(panel.ds[rows])]
            arrays += [pa.array(values[rows]) for values in panel.columns.values()]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def read_panel(path: Path) -> Panel:
    """Reads what `write_panel` wrote (or any Parquet file of that form).

    Raises:
        NoInputError: no such file.
        DataError: not Parquet, or not a panel.
    """
    try:
        table = pq.read_table(path)
    except FileNotFoundError:
        raise NoInputError(f"{path}: no such file; run `reprocast repro`") from None
    except pa.ArrowInvalid as error:
        raise DataError(f"{path}: is not a Parquet file ({str(error).splitlines()[0]})") from None
    missing = {"unique_id", "ds"} - set(table.column_names)
    if missing:
        raise DataError(f"{path}: has no column {', '.join(sorted(missing))}")
    try:
        return from_frame(table.to_pandas(date_as_object=False))
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
