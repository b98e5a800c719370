"""Splits by their definition: whole windows, spans in order, purged, `embargo` apart, none forgotten."""

from itertools import pairwise
from typing import Any

import numpy as np

from reprocast.audit.leak import LeakError
from reprocast.audit.naming import window_name
from reprocast.audit.result import Done
from reprocast.audit.subject import Subject
from reprocast.data.splitting import SPLITS
from reprocast.data.windows import Fold, Ints, Windows, series_of
from reprocast.panel import time_text


def in_order(subject: Subject) -> Done:
    """Every window lies in one series, every target span in its split's, and the splits follow each other."""
    windows, counted = subject.windows, 0
    grid = np.unique(windows.ds)
    for number, fold in windows.folds.items():
        for split, starts in fold.starts.items():
            counted += _inside(windows, number, split, fold, np.asarray(starts))
            _none_forgotten(windows, number, split, fold)
        for before, then in pairwise(SPLITS):
            _apart(windows, number, fold, (before, then), grid)
    _tests_apart(windows)
    _fitted_once(windows)
    return Done({"folds": len(windows.folds), "windows": counted})


def _inside(windows: Windows, number: int, split: str, fold: Fold, starts: Ints) -> int:
    """How many windows were looked at; each must be one run of one series with its targets in the span."""
    steps = windows.look_back + windows.horizon
    first, last = starts + windows.look_back, starts + steps - 1
    whole = series_of(windows, starts) == series_of(windows, last)
    begin, end = fold.bounds[split]
    held = (windows.ds[first] >= begin) & (windows.ds[last] <= end)
    twice = np.zeros(len(starts), np.bool_)
    twice[1:] = np.sort(starts)[1:] == np.sort(starts)[:-1]
    for wrong, why in (
        (~whole, "lies in two series"),
        (~held, "forecasts outside the span"),
        (twice, "is there twice"),
    ):
        if wrong.any():
            raise LeakError(
                f"splits: {_name(windows, number, split, starts[wrong][0])} {why} ({_span(begin, end)})"
            )
    return len(starts)


def _none_forgotten(windows: Windows, number: int, split: str, fold: Fold) -> None:
    """The windows and those left out for missing values are all that the span allows, series by series."""
    begin, end = fold.bounds[split]
    steps = windows.look_back + windows.horizon
    found = np.bincount(series_of(windows, np.asarray(fold.starts[split])), minlength=len(windows.ids))
    for n, (first, stop) in enumerate(pairwise(windows.offsets)):
        starts = np.arange(first, max(stop - steps + 1, first))
        possible = (windows.ds[starts + windows.look_back] >= begin) & (windows.ds[starts + steps - 1] <= end)
        lost = int(possible.sum()) - int(found[n]) - int(fold.left_out[split][n])
        if lost:
            raise LeakError(
                f"splits: fold {number}, {split}: series {windows.ids[n]} has {possible.sum():,} windows, "
                f"but {found[n]:,} are there and {fold.left_out[split][n]:,} were left out for missing values"
            )


def _apart(windows: Windows, number: int, fold: Fold, pair: tuple[str, str], grid: Any) -> None:
    """The targets of two splits that follow each other do not overlap and are `embargo` grid times apart."""
    before, then = pair
    one, other = np.asarray(fold.starts[before]), np.asarray(fold.starts[then])
    last = one + windows.look_back + windows.horizon - 1
    late, early = last[np.argmax(windows.ds[last])], other[np.argmin(windows.ds[other + windows.look_back])]
    gap = (
        int(
            np.searchsorted(grid, windows.ds[early + windows.look_back])
            - np.searchsorted(grid, windows.ds[late])
        )
        - 1
    )
    if gap < windows.embargo:
        start = int(one[np.argmax(windows.ds[last])])
        what = "overlap" if gap < 0 else f"are {gap} steps apart, not window.embargo {windows.embargo}"
        raise LeakError(
            f"splits: fold {number}: target spans of {before} and {then} {what}: "
            f"{_name(windows, number, before, start)} reaches {time_text(windows.ds[late])}, "
            f"{then} begins {time_text(windows.ds[early + windows.look_back])}"
        )


def _tests_apart(windows: Windows) -> None:
    """No target is tested by two folds, so that no score counts twice."""
    bounds = [(number, fold.bounds["test"]) for number, fold in sorted(windows.folds.items())]
    for (one, (_, end)), (other, (begin, _)) in pairwise(bounds):
        if not end < begin:
            raise LeakError(f"splits: test spans of folds {one} and {other} overlap ({_span(begin, end)})")


def _fitted_once(windows: Windows) -> None:
    """Where models are not refitted, every fold has what the first was fitted on: windows and scaler."""
    first = windows.folds[min(windows.folds)]
    for number, fold in windows.folds.items() if not windows.refit else ():
        for split in ("train", "validation"):
            if not np.array_equal(fold.starts[split].runs, first.starts[split].runs):
                raise LeakError(
                    f"splits: split.refit is false, but fold {number} has a {split} span of its own"
                )
        for name in ("loc", "scale", "score_loc", "score_scale"):
            if not np.array_equal(getattr(fold, name), getattr(first, name), equal_nan=True):
                raise LeakError(
                    f"splits: split.refit is false, but fold {number} has a scaler of its own ({name})"
                )


def _name(windows: Windows, number: int, split: str, start: int) -> str:
    return f"fold {number}, {split} window of {window_name(windows, start)}"


def _span(begin: Any, end: Any) -> str:
    return f"{time_text(begin)} to {time_text(end)}"
