"""What a run found: who was chosen, how the tests went, who may be the best, and what each model costs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reprocast.evaluation.bootstrap import Draws
from reprocast.evaluation.confidence_set import confidence_set, members
from reprocast.evaluation.sample import Sample
from reprocast.evaluation.selection import Differences, Scores, best_on_validation, differences, error
from reprocast.evaluation.skill_intervals import Skill, skills

Costs = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Outcome:
    """What the verdict is about."""

    chosen: str
    """The network with the best validation score."""
    networks: tuple[str, ...]
    best: str
    """The baseline with the best validation score."""
    naive: str | None
    """The naive baseline, if there is one."""
    score: str
    alpha: float
    errors: Mapping[str, float]
    """Test error by model, in the score's terms."""
    tests: Differences
    folds: int = 1
    """Folds of the backtest."""
    refit: bool = True
    """Whether each fold's models were fitted anew."""
    unit: str = "origin"
    """What the tests count: `origin`, or `series` where each series has one cutoff."""
    least: int = 1
    """Fewest of them that are tested."""
    skills: tuple[Skill, ...] = ()
    """Of each model against naive and against the best baseline."""
    p_values: Mapping[str, float] | None = None
    """Of the model confidence set, by model; none where it was not tested."""
    costs: Costs | None = None
    """Parameters, multiply–adds and optimiser steps by model."""

    @property
    def confidence_set(self) -> tuple[str, ...]:
        """Models that may be the best; empty where that was not tested."""
        return members(dict(self.p_values or {}), self.alpha)

    def skill(self, model: str, against: str) -> Skill | None:
        """Of one model against another, where there is one."""
        return next((one for one in self.skills if (one.model, one.against) == (model, against)), None)


def outcome(
    models: Mapping[str, Scores],
    sample: Sample,
    networks: Iterable[str],
    baselines: Mapping[str, str],
    score: str,
    alpha: float,
    draws: Draws,
) -> Outcome:
    """Chooses on validation, then tests on the test losses.

    Args:
        models: results/scores by model.
        sample: the models' test losses.
        networks: names of the networks.
        baselines: kind by name of the baseline.
        score: mae or rmse.
        alpha: level of tests, intervals and confidence set.
        draws: of the bootstrap.
    """
    networks = tuple(sorted(networks))
    chosen, best = (best_on_validation(models, names, score) for names in (networks, baselines))
    naive = next((name for name, kind in sorted(baselines.items()) if kind == "naive"), None)
    return Outcome(
        chosen,
        networks,
        best,
        naive,
        score,
        alpha,
        errors={name: error(scores, "test", score) for name, scores in models.items()},
        tests=differences(sample, networks, chosen, best, naive, alpha),
        folds=len(models[chosen]["folds"]),
        refit=models[chosen].get("fitted") != 1,
        unit=sample.unit,
        least=sample.needed,
        skills=tuple(skills(sample, [name for name in (naive, best) if name], score, alpha, draws)),
        p_values=confidence_set(sample, alpha, draws),
        costs={name: scores["cost"] for name, scores in models.items()},
    )
