"""Splits by time: which grid times each split of each fold forecasts.

The grid is the sorted unique times of all series, so that a split begins and ends at the same moment in
every series. Spans of two splits of a fold never overlap and have `embargo` grid times between them.
Legend: N series, T rows, G grid times.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np

from reprocast.data.windows import Ints
from reprocast.errors import DataError, ParamsError
from reprocast.panel import Times, time_text
from reprocast.params.window import Split

SPLITS = ("train", "validation", "test")
"""In order of time."""
BLOCK = 1 << 22
"""Rows whose times are sorted at once."""


@dataclass(frozen=True)
class Span:
    """Grid positions begin … end−1, all of which may be forecast; empty when end ≤ begin."""

    begin: int
    end: int


def time_grid(ds: Times, offsets: Ints) -> Times:
    """The sorted unique times (G,) of all rows (T,).

    Series with the times of the one before them, the usual case, cost a comparison each.
    """
    grid, pending, rows = ds[:0], [ds[:0]], 0
    for begin, end in pairwise(offsets.tolist()):
        if np.array_equal(ds[begin:end], pending[-1]):
            continue
        pending.append(ds[begin:end])
        rows += end - begin
        if rows > BLOCK:
            grid, pending, rows = np.unique(np.concatenate([grid, *pending])), pending[-1:], 0
    return np.unique(np.concatenate([grid, *pending]))


def fold_spans(grid: Times, split: Split, embargo: int) -> list[Mapping[str, Span]]:
    """The target spans of each fold on the grid (G,), the oldest fold first, the last one deployed.

    Steps and fractions count grid times back from the end, with `embargo` more before each span. With
    dates, the last fold's test begins at its date and validation at its own, ending `embargo` grid times
    before the test. Each older fold is the same, `split.step` grid times earlier. Where models are not
    refitted, what teaches and selects them is the oldest fold's in every fold, and only the tests move on.

    Raises:
        ParamsError: dates, while the grid is integer steps.
        DataError: a date outside the grid, or more folds than it has times for.
    """
    test, validation = _begins(grid, split, embargo)
    length = len(grid) - test
    step = split.step or length
    if step < length:
        raise DataError(
            f"split.step: {step} steps are less than the {length} of the test span, so that tests would "
            "overlap; make it longer, or leave it out"
        )
    spans = [
        spans_before(validation - back, test - back, len(grid) - back, embargo, split.training_steps)
        for back in range((split.folds - 1) * step, -1, -step)
    ]
    if split.folds > 1:
        _refuse_too_many(validation - embargo - (split.folds - 1) * step, len(grid), split, step)
    return spans if split.refit else [{**spans[0], "test": each["test"]} for each in spans]


def spans_before(
    validation: int, test: int, end: int, embargo: int, training_steps: int | None = None
) -> Mapping[str, Span]:
    """The three spans from where validation and test begin and where the test ends; training comes first."""
    trained = max(validation - embargo, 0)
    return {
        "train": Span(max(trained - (training_steps or trained), 0), trained),
        "validation": Span(max(validation, 0), max(test - embargo, 0)),
        "test": Span(max(test, 0), end),
    }


def _begins(grid: Times, split: Split, embargo: int) -> tuple[int, int]:
    """Where the last fold's test and validation begin on the grid; less than 0 if it is too short."""
    if isinstance(split.test, str):
        return _position(grid, "test", split.test), _position(grid, "validation", str(split.validation))
    test = len(grid) - _steps(grid, "test", split.test)
    return test, test - embargo - _steps(grid, "validation", float(split.validation))


def _steps(grid: Times, name: str, length: float) -> int:
    """Steps of a span that is given in steps or as a fraction of all times."""
    steps = length if length >= 1 else round(length * len(grid))
    if not steps:
        raise DataError(f"split.{name}: {length} of {len(grid):,} times is less than one; make it larger")
    return int(steps)


def _position(grid: Times, name: str, date: str) -> int:
    if grid.dtype.kind != "M":
        raise ParamsError(
            f"split.{name}: {date!r} is a date, but the panel's times are integer steps; give steps"
        )
    position = int(np.searchsorted(grid, np.datetime64(datetime.fromisoformat(date), "us")))
    if not 0 < position < len(grid):
        first, last = (time_text(time) for time in (grid[0], grid[-1])) if len(grid) else ("", "")
        raise DataError(
            f"split.{name}: {date} is outside the data, which go from {first} to {last}; "
            "give a date in between, or steps"
        )
    return position


def _refuse_too_many(trained: int, times: int, split: Split, step: int) -> None:
    """Raises when the oldest fold's training, which has `trained` grid times, is too short."""
    needed = times - trained + (split.training_steps or 1)
    if needed > times:
        raise DataError(
            f"split.folds: {split.folds} folds, {step} steps apart, need {needed:,} times or more, and the "
            f"data have {times:,}; take fewer folds, shorter spans, or earlier data"
        )
