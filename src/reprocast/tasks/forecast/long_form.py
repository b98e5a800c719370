"""The long form of the forecast table, in Nixtla's names, which users' own tools read.

Legend: R rows of a table, H horizon, Q levels.
"""

import numpy as np
import pandas as pd

from reprocast.data.windows import Floats
from reprocast.evaluation.probabilistic import central
from reprocast.tasks.forecast.answers import is_complete, stacked
from reprocast.tasks.forecast.forecast_table import QUANTILES

KEYS = ["unique_id", "cutoff", "ds"]
"""What a row of the long form is about."""


def to_nixtla(table: pd.DataFrame) -> pd.DataFrame:
    """The long form of one split: unique_id, cutoff, ds, y and a column of mean forecasts a model.

    Quantiles stand in columns like `gru-q-0.1`, the central intervals they hold as `gru-lo-80` and
    `gru-hi-80`. Conformal intervals stand under the names of their methods, `gru-split-lo-80` and
    `gru-adaptive-lo-80`. With several targets the ids are `series/target`. Seeds other than the mean are
    left out.
    """
    names = table["model"].unique()
    if len(names) > 1:
        first, *others = (to_nixtla(table[table["model"] == name]) for name in names)
        for other in others:
            first = first.merge(other.drop(columns="y"), "outer", KEYS, validate="one_to_one")
        return first
    chosen = table[table["seed"].isna()]
    several = chosen["target"].nunique() > 1
    ids = chosen["unique_id"] + "/" + chosen["target"] if several else chosen["unique_id"]
    name = chosen["model"].iloc[0] if len(chosen) else "mean"
    columns = {"unique_id": ids, "cutoff": chosen["cutoff"], "ds": chosen["ds"], "y": chosen["y"]}
    long = pd.DataFrame({**columns, name: chosen["mean"]}).explode(["ds", "y", name], ignore_index=True)
    times = np.concatenate(chosen["ds"].to_list()) if len(chosen) else chosen["cutoff"].to_numpy()
    beside = _quantiles(chosen, name, *QUANTILES, with_levels=True)
    for method in ("split", "adaptive"):
        beside |= _quantiles(chosen, f"{name}-{method}", "conformal_levels", f"conformal_{method}")
    return long.assign(ds=times, y=long["y"].astype(float), **{name: long[name].astype(float)}, **beside)


def _quantiles(
    table: pd.DataFrame, name: str, levels: str, values: str, *, with_levels: bool = False
) -> dict[str, Floats]:
    """Columns (R · H,) of the quantiles, if they are asked for, and of the intervals they hold."""
    if not is_complete(table, values):
        return {}
    asked = tuple(table[levels].iloc[0])
    found = stacked(table[values]).reshape(-1, len(asked))
    each = {f"{name}-q-{level:g}": found[:, n] for n, level in enumerate(asked)} if with_levels else {}
    for nominal, low, high in central(asked):
        percent = f"{100 * nominal:g}"
        each |= {f"{name}-lo-{percent}": found[:, low], f"{name}-hi-{percent}": found[:, high]}
    return each
