"""Missing values where window.missing refuses them, named with series, column and time."""

from collections.abc import Sequence

import numpy as np

from reprocast.data.channels import known_columns
from reprocast.data.transforms import needed_columns
from reprocast.data.windows import Channels
from reprocast.errors import DataError
from reprocast.panel import Panel, time_text

REMEDY = "repair the data, or set window.missing to leave_out, forward_fill, interpolate or mask"


def refuse_missing(panel: Panel, features: Channels) -> None:
    """Raises when a value is missing that a target or covariate reads; gaps in time are rows without values.

    Raises:
        DataError: naming the first such value of the first such column.
    """
    reads = needed_columns(features.target + features.past, panel.columns)
    for name in dict.fromkeys(reads + known_columns(features, panel.columns)):
        missing = _missing(panel, name)
        if len(missing):
            series = panel.ids[int(np.searchsorted(panel.offsets, missing[0], side="right")) - 1]
            where = f"series {series}, {name} at {time_text(panel.ds[missing[0]])}"
            raise DataError(f"{where}: no value ({len(missing)} in all); {REMEDY}")


def _missing(panel: Panel, name: str) -> Sequence[int]:
    """Rows without a value; a column that is not there is the channels' to name."""
    if name not in panel.columns or panel.columns[name].dtype.kind != "f":
        return ()
    return np.flatnonzero(np.isnan(panel.columns[name])).tolist()
