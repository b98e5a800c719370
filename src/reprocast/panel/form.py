"""The panel's form: ids (N,), offsets (N+1,), ds (T,), value columns (T,), static columns (N,).

Series n is the rows offsets[n]:offsets[n+1]. Legend: N series, T rows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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
    static: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    """Columns that are constant within each series (N,): float64, or text as objects ("" is missing)."""

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
        """The same series and times with other value columns."""
        return Panel(self.ids, self.offsets, self.ds, dict(columns), self.static)

    def take(self, keep: NDArray[np.bool_]) -> "Panel":
        """The rows where `keep` (T,) is true; series left without rows vanish."""
        lengths = np.add.reduceat(keep, self.offsets[:-1]) if len(self) else np.zeros(0, np.int64)
        names = tuple(name for name, length in zip(self.ids, lengths, strict=True) if length)
        offsets = np.concatenate([[0], np.cumsum(lengths[lengths > 0])]).astype(np.int64)
        columns = {name: values[keep] for name, values in self.columns.items()}
        static = {name: values[lengths > 0] for name, values in self.static.items()}
        return Panel(names, offsets, self.ds[keep], columns, static)

    def to_frame(self) -> pd.DataFrame:
        """The long form: unique_id, ds, the value columns, then the static ones, repeated."""
        series = self.series_of_rows()
        static = {name: values[series] for name, values in self.static.items()}
        ids = np.asarray(self.ids, dtype=object)[series]
        return pd.DataFrame({"unique_id": ids, "ds": self.ds, **self.columns, **static})


def time_text(time: Any) -> str | int:
    """A time for people and JSON: a timestamp as short as it can be said, an integer step as it is."""
    if isinstance(time, int | np.integer):
        return int(time)
    return str(np.datetime_as_string(np.datetime64(time), unit="auto"))
