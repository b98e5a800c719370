"""What is compared with what: chosen on validation, before a test score is read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from reprocast.errors import DataError
from reprocast.evaluation.sample import Sample
from reprocast.evaluation.significance import Comparison, compare_losses, holm

Scores = Mapping[str, Any]
"""A model's results/scores/NAME.json."""


def together(scores: Scores, split: str) -> Mapping[str, Any]:
    """A model's scores on one split over the windows of all folds.

    Where validation windows of a later fold lie in the test span of an earlier one, they do not count:
    a model must not be chosen by what it is tested on.
    """
    folds: Mapping[str, Any] = scores["folds"]
    found: Mapping[str, Any] = (scores["pooled"] if len(folds) > 1 else next(iter(folds.values())))[split]
    return found


def overall(scores: Scores, split: str) -> Mapping[str, float | None]:
    """A model's scores on one split, all series, steps and folds together; None where one has no meaning.

    Raises:
        DataError: there was no window in that split.
    """
    found: Mapping[str, float | None] = together(scores, split)["overall"]
    if not found:
        raise DataError(f"results/scores/{scores['model']}.json: no window was scored on {split}")
    return found


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
    sample: Sample, networks: Iterable[str], chosen: str, best: str, naive: str | None, alpha: float
) -> Differences:
    """Runs the tests.

    The chosen network's two tests are separate questions asked in advance and are not adjusted; the
    pairs of networks are a search, and are.
    """

    def test(a: str, b: str) -> Comparison:
        return compare_losses(a, b, sample, alpha)

    pairs = tuple(test(a, b) for a, b in combinations(sorted(networks), 2))
    against_naive = test(chosen, naive) if naive not in (None, best) else None
    adjusted = tuple(holm([pair.p_value for pair in pairs]))
    return Differences(test(chosen, best), against_naive, pairs, adjusted)
