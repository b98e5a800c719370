"""Values that are possible but odd: jumps from row to row, and values that stand still.

Legend: T rows, D changes.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reprocast.data.findings import Finding, time_text, time_texts
from reprocast.data.ordered import median
from reprocast.panel import Panel

Floats = NDArray[np.float64]

CHANGES: dict[str, Callable[[Floats], Floats]] = {
    "prices": np.log,
    "numeric": np.asarray,
    "counts": lambda values: 2 * np.sqrt(np.maximum(values, 0) + 3 / 8),
}
"""Kind of data -> what is differenced: log returns, plain differences, and for counts those of a
square root, in which a count's deviation does not grow with its level (Anscombe 1948)."""
NORMAL = 1.4826
"""A normal deviation in median absolute deviations (1 / Φ⁻¹(3/4))."""


def robust_z(changes: Floats) -> Floats:
    """|change − median| / (1.4826 · MAD), both over the finite changes (D,); NaN where there is none.

    Where more than half of the changes are the same, the MAD is that of the others, so that a price that is
    set now and then does not jump whenever it is set. 0 where all changes are the same.
    """
    finite = changes[np.isfinite(changes)]
    if not len(finite):
        return np.full_like(changes, np.nan)
    away = np.abs(changes - median(finite))
    known = away[np.isfinite(away)]
    middle = median(known) or median(known[known > 0] if (known > 0).any() else known)
    with np.errstate(over="ignore"):  # ∞ beside changes that are all but nothing
        return away / (NORMAL * middle) if middle else np.where(np.isfinite(changes), 0.0, np.nan)


def jumps(panel: Panel, column: str, way: str, limit: float) -> list[Finding]:
    """Rows whose change from the row before is further than `limit` robust deviations from the median.

    Args:
        panel: T rows.
        column: of the panel.
        way: a kind of data in CHANGES.
        limit: the largest z that is no jump.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        levels = CHANGES[way](panel.columns[column].astype(np.float64))
        changes = np.diff(levels)
    found = []
    for name, rows in panel.rows():
        z = robust_z(changes[rows.start : rows.stop - 1])
        wrong = np.flatnonzero(z > limit)
        if len(wrong):
            times = panel.ds[rows][1:]
            largest = f", the largest {z[wrong].max():.3g} deviations"
            when = f" on {time_text(times[int(np.nanargmax(z))])}" if len(wrong) > 1 else ""
            found.append(Finding(name, len(wrong), len(z), time_texts(times[wrong]), detail=largest + when))
    return found


def frozen(panel: Panel, column: str, steps: int, *, zeros: bool = True) -> list[Finding]:
    """Runs of `steps` or more equal values in a row, named by where they begin; zeros may be left out."""
    values = panel.columns[column]
    same = np.zeros(len(panel), np.bool_)
    same[1:] = values[1:] == values[:-1]
    same[panel.offsets[:-1]] = False
    begins = np.flatnonzero(~same)
    lengths = np.diff(np.append(begins, len(panel)))
    long = (lengths >= steps) & (zeros | (values[begins] != 0))
    begins, lengths = begins[long], lengths[long]
    series = np.searchsorted(panel.offsets, begins, side="right") - 1
    return [_runs(panel, int(n), begins[series == n], lengths[series == n]) for n in np.unique(series)]


def _runs(panel: Panel, n: int, begins: NDArray[Any], lengths: NDArray[Any]) -> Finding:
    longest = f", the longest of {lengths.max()} rows"
    rows = int(panel.offsets[n + 1] - panel.offsets[n])
    return Finding(panel.ids[n], len(begins), rows, time_texts(panel.ds[begins]), detail=longest)


def is_flag(panel: Panel, column: str) -> bool:
    """Whether a column holds 0 and 1 only: neither jumps nor standing still says anything of it."""
    values = panel.columns[column]
    return bool(((values == 0) | (values == 1) | np.isnan(values)).all())
