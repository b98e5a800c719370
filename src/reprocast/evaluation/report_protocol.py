"""The report's account of how the comparison was made, and of where everything came from."""

from collections.abc import Mapping
from typing import Any

from reprocast.evaluation import report_numbers as write
from reprocast.evaluation.report_folds import apart, backtest
from reprocast.evaluation.report_inputs import Inputs
from reprocast.evaluation.report_table import Column, Table, table
from reprocast.evaluation.report_tuning import budget
from reprocast.params.window import Window

WINDOWS = "data/windows/manifest.json"
SPLITS = ("train", "validation", "test")
SCALING = {
    "standard": "by mean and deviation of the training steps",
    "robust": "by median and quartiles of the training steps",
    "minmax": "by the smallest and the largest value of the training steps",
    "window": "by mean and deviation of each window's own look-back",
    "none": "none",
}
LISTED = 10
"""Skipped series that are named; the others are counted."""
Facts = tuple[tuple[str, str], ...]


TESTS = {
    False: "Diebold–Mariano on the loss per cutoff (mean over series and steps), with a variance for "
    "overlapping horizons and the small-sample correction of Harvey, Leybourne and Newbold",
    True: "paired t-test on the loss of each series (mean over its steps), as each series has one cutoff",
}
"""By whether the tests go across series."""
REST = (
    "; p-values of pairs of networks adjusted by Holm's method; model confidence set and intervals of skill "
    "by the stationary bootstrap; level "
)


def protocol(inputs: Inputs) -> Facts:
    """What a reviewer asks first, as terms and answers."""
    params, windows = inputs.params, inputs.windows
    seeds, score = params.seeds, params.compare.score.upper()
    known = ", and prices are adjusted with what was known then" if params.data.kind == "prices" else ""
    return (
        (
            "Question",
            f"{inputs.target}, the next {write.counted(windows['horizon'], 'step')} from {_seen(inputs)}",
        ),
        ("As-of date", f"{params.data.end}: nothing later was read{known}"),
        ("Calendar", f"{windows['calendar']}, {windows['season']} steps a season"),
        *backtest(inputs),
        ("Embargo", f"{windows['embargo']} steps are left out between the splits"),
        *_skipped(windows.get("skipped", {})),
        ("Scaling", _scaling(params.window)),
        ("Training", _training(inputs)),
        ("Tuning", budget(params, inputs.tuning, inputs.sha256[WINDOWS])),
        (
            "Selection",
            f"network and baseline with the best validation {score}, before the test is read{apart(inputs)}",
        ),
        (
            "What is scored",
            f"the mean forecast of {write.counted(len(seeds), 'seed')} ({_list(seeds)}), as deployed",
        ),
        ("Tests", f"{TESTS[inputs.across_series]}{REST}{params.compare.alpha:g}"),
    )


def _seen(inputs: Inputs) -> str:
    features = inputs.windows["features"]
    seen = _list([*features["target"], *features["past"]])
    ahead = f", with {_list(features['future'])} known ahead" if features["future"] else ""
    return f"{inputs.windows['look_back']} steps of {seen}{ahead}"


def _training(inputs: Inputs) -> str:
    train = inputs.params.train
    return (
        f"{train.loss.upper()} loss, at most {train.max_epochs} epochs, stopped after {train.patience} "
        "without a better validation loss; the best epoch's weights are kept"
    )


def _skipped(skipped: Mapping[str, str]) -> Facts:
    """Series that take no part, if there are any."""
    if not skipped:
        return ()
    named = [f"{name}: {why}" for name, why in list(skipped.items())[:LISTED]]
    more = [f"and {write.count(len(skipped) - LISTED)} more series"] if len(skipped) > LISTED else []
    return (("Skipped", "; ".join(named + more)),)


def _scaling(window: Window) -> str:
    over = {"series": "per series and channel", "panel": "per channel, over all series"}
    by_training = window.scaling in ("standard", "robust", "minmax")
    return SCALING[window.scaling] + (f", {over[window.scaling_over]}" if by_training else "")


def _list(values: Any) -> str:
    return ", ".join(str(value) for value in values)


def splits(inputs: Inputs) -> Table:
    """Spans of the targets and numbers of windows."""
    columns = [
        Column("split", "split", numeric=False),
        *([Column("fold", "fold", write.count)] if len(inputs.fold_numbers) > 1 else []),
        Column("first", "targets from", numeric=False),
        Column("last", "targets to", numeric=False),
        Column("windows", "windows", write.count),
        Column("left_out", "left out (gaps)", write.count),
        Column("purged", "purged", write.count),
    ]
    return table("Splits by time: target spans and windows", columns, split_rows(inputs))


def split_rows(inputs: Inputs) -> list[dict[str, Any]]:
    """One row a split of each fold, the oldest fold first and its splits in order of time."""
    folds = {number: inputs.windows["folds"][str(number)] for number in inputs.fold_numbers}
    return [
        {
            "split": split,
            "fold": number,
            "first": fold[split]["first"],
            "last": fold[split]["last"],
            "windows": _total(fold[split]["windows"]),
            "left_out": _total(fold[split].get("left_out", {})),
            "purged": _total(fold[split].get("purged", {})),
        }
        for number, fold in folds.items()
        for split in SPLITS
        if split in fold
    ]


def _total(counts: Mapping[str, int] | int) -> int:
    return counts if isinstance(counts, int) else sum(counts.values())


def provenance(inputs: Inputs) -> Facts:
    """Hashes by which every input can be found again."""
    facts = [
        ("reprocast", inputs.version),
        ("Vintage", str(inputs.raw.get("vintage", write.NONE))),
        *((path, sha256) for path, sha256 in inputs.sha256.items()),
    ]
    if inputs.raw.get("adjustment"):
        facts.insert(2, ("Adjustment", str(inputs.raw["adjustment"])))
    return tuple(facts)


def fingerprints(inputs: Inputs) -> Facts:
    """One hash a model over its parameters, data and code; says so where the windows are other ones."""
    here = inputs.sha256[WINDOWS]
    stale = {name for name in inputs.names if inputs.models[name]["windows_sha256"] != here}
    return tuple(
        (name, inputs.models[name]["fingerprint"] + (" (made from other windows)" if name in stale else ""))
        for name in inputs.names
    )
