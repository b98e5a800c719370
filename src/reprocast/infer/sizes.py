"""How far a window looks back and ahead, and how long the splits are, for so many steps of data."""

from dataclasses import dataclass

import numpy as np

from reprocast.data.calendars import is_exchange
from reprocast.errors import DataError
from reprocast.infer.frequency import Frequency
from reprocast.panel import Panel

SHARE = 0.15
"""Of the steps, for the test and for validation each."""
TRAINING_WINDOWS = 20
"""Fewer than this teach a network nothing."""
LENGTHS = {
    "D": (56, 7),
    "B": (64, 5),
    "W": (52, 4),
    "7D": (52, 4),
    "MS": (36, 6),
    "ME": (36, 6),
    "QS": (12, 4),
}
"""Look-back and horizon where there is room."""


@dataclass(frozen=True)
class Sizes:
    """Steps."""

    look_back: int
    horizon: int
    split: int
    """Length of the test and of the validation span."""
    season: int


def sizes(panel: Panel, frequency: Frequency, file: str) -> Sizes:
    """What suits the frequency, halved until it fits into the shortest series.

    Raises:
        DataError: the shortest series is too short for any.
    """
    steps = _steps_of_shortest(panel)
    season = frequency.season if frequency.season * 3 <= steps else 1
    look_back, horizon = _usual(frequency)
    while True:
        split = max(horizon, round(SHARE * steps))
        training = steps - 2 * (split + horizon)
        if training >= look_back + horizon + TRAINING_WINDOWS:
            return Sizes(look_back, horizon, split, season)
        if look_back <= 4 and horizon == 1:
            raise DataError(
                f"{file}: its shortest series has {steps} steps up to the end, too few to train on"
            )
        look_back, horizon = max(4, look_back // 2), max(1, horizon // 2)


def _steps_of_shortest(panel: Panel) -> int:
    """Splits count the times of the whole panel back from its end; a series has them from its first on."""
    grid = np.unique(panel.ds)
    latest = max(panel.ds[rows.start] for _, rows in panel.rows())
    shortest = int(np.diff(panel.offsets).min())
    return min(shortest, int(len(grid) - np.searchsorted(grid, latest)))


def _usual(frequency: Frequency) -> tuple[int, int]:
    if is_exchange(frequency.calendar):
        return LENGTHS["B"]
    if frequency.calendar in LENGTHS:
        return LENGTHS[frequency.calendar]
    season = frequency.season
    return (max(48, min(2 * season, 192)), min(24, season)) if season > 1 else (32, 8)
