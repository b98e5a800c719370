"""Batches of windows whose cutoff is not after the instant: what they show stays. Legend: M windows."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np

from reprocast.audit.leak import same
from reprocast.audit.naming import window_name
from reprocast.audit.pair import Pair, window_keys
from reprocast.data import windows as form
from reprocast.data.history import History
from reprocast.data.windows import Ints, Windows

MOST = 4096
"""Windows of a fold whose batches are compared, drawn at random where there are more."""
HISTORIES = 64
"""Of these, windows whose whole past is compared."""


def same_batches(pair: Pair, number: int, rng: np.random.Generator) -> int:
    """What a batch shows of windows whose cutoff is not after the instant."""
    true, false = _known(pair.true, number, pair.after), _known(pair.false, number, pair.after)
    _, one, other = np.intersect1d(
        window_keys(pair.true, true, pair.true.ds),
        window_keys(pair.false, false, pair.true.ds),
        return_indices=True,
    )
    if not len(one):
        return 0
    chosen = np.sort(rng.choice(len(one), min(MOST, len(one)), replace=False))
    starts = true[one[chosen]]
    batch = form.gather(pair.true, pair.true.folds[number], starts)
    again = form.gather(pair.false, pair.false.folds[number], false[other[chosen]])
    hidden = {"target", "history"} | (set() if pair.given else {"future", "static"})
    compared = 0
    for field in fields(batch):
        if field.name not in hidden:
            place = _batch_place(pair.true, number, starts, field.name)
            compared += same(getattr(batch, field.name), getattr(again, field.name), place, pair.cause)
    return compared + _same_histories(pair, number, starts, batch.history, again.history)


def _same_histories(pair: Pair, number: int, starts: Ints, one: History, other: History) -> int:
    """What methods that are fitted anew at each cutoff may know, of some of the windows."""
    compared = 0
    for n in range(0, len(one), max(len(one) // HISTORIES, 1)):
        place = _history_place(pair.true, number, int(starts[n]))
        compared += same(one.of(n), other.of(n), place, pair.cause)
    return compared


def _history_place(windows: Windows, number: int, start: int) -> Callable[[tuple[int, ...]], str]:
    return lambda _: f"batches: fold {number}, history of {window_name(windows, start)}"


def _known(windows: Windows, number: int, after: Any) -> Ints:
    """Starts (M,) of a fold's windows of any split whose cutoff is not after the instant."""
    starts = np.concatenate([np.asarray(some) for some in windows.folds[number].starts.values()])
    known: Ints = starts[windows.ds[starts + windows.look_back - 1] <= after]
    return known


def _batch_place(windows: Windows, number: int, starts: Ints, name: str) -> Callable[[tuple[int, ...]], str]:
    def words(index: tuple[int, ...]) -> str:
        if not index:
            return f"batches: fold {number}, {name}"
        window = window_name(windows, int(starts[index[0]]))
        step = f", step {index[1] + 1}" if len(index) > 2 else ""
        channel = f", {windows.channels.names[index[2]]}" if name == "past" else ""
        return f"batches: fold {number}, {name} of {window}{step}{channel}"

    return words
