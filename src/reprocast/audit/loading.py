"""What the loaders hand to a training, shown by values that say which row they are.

Every value is replaced by the number of its row: a batch then tells which rows it shows and which it hides.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from reprocast.audit.leak import LeakError
from reprocast.audit.naming import window_name
from reprocast.audit.result import Done
from reprocast.audit.subject import Subject
from reprocast.data.windows import Ints, Windows

EXACT = 2**24
"""Whole numbers below are exact in single precision."""
BATCH = 512


def each_once(subject: Subject) -> Done:
    """A training sees each training window once an epoch, and stops on each validation window once."""
    from reprocast.data import batches  # late: it takes Lightning along

    windows, shown = numbered(subject.windows), 0
    for number, fold in windows.folds.items():
        data = batches.WindowData(windows, number, BATCH, subject.seed)
        for split, loader in (("train", data.train_dataloader()), ("validation", data.val_dataloader())):
            expected = np.sort(np.asarray(fold.starts[split]))
            shown += _same_windows(windows, f"fold {number}, {split}", expected, loader)
    return Done({"folds": len(windows.folds), "windows": shown})


def numbered(windows: Windows) -> Windows:
    """The windows with the number of each row for its values, unscaled."""
    rows = np.arange(len(windows.ds)) % EXACT
    values = np.repeat(rows[:, None].astype(np.float64), len(windows.channels.names), axis=1)
    values[:, windows.channels.observed_index] = 1.0
    N, C = len(windows.ids), len(windows.channels.names)
    loc, scale = np.zeros((N, C)), np.ones((N, C))
    folds = {number: replace(fold, loc=loc, scale=scale) for number, fold in windows.folds.items()}
    return replace(windows, values=values, folds=folds, scaling="none")


def _same_windows(windows: Windows, place: str, expected: Ints, loader: Any) -> int:
    """How many windows a pass showed; each of those expected, once, its rows in order, no target seen."""
    starts = np.concatenate([_starts(windows, place, batch) for batch in loader] or [np.zeros(0, np.int64)])
    starts = np.sort(starts)
    for lost, what in (
        (np.setdiff1d(starts, expected % EXACT), "is none of this split, but was shown"),
        (np.setdiff1d(expected % EXACT, starts), "was never shown"),
        (
            starts[1:][starts[1:] == starts[:-1]] if len(expected) <= EXACT else [],
            "was shown twice in one epoch",
        ),
    ):
        if len(lost):
            window = window_name(windows, int(lost[0]))
            raise LeakError(f"loader: {place}: the window of {window} {what} ({len(lost):,} such windows)")
    return len(starts)


def _starts(windows: Windows, place: str, batch: Any) -> Ints:
    """Starts (B,) of a batch's windows; raises when its rows are not those of one window each."""
    past, target = np.asarray(batch.past, np.int64), np.asarray(batch.target, np.int64)
    L, H = windows.look_back, windows.horizon
    starts = target[:, 0, 0] - L
    seen = np.delete(past, np.r_[windows.channels.observed_index], axis=2)
    for name, found, first, steps in (
        ("the look-back", seen, starts, L),
        ("the horizon", target, starts + L, H),
        ("what is known ahead", np.asarray(batch.future, np.int64), starts + L, H),
    ):
        wrong = np.argwhere(found != (first[:, None] + np.arange(steps))[:, :, None])
        if len(wrong):
            b, step, _ = wrong[0]
            row, due = int(found[tuple(wrong[0])]), int(first[b] + step)
            raise LeakError(
                f"loader: {place}: {name} of the window of {window_name(windows, int(starts[b]))} shows "
                f"at step {step + 1} the row {row - due:+d} from the one due"
            )
    return starts
