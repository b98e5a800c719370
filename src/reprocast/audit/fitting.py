"""Baselines: what they learn comes from training windows only."""

from typing import Any

from reprocast.audit.leak import LeakError
from reprocast.audit.result import Done
from reprocast.audit.scrambling import Scramble
from reprocast.audit.subject import Subject
from reprocast.baselines import saved
from reprocast.baselines.saved import SavedBaseline
from reprocast.data.windows import Windows


def from_training(subject: Subject) -> Done:
    """Everything after a fold's training span scrambled: the same coefficients."""
    compared = 0
    for number, fold in subject.windows.folds.items():
        scramble = subject.scramble(fold.bounds["train"][1])
        changed = subject.cut(scramble(subject.panel))
        for name in subject.params.baselines:
            true, false = (fit(subject, name, windows, number) for windows in (subject.windows, changed))
            compared += _same(
                true.description.fitted,
                false.description.fitted,
                f"baselines: {name}, fold {number}",
                scramble,
            )
    return Done(
        {
            "folds": len(subject.windows.folds),
            "baselines": len(subject.params.baselines),
            "coefficients": compared,
        }
    )


def fit(subject: Subject, name: str, windows: Windows, fold: int) -> SavedBaseline:
    """A baseline of params.yaml, fitted on a fold."""
    p = subject.params
    return saved.fit_baseline(name, p.baselines[name], windows, fold, "", "", p.task)


def _same(true: Any, false: Any, place: str, scramble: Scramble) -> int:
    """How many numbers two trees of plain values have, all the same."""
    if isinstance(true, dict) and isinstance(false, dict) and true.keys() == false.keys():
        return sum(_same(true[key], false[key], f"{place}, {key}", scramble) for key in true)
    if isinstance(true, list | tuple) and isinstance(false, list | tuple) and len(true) == len(false):
        return sum(
            _same(a, b, f"{place}[{n}]", scramble) for n, (a, b) in enumerate(zip(true, false, strict=True))
        )
    if true != false:
        raise LeakError(f"{place} moved from {true} to {false} {scramble}")
    return 1
