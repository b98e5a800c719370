"""The forecast table, from which every score is computed.

One row per model, fold, split, seed, series, target and cutoff (the last step seen). `y`, `mean` and
`ds` are lists over the horizon (H,); values are in the units of the target column, and
(v − loc) / scale brings them to the scale that the scores use; `y` is NaN where it was not observed.
`seed` is null for the mean of the seeds, which is what would be deployed. A model with levels has two columns
more: `levels` (Q,) and `quantiles` (H · Q,), the levels of the first step first.
"""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from reprocast.errors import DataError, NoInputError

KEYS = ("fold", "split", "seed", "unique_id", "target", "cutoff")
"""Columns that sort the table; the null seed comes first."""


QUANTILES = ("levels", "quantiles")
"""Columns of a model that forecasts quantiles."""


def _schema(time: pa.DataType, *, quantiles: bool = False) -> pa.Schema:
    keys = [("model", pa.string()), ("fold", pa.int32()), ("split", pa.string()), ("seed", pa.int64())]
    place = [("unique_id", pa.string()), ("target", pa.string()), ("cutoff", time), ("ds", pa.list_(time))]
    numbers = [(name, pa.float64()) for name in ("last", "loc", "scale", "season_error")]
    names = ("y", "mean", *(QUANTILES if quantiles else ()))
    lists = [(name, pa.list_(pa.float64())) for name in names]
    return pa.schema(keys + place + numbers + lists)


def quantile_columns(levels: tuple[float, ...], quantiles: NDArray[np.float64]) -> dict[str, list[Any]]:
    """The columns of quantiles (R, H, Q)."""
    return {
        "levels": [np.asarray(levels)] * len(quantiles),
        "quantiles": list(quantiles.reshape(len(quantiles), -1)),
    }


def sorted_table(table: pd.DataFrame) -> pd.DataFrame:
    """The table in the order of its keys."""
    return table.sort_values(list(KEYS), kind="stable", na_position="first", ignore_index=True)


def table_bytes(table: pd.DataFrame) -> bytes:
    """A Parquet file whose bytes depend on the table only."""
    time = pa.from_numpy_dtype(table["cutoff"].to_numpy().dtype)
    schema = _schema(time, quantiles="quantiles" in table)
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


def to_nixtla(table: pd.DataFrame) -> pd.DataFrame:
    """The long form of one model on one split: unique_id, cutoff, ds, y and the model's mean forecast.

    Quantiles stand in columns like `gru-q-0.1`. With several targets the ids are `series/target`. Seeds other
    than the mean are left out.
    """
    chosen = table[table["seed"].isna()]
    several = chosen["target"].nunique() > 1
    ids = chosen["unique_id"] + "/" + chosen["target"] if several else chosen["unique_id"]
    name = chosen["model"].iloc[0] if len(chosen) else "mean"
    columns = {"unique_id": ids, "cutoff": chosen["cutoff"], "ds": chosen["ds"], "y": chosen["y"]}
    long = pd.DataFrame({**columns, name: chosen["mean"]}).explode(["ds", "y", name], ignore_index=True)
    if "quantiles" in chosen and len(chosen):
        levels = chosen["levels"].iloc[0]
        by_level = np.concatenate([row.reshape(-1, len(levels)) for row in chosen["quantiles"]])
        long = long.assign(**{f"{name}-q-{level:g}": by_level[:, n] for n, level in enumerate(levels)})
    times = np.concatenate(chosen["ds"].to_list()) if len(chosen) else chosen["cutoff"].to_numpy()
    return long.assign(ds=times, y=long["y"].astype(float), **{name: long[name].astype(float)})
