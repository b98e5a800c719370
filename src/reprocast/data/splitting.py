"""Splits by time: which grid times a split forecasts, and which windows lie in it.

The grid is the sorted unique times of the whole panel, so that a split begins and ends at the same moment in
every series. A window belongs to the split that holds its whole target span; spans of two splits never
overlap and have `embargo` grid times between them.
Legend: L look-back, H horizon, N series, T rows, G grid times, M windows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from reprocast.data.windows import Ints
from reprocast.errors import ParamsError
from reprocast.panel import Times
from reprocast.params.window import Split

SPLITS = ("train", "validation", "test")
"""In order of time."""


@dataclass(frozen=True)
class Span:
    """Grid positions begin … end−1, all of which may be forecast; empty when end ≤ begin."""

    begin: int
    end: int

    def holds(self, positions: Ints) -> NDArray[np.bool_]:
        """Which of the positions lie in it."""
        return (positions >= self.begin) & (positions < self.end)


def time_grid(ds: Times) -> tuple[Times, Ints]:
    """The grid (G,), and the grid position of each row (T,)."""
    grid, positions = np.unique(ds, return_inverse=True)
    return grid, positions.astype(np.int64)


def target_spans(grid: Times, split: Split, embargo: int) -> Mapping[str, Span]:
    """The target span of each split on the grid (G,).

    Counts are grid times back from the end, with `embargo` more before each. With dates, the test begins at
    its date and validation at its own, ending `embargo` grid times before the test.

    Raises:
        ParamsError: dates, while the grid is integer steps.
    """
    if isinstance(split.test, int) and isinstance(split.validation, int):
        test = len(grid) - split.test
        validation = test - embargo - split.validation
    else:
        test, validation = (
            _position(grid, name, str(getattr(split, name))) for name in ("test", "validation")
        )
    return spans_before(validation, test, len(grid), embargo)


def spans_before(validation: int, test: int, end: int, embargo: int) -> Mapping[str, Span]:
    """The three spans from where validation and test begin and where the test ends; training comes first."""
    return {
        "train": Span(0, max(validation - embargo, 0)),
        "validation": Span(max(validation, 0), max(test - embargo, 0)),
        "test": Span(max(test, 0), end),
    }


def _position(grid: Times, name: str, date: str) -> int:
    if grid.dtype.kind != "M":
        raise ParamsError(
            f"split.{name}: {date!r} is a date, but the panel's times are integer steps; give steps"
        )
    return int(np.searchsorted(grid, np.datetime64(datetime.fromisoformat(date), "us")))


def starts_within(span: Span, positions: Ints, offsets: Ints, look_back: int, horizon: int) -> Ints:
    """Starts of all windows (M,) whose target span lies in `span`, whatever their values; increasing.

    Args:
        span: of grid positions.
        positions: grid position of each row (T,).
        offsets: row where each series begins, and the end (N+1,).
        look_back: L.
        horizon: H.
    """
    steps = look_back + horizon
    rows = np.arange(len(positions))
    starts = rows[rows + steps <= np.repeat(offsets[1:], np.diff(offsets))]
    inside = span.holds(positions[starts + look_back]) & span.holds(positions[starts + steps - 1])
    return starts[inside].astype(np.int64)


def without_gaps(starts: Ints, complete: NDArray[np.bool_], steps: int) -> NDArray[np.bool_]:
    """Which windows (M,) consist of `steps` rows that are all `complete` (T,)."""
    missing = np.concatenate([[0], np.cumsum(~complete)])
    whole: NDArray[np.bool_] = missing[starts + steps] == missing[starts]
    return whole
