"""Conformal intervals as an exported file keeps them: what `kept_intervals.ends` says, without pandas.

Legend: H horizon, K targets, A nominal coverages.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from reprocast.tasks.forecast.light.formulas import Floats

Kept = Mapping[str, Any]
"""An `Intervals` as JSON."""


def levels_kept(kept: Kept | None) -> tuple[float, ...]:
    """Of the lower ends, widest first, and of the upper (2A,)."""
    tails = [(1 - one) / 2 for one in reversed(kept["coverages"])] if kept else []
    return tuple(round(one, 9) for one in (*tails, *(1 - tail for tail in reversed(tails))))


def ends(mean: Floats, kept: Kept | None, targets: Sequence[str], series: str) -> Floats:
    """Ends of the intervals (H, K, 2A) around forecasts (H, K); NaN where the backtest has no such series."""
    found = np.empty((*mean.shape, len(levels_kept(kept))))
    if not kept:
        return found
    for k, target in enumerate(targets):
        reach = np.asarray(kept["radii"][target]) * kept["units"][target].get(series, np.nan)  # (H, A)
        found[:, k] = mean[:, k, None] + np.concatenate([-reach[:, ::-1], reach], axis=1)
    return found
