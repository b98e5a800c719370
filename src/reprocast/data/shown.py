"""What the training windows of a fold have shown of each series and channel, kept in model.json.

Legend: M windows, L look-back, C channels, N series.
"""

from itertools import pairwise

import numpy as np

from reprocast.data.familiar import SAMPLE, Ranges, ranges_of
from reprocast.data.windows import Fold, Windows


def shown_in_training(windows: Windows, fold: Fold) -> Ranges:
    """Ranges (N, C) of at most SAMPLE look-backs a series; all 0, accepting anything, where it has none."""
    starts, L = fold.starts["train"], windows.look_back
    places = starts.before(windows.offsets)
    shape = (len(windows.ids), len(windows.channels.names))
    shown = Ranges(*(np.zeros(shape) for _ in range(4)))
    for n, (begin, end) in enumerate(pairwise(places)):
        if end > begin:
            some = np.unique(np.linspace(begin, end - 1, min(SAMPLE, end - begin)).astype(np.int64))
            found = ranges_of(windows.values[starts[some][:, None] + np.arange(L)])
            shown.low[n], shown.high[n] = found.low, found.high
            shown.least[n], shown.most[n] = found.least, found.most
    return shown
