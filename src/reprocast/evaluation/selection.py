"""What is compared with what: chosen on validation, before a test score is read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pandas as pd

from reprocast.errors import DataError
from reprocast.evaluation.significance import Comparison, compare_losses, holm

Scores = Mapping[str, Any]
"""A model's results/scores/NAME.json."""


def overall(scores: Scores, split: str) -> dict[str, float | None]:
    """A model's scores on one split, averaged over the folds; None where a fold has none.

    Raises:
        DataError: a fold has no window in that split.
    """
    folds = [fold[split]["overall"] for _, fold in sorted(scores["folds"].items())]
    if not all(folds):
        raise DataError(f"results/scores/{scores['model']}.json: no window was scored on {split}")
    names = [name for name in folds[0] if all(name in fold for fold in folds)]
    return {name: _mean([fold[name] for fold in folds]) for name in names}


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(values) if len(known) == len(values) else None


def error(scores: Scores, split: str, score: str) -> float:
    """The score that decides, which every model has.

    Raises:
        DataError: there is none.
    """
    found = overall(scores, split)[score]
    if found is None:
        raise DataError(f"results/scores/{scores['model']}.json: {score} on {split} is not a number")
    return found


def best_on_validation(models: Mapping[str, Scores], names: Iterable[str], score: str) -> str:
    """The model with the smallest validation error; the first by name of those that share it."""
    return min(names, key=lambda name: (error(models[name], "validation", score), name))


@dataclass(frozen=True)
class Differences:
    """The tests of one run; each network was chosen, and each baseline picked, on validation."""

    against_best: Comparison
    """Chosen network against the best baseline."""
    against_naive: Comparison | None
    """Chosen network against the naive forecast, where that is another baseline."""
    pairs: tuple[Comparison, ...]
    """Each pair of networks, in the order of their names."""
    adjusted: tuple[float | None, ...]
    """p-values of the pairs, adjusted by Holm's method for their number."""


def differences(
    losses: Mapping[str, "pd.Series[float]"],
    networks: Iterable[str],
    chosen: str,
    best: str,
    naive: str | None,
    horizon: int,
    alpha: float,
) -> Differences:
    """Runs the tests; losses are per model, and per cutoff (n,) within a model.

    The chosen network's two tests are separate questions asked in advance and are not adjusted; the
    pairs of networks are a search, and are.
    """

    def test(a: str, b: str) -> Comparison:
        return compare_losses(a, b, losses[a], losses[b], horizon, alpha)

    pairs = tuple(test(a, b) for a, b in combinations(sorted(networks), 2))
    against_naive = test(chosen, naive) if naive not in (None, best) else None
    adjusted = tuple(holm([pair.p_value for pair in pairs]))
    return Differences(test(chosen, best), against_naive, pairs, adjusted)
