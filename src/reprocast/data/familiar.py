"""Whether look-backs are like those that a model was trained on; what is far off has another unit.

A change of unit multiplies level and spread; a changed offset moves the level. Series drift and grow as
well, so only what lies far outside of all that training has shown is called unfamiliar.
Legend: M windows of training, B windows, L look-back, C channels, N series.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reprocast.data.findings import Finding, time_texts
from reprocast.data.ordered import median, quantiles
from reprocast.data.training_part import Part
from reprocast.panel import Panel

Floats = NDArray[np.float64]

LEVELS = 5.0
"""A look-back's median may leave the range of the training values by so many times its width."""
SPREADS = 10.0
"""A look-back's spread may be so many times the largest, or fall short of the smallest, of training."""
SAMPLE = 32
"""Training windows per series that are looked at, evenly spaced."""
OUTLIERS = 0.005
"""Share of the training values at either end that is left out of the range."""


@dataclass(frozen=True)
class Ranges:
    """What training has shown, each (C,) or (B, C)."""

    low: Floats
    high: Floats
    """Range of the values, but for a few at either end."""
    least: Floats
    most: Floats
    """Smallest and largest spread of a look-back: median absolute deviation from its median."""


@np.errstate(over="ignore", invalid="ignore")  # values may be near the largest float
def ranges_of(windows: Floats) -> Ranges:
    """What the look-backs (M, L, C) of one series show; M of at least 1."""
    low, high = quantiles(windows.reshape(-1, windows.shape[-1]), [OUTLIERS, 1 - OUTLIERS])
    spreads = _spread(windows)
    return Ranges(low, high, spreads.min(axis=0), spreads.max(axis=0))


@np.errstate(over="ignore", invalid="ignore")  # values may be near the largest float
def unfamiliar(windows: Floats, shown: Ranges) -> NDArray[np.bool_]:
    """Which look-backs (B, L, C) are far from what was shown (B, C) -> (B, C).

    A channel that was constant, or a spread that was nought, says nothing of the unit and accepts everything.
    """
    level, spread = median(windows, axis=1), _spread(windows)  # -> (B, C)
    width = shown.high - shown.low
    outside = np.maximum(shown.low - level, level - shown.high)
    wide = (shown.most > 0) & (spread > SPREADS * shown.most)
    narrow = (spread > 0) & (spread < shown.least / SPREADS)
    return (width > 0) & ((outside > LEVELS * width) | wide | narrow)


@np.errstate(over="ignore", invalid="ignore")  # values may be near the largest float
def _spread(windows: Floats) -> Floats:
    """Median absolute deviation of each window and channel: (B, L, C) -> (B, C)."""
    return median(np.abs(windows - median(windows, axis=1)[:, None]), axis=1)


def unfamiliar_after(panel: Panel, column: str, part: Part, look_back: int) -> list[Finding]:
    """Look-backs after the training part that are unlike it, one after the other without overlap."""
    values, (training, later) = panel.columns[column].astype(np.float64), part.split(panel.ds)
    training, later = training & np.isfinite(values), later & np.isfinite(values)
    found = []
    for name, rows in panel.rows():
        before, after = values[rows][training[rows]], values[rows][later[rows]]
        if len(before) < look_back or len(after) < look_back:
            continue
        shown = ranges_of(_evenly(before, look_back))
        blocks = after[: len(after) // look_back * look_back].reshape(-1, look_back, 1)
        strange = unfamiliar(blocks, shown)[:, 0]
        if strange.any():
            first = panel.ds[rows][later[rows]][np.flatnonzero(strange) * look_back]
            said = f"; {said_of(blocks[strange], shown)}"
            found.append(Finding(name, int(strange.sum()), len(blocks), time_texts(first), detail=said))
    return found


def _evenly(values: Floats, look_back: int) -> Floats:
    """At most SAMPLE look-backs (M, L, 1) of the values (T,)."""
    last = len(values) - look_back
    starts = np.unique(np.linspace(0, last, min(SAMPLE, last + 1)).astype(np.int64))
    blocks: Floats = values[starts[:, None] + np.arange(look_back)][..., None]
    return blocks


def said_of(windows: Floats, shown: Ranges) -> str:
    """The values of look-backs (B, L, 1) beside those of training (1,), for people."""
    return (
        f"{windows.min():.4g} … {windows.max():.4g}, "
        f"while training has shown {float(shown.low[0]):.4g} … {float(shown.high[0]):.4g}"
    )
