"""The forecast table, from which every score is computed.

One row per model, fold, split, seed, series, target and cutoff (the last step seen). `y`, `mean` and `ds`
are lists over the horizon (H,); values are in the units of the target column, and (v − loc) / scale brings
them to the scale that the scores use; `y` is NaN where it was not observed. `seed` is null for the mean of
the seeds, which is what would be deployed. A model with levels has two columns more: `levels` (Q,) and
`quantiles` (H · Q,), the levels of the first step first; of the mean of the seeds they are the mean of the
seeds' quantiles, level by level. A model whose head is a distribution has two more: `family` and
`parameters` (H · P,), in the units of the target; null where the mean of the seeds is none of the family.
Conformal intervals are no part of the model and have columns of their own, null but for the mean of the
seeds on the test split: `conformal_levels` (2A,), `conformal_split` and `conformal_adaptive` (H · 2A,).
"""

import io
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from reprocast.errors import DataError, NoInputError

KEYS = ("fold", "split", "seed", "unique_id", "target", "cutoff")
"""Columns that sort the table; the null seed comes first."""


QUANTILES = ("levels", "quantiles")
"""Columns of a model that forecasts quantiles."""
DISTRIBUTION = ("family", "parameters")
"""Columns of a model whose head is a distribution."""
CONFORMAL = ("conformal_levels", "conformal_split", "conformal_adaptive")
"""Columns of conformal intervals: lower and upper ends as quantiles at these levels."""
OPTIONAL = {name: pa.list_(pa.float64()) for name in (*QUANTILES, *DISTRIBUTION, *CONFORMAL)} | {
    "family": pa.string()
}
"""Columns that not every model has, and their types."""


def _schema(time: pa.DataType, optional: tuple[str, ...] = ()) -> pa.Schema:
    keys = [("model", pa.string()), ("fold", pa.int32()), ("split", pa.string()), ("seed", pa.int64())]
    place = [("unique_id", pa.string()), ("target", pa.string()), ("cutoff", time), ("ds", pa.list_(time))]
    numbers = [(name, pa.float64()) for name in ("last", "loc", "scale", "season_error", "season_square")]
    lists = [(name, pa.list_(pa.float64())) for name in ("y", "mean")]
    return pa.schema(keys + place + numbers + lists + [(name, OPTIONAL[name]) for name in optional])


def sorted_table(table: pd.DataFrame) -> pd.DataFrame:
    """The table in the order of its keys."""
    return table.sort_values(list(KEYS), kind="stable", na_position="first", ignore_index=True)


def table_bytes(table: pd.DataFrame) -> bytes:
    """A Parquet file whose bytes depend on the table only."""
    time = pa.from_numpy_dtype(table["cutoff"].to_numpy().dtype)
    schema = _schema(time, tuple(name for name in OPTIONAL if name in table))
    arrow = pa.Table.from_pandas(sorted_table(table), schema=schema, preserve_index=False)
    buffer = io.BytesIO()
    pq.write_table(arrow.replace_schema_metadata(None), buffer, compression="zstd", store_schema=False)
    return buffer.getvalue()


def read_table(path: Path) -> pd.DataFrame:
    """Reads a file of `table_bytes`; `seed` is a nullable integer.

    Raises:
        NoInputError: no such file.
        DataError: not a forecast table.
    """
    try:
        arrow = pq.read_table(path)
    except FileNotFoundError:
        raise NoInputError(f"{path}: no such file; run `reprocast repro`") from None
    except pa.ArrowInvalid as error:
        reason = str(error).splitlines()[0]
        raise DataError(f"{path}: is not a Parquet file ({reason}); run `reprocast repro`") from None
    missing = set(_schema(pa.int64()).names) - set(arrow.column_names)
    if missing:
        raise DataError(f"{path}: is not a forecast table, it lacks {', '.join(sorted(missing))}")
    seeds = arrow["seed"].to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    table: pd.DataFrame = arrow.drop_columns("seed").to_pandas()
    return table.assign(seed=seeds)
