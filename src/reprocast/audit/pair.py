"""Two cuts of one panel: with the future as it is, and with another one. Legend: T rows, M windows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reprocast.data.windows import Ints, Windows, series_of


@dataclass(frozen=True)
class Pair:
    """Windows cut from the data as they are, and from the same data with another future."""

    true: Windows
    false: Windows
    after: Any
    """The last time at which both data are the same."""
    cause: str
    """What was changed, as an end of a sentence."""
    given: bool
    """Whether the columns known ahead were left as they are."""

    def rows(self, windows: Windows) -> NDArray[np.bool_]:
        """Which rows (T,) both have in common."""
        return np.asarray(windows.ds <= self.after)

    def past_training(self, number: int) -> bool:
        """Whether a fold's training span lies before the change."""
        return bool(self.true.folds[number].bounds["train"][1] <= self.after)


def window_keys(windows: Windows, starts: Ints, grid: NDArray[Any]) -> Ints:
    """A number for each window (M,) that says series and cutoff, the same for both cuts."""
    times = np.unique(grid)
    cutoffs = windows.ds[starts + windows.look_back - 1]
    keys: Ints = series_of(windows, starts) * (len(times) + 1) + np.searchsorted(times, cutoffs)
    return keys
