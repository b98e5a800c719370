"""The rows a baseline may learn from: those that training windows show or forecast. Legend: R rows."""

import numpy as np

from reprocast.data.windows import Fold, Ints, Windows
from reprocast.errors import DataError


def training_rows(windows: Windows, fold: Fold) -> Ints:
    """Rows that a training window shows or forecasts, each once."""
    starts = np.asarray(fold.starts["train"])
    change = np.zeros(len(windows.values) + 1, np.int64)
    np.add.at(change, starts, 1)
    np.add.at(change, starts + windows.look_back + windows.horizon, -1)
    return np.flatnonzero(change.cumsum()[:-1] > 0).astype(np.int64)


def longest_run(windows: Windows, rows: Ints, series: int) -> Ints:
    """The longest run of neighbouring training `rows` of one series, of equally long ones the newest.

    Raises:
        DataError: no training window of the series.
    """
    first, last = windows.offsets[series : series + 2]
    own = rows[(rows >= first) & (rows < last)]
    if not len(own):
        raise DataError(
            f"series {windows.ids[series]}: has no training window, and this baseline is fitted to each "
            "series; give it more rows, or leave it out (data.series)"
        )
    runs = np.split(own, np.flatnonzero(np.diff(own) > 1) + 1)
    return max(reversed(runs), key=len)
