"""Channels, windows, scalers and batches up to an instant, from the data and from another future of them.

Legend: T rows, N series, C channels, M windows, G grid times.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reprocast.audit.batching import same_batches
from reprocast.audit.leak import LeakError, same
from reprocast.audit.pair import Pair, window_keys
from reprocast.data.windows import Fold, Ints, Windows
from reprocast.panel import time_text


def compare(pair: Pair, rng: np.random.Generator) -> Counter[str]:
    """What was compared: values, windows, scalers. Raises LeakError for what moved."""
    compared = Counter(values=_channels(pair) + _static(pair))
    if pair.given:
        compared["values"] += _known_ahead(pair)
    for number in pair.true.folds:
        compared["windows"] += _windows(pair, number)
        if pair.past_training(number):
            compared["numbers of scalers"] += _scaler(pair, number)
            compared["values"] += same_batches(pair, number, rng)
    return compared


def _channels(pair: Pair) -> int:
    true, false = pair.rows(pair.true), pair.rows(pair.false)
    names, ds = pair.true.channels.names, pair.true.ds[true]
    which = np.searchsorted(pair.true.offsets, np.flatnonzero(true), side="right") - 1

    def where(index: tuple[int, ...]) -> str:
        if not index:
            return "channels: rows"
        place = f"series {pair.true.ids[which[index[0]]]}, {names[index[1]]} at {time_text(ds[index[0]])}"
        return f"channels: {place}"

    if pair.true.ids != pair.false.ids:
        others = ", ".join(sorted(set(pair.true.ids) ^ set(pair.false.ids)))
        raise LeakError(f"channels: series {others} came or went {pair.cause}")
    same(ds, pair.false.ds[false], lambda _: "channels: times", pair.cause)
    return same(
        np.asarray(pair.true.values)[true], np.asarray(pair.false.values)[false], where, pair.cause, ds
    )


def _known_ahead(pair: Pair) -> int:
    """Known ahead means known at every row, whatever happens to the others."""
    future, names = pair.true.channels.future_index, pair.true.channels.future
    keys, others = _row_keys(pair.true, pair.true.ds), _row_keys(pair.false, pair.true.ds)
    _, true, false = np.intersect1d(keys, others, return_indices=True)
    ds = pair.true.ds[true]
    return same(
        np.asarray(pair.true.values)[true, future],
        np.asarray(pair.false.values)[false, future],
        lambda index: f"known ahead: {names[index[1]]} at {time_text(ds[index[0]])}",
        pair.cause,
        ds,
    )


def _static(pair: Pair) -> int:
    true, false = pair.true.static, pair.false.static
    ids, names = pair.true.ids, pair.true.channels.static
    return same(true, false, lambda i: f"static: series {ids[i[0]]}, {names[i[1]]}", pair.cause)


def _windows(pair: Pair, number: int) -> int:
    """Windows that end by the instant are the same in both; the spans of the splits do not move at all."""
    true, false, compared = pair.true.folds[number], pair.false.folds[number], 0
    for split, starts in true.starts.items():
        where = f"windows: fold {number}, {split}"
        if [str(t) for t in true.bounds[split]] != [str(t) for t in false.bounds[split]]:
            spans = [
                f"{time_text(a)} to {time_text(b)}" for a, b in (true.bounds[split], false.bounds[split])
            ]
            raise LeakError(f"{where} reached from {spans[0]}, then from {spans[1]} {pair.cause}")
        ended = window_keys(pair.true, _ended(pair.true, np.asarray(starts), pair.after), pair.true.ds)
        others = window_keys(
            pair.false, _ended(pair.false, np.asarray(false.starts[split]), pair.after), pair.true.ds
        )
        lost, come = np.setdiff1d(ended, others), np.setdiff1d(others, ended)
        if len(lost) or len(come):
            what = f"{len(lost):,} windows went and {len(come):,} came"
            raise LeakError(f"{where}: of those that end by {time_text(pair.after)} {what} {pair.cause}")
        compared += len(ended)
    return compared


def _ended(windows: Windows, starts: Ints, after: Any) -> Ints:
    last = starts + windows.look_back + windows.horizon - 1
    ended: Ints = starts[windows.ds[last] <= after]
    return ended


def _row_keys(windows: Windows, grid: NDArray[Any]) -> Ints:
    """A number for each row (T,) that says series and time, the same for both cuts."""
    times = np.unique(grid)
    which = np.repeat(np.arange(len(windows.ids)), np.diff(windows.offsets))
    keys: Ints = which * (len(times) + 1) + np.searchsorted(times, windows.ds)
    return keys


def _scaler(pair: Pair, number: int) -> int:
    """Everything a fold keeps per series: what scales, and the unit of MASE."""
    true, false, compared = pair.true.folds[number], pair.false.folds[number], 0
    for name, one, other in _arrays(true, false):
        compared += same(one, other, _scaler_place(pair.true, number, name), pair.cause)
    return compared


def _arrays(true: Fold, false: Fold) -> Iterator[tuple[str, NDArray[Any], NDArray[Any]]]:
    for field in fields(true):
        one = getattr(true, field.name)
        if isinstance(one, np.ndarray):
            yield field.name, one, getattr(false, field.name)


def _scaler_place(windows: Windows, number: int, name: str) -> Callable[[tuple[int, ...]], str]:
    def words(index: tuple[int, ...]) -> str:
        place = f"scaler: fold {number}, {name}"
        return (
            f"{place} of series {windows.ids[index[0]]}, {windows.channels.names[index[1]]}"
            if index
            else place
        )

    return words
