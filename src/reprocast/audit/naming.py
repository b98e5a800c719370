"""How the audit names a window: by its series and its cutoff."""

from typing import Any

import numpy as np
import pandas as pd

from reprocast.data.windows import Windows, series_of
from reprocast.panel import time_text


def window_name(windows: Windows, start: int) -> str:
    """Series and cutoff of the window at `start`."""
    series = windows.ids[int(series_of(windows, np.asarray([start]))[0])]
    cutoff = min(start + windows.look_back - 1, len(windows.ds) - 1)
    return f"series {series} at cutoff {time_text(windows.ds[cutoff])}"


def cutoff_name(series: str, cutoff: Any) -> str:
    """The same from a row of the forecast table, in which a time may have become pandas' own."""
    plain = cutoff.to_datetime64() if isinstance(cutoff, pd.Timestamp) else cutoff
    return f"series {series} at cutoff {time_text(plain)}"
