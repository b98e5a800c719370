"""The values a search draws from: suggestions of a sampler, points at random, each as plain values."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.samplers import TPESampler
from optuna.trial import FrozenTrial, TrialState, create_trial

from reprocast.evaluation.tuned import Trial
from reprocast.params.tuning import Range, Space

FIGURES = 3
"""Significant digits of a number that is drawn, as a person would write it."""
RANDOM = 5
"""Trials after which the sampler learns from them."""
Point = dict[str, Any]
"""A value by dotted key."""


def suggested(space: Space, trials: Sequence[Trial], seed: int) -> Point:
    """The next point by the tree-structured Parzen estimator; a function of its arguments alone."""
    quiet()
    number = int(np.random.SeedSequence([seed, len(trials)]).generate_state(1)[0])
    sampler = TPESampler(seed=number, n_startup_trials=RANDOM, multivariate=False)
    study = optuna.create_study(sampler=sampler)
    study.add_trials([frozen(trial, space) for trial in trials])
    drawn = study.ask(_distributions(space)).params
    return {key: _plain(space[key], drawn[key]) for key in sorted(space)}


def at_random(space: Space, generator: np.random.Generator) -> Point:
    """A point drawn evenly."""
    return {key: _drawn(space[key], generator) for key in sorted(space)}


def frozen(trial: Trial, space: Space) -> FrozenTrial:
    """A trial as Optuna keeps it; one that failed counts as worse than any other.

    Values outside the space, as the first trial may have, are kept beside it, and teach the sampler nothing.
    """
    distributions = _distributions(space)
    inside = all(_holds(space[key], trial.values[key]) for key in space)
    params = {key: _stored(space[key], trial.values[key]) for key in distributions} if inside else {}
    return create_trial(
        state=TrialState.COMPLETE if trial.score is not None else TrialState.PRUNED,
        value=trial.score,
        params=params,
        distributions=distributions if inside else {},
        user_attrs={"trial": trial.model_dump(mode="json")},
    )


def quiet() -> None:
    """Keeps Optuna from saying on standard error what we say ourselves."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)


def _distributions(space: Space) -> dict[str, BaseDistribution]:
    return {key: _distribution(space[key]) for key in sorted(space)}


def _distribution(part: Any) -> BaseDistribution:
    if not isinstance(part, Range):
        return CategoricalDistribution([json.dumps(value) for value in part])  # lists can be chosen, too
    if _is_whole(part):
        return IntDistribution(int(part.low), int(part.high), log=part.log)
    return FloatDistribution(part.low, part.high, log=part.log)


def _is_whole(part: Range) -> bool:
    return isinstance(part.low, int) and isinstance(part.high, int)


def _holds(part: Any, value: Any) -> bool:
    if isinstance(part, Range):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and part.low <= value <= part.high and (isinstance(value, int) or not _is_whole(part))
    return json.dumps(value) in [json.dumps(one) for one in part]


def _stored(part: Any, value: Any) -> Any:
    return value if isinstance(part, Range) else json.dumps(value)


def _plain(part: Any, stored: Any) -> Any:
    return _rounded(part, stored) if isinstance(part, Range) else json.loads(stored)


def _drawn(part: Any, generator: np.random.Generator) -> Any:
    if not isinstance(part, Range):
        return json.loads(json.dumps(part[int(generator.integers(len(part)))]))
    low, high = np.log([part.low, part.high]) if part.log else (part.low, part.high)
    if _is_whole(part) and not part.log:
        return int(generator.integers(int(part.low), int(part.high), endpoint=True))
    value = float(generator.uniform(low, high))
    return _rounded(part, float(np.exp(value)) if part.log else value)


def _rounded(part: Range, value: float) -> int | float:
    """A number of the range with few digits."""
    if _is_whole(part):
        return int(min(max(round(value), part.low), part.high))
    return float(min(max(float(f"{value:.{FIGURES}g}"), part.low), part.high))
