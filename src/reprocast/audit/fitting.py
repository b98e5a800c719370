"""Baselines: what they learn comes from training windows only."""

from typing import Any

from reprocast.audit.leak import LeakError
from reprocast.audit.result import Done
from reprocast.audit.scrambling import Scramble
from reprocast.audit.subject import Subject
from reprocast.baselines import saved
from reprocast.baselines.saved import SavedBaseline
from reprocast.data.windows import Windows
from reprocast.params.baselines import Baseline


def from_training(subject: Subject) -> Done:
    """Everything after a fold's training span scrambled: the same coefficients.

    What a baseline chooses on validation is declared there, as it was chosen; everything after validation
    scrambled, the same is chosen.
    """
    compared = 0
    for number, fold in subject.windows.folds.items():
        for name, baseline in subject.params.baselines.items():
            place = f"baselines: {name}, fold {number}"
            true = _fitted(name, baseline, subject, subject.windows, number)
            chosen = _chosen(baseline, true)
            ways = {"validation": baseline} if chosen else {}
            ways["train"] = baseline.model_copy(update=chosen)
            for span, way in ways.items():
                scramble = subject.scramble(fold.bounds[span][1])
                changed = subject.cut(scramble(subject.panel))
                false = _fitted(name, way, subject, changed, number)
                compared += _same(true, false, place, scramble)
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


def _fitted(name: str, baseline: Baseline, subject: Subject, windows: Windows, fold: int) -> dict[str, Any]:
    model = saved.fit_baseline(name, baseline, windows, fold, "", "", subject.params.task)
    return model.description.fitted


def _chosen(baseline: Baseline, fitted: dict[str, Any]) -> dict[str, Any]:
    """Keys that validation decided: not declared, and among what was fitted by the same name."""
    return {
        key: fitted[key]
        for key, declared in baseline.model_dump().items()
        if declared is None and key in fitted
    }


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
