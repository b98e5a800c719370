"""The search: which values are tried next, and what became of them; interrupted or not, the same trials."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, repeat
from typing import Any

import numpy as np

from reprocast.evaluation.tuned import Question, Trial
from reprocast.tuning.space import Point, at_random, suggested

ATTEMPTS = 1000
"""Points drawn at random before a space counts as tried out."""
Score = Callable[[Point], Trial]
"""Trains with values."""


def search(
    question: Question, budget: int, known: Sequence[Trial], fits: Callable[[Point], bool], score: Score
) -> Iterator[Trial]:
    """The trials that are still to be made, each as soon as it is done.

    The first has the values of params.yaml. What is tried next follows from the question and the trials
    before alone, so that a search that was stopped goes on as if it had not been.

    Args:
        question: what is searched.
        budget: trials in all; there are fewer where every point of the space was tried.
        known: trials that were made already, in order.
        fits: whether values go together.
        score: trains with values.
    """
    trials = list(known[:budget])
    while len(trials) < budget:
        values = _next(question, trials, fits)
        if values is None:
            return
        trials.append(score(values))
        yield trials[-1]


def _next(question: Question, trials: Sequence[Trial], fits: Callable[[Point], bool]) -> Point | None:
    """The sampler's suggestion, or, where that was tried or does not fit, a random point, if there is one."""
    if not trials:
        return dict(question.first)
    generator = np.random.default_rng([question.seed, len(trials)])
    points: Iterator[Any] = (at_random(question.space, generator) for _ in repeat(None, ATTEMPTS))
    tried = [trial.values for trial in trials]
    first = suggested(question.space, trials, question.seed)
    return next((point for point in chain([first], points) if point not in tried and fits(point)), None)
