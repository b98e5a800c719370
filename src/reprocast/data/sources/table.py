"""A file's columns as they stand in it, before anything is made of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

from reprocast.data.sources.cells import Place
from reprocast.errors import DataError


@dataclass(frozen=True)
class Table:
    """A file's columns; cells of a CSV are text."""

    columns: Mapping[str, Any]
    """Name in the file -> pyarrow.ChunkedArray (T,)."""
    place: Place
    """Where its rows are, for messages."""

    def to_frame(self) -> pd.DataFrame:
        """The columns as a frame."""
        frame: pd.DataFrame = pa.table(dict(self.columns)).to_pandas(date_as_object=False)
        return frame


def refuse_twice(file: str, header: Iterable[str]) -> None:
    """Raises: DataError: a column stands twice."""
    names = list(header)
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise DataError(f"{file}: column {twice[0]} stands twice")
