"""Skill and its interval: how much smaller a model's error is than a baseline's, and how sure that is.

Legend: B draws, n cutoffs or series.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from statistics import NormalDist

import numpy as np
from scipy.special import stdtrit

from reprocast.data.windows import Floats
from reprocast.evaluation.bootstrap import Draws, resampled_totals
from reprocast.evaluation.sample import Sample

SKILL = ("model", "against", "skill", "low", "high")


@dataclass(frozen=True)
class Skill:
    """1 − error of `model` / error of `against`."""

    model: str
    against: str
    skill: float
    low: float | None
    high: float | None
    """Ends of the interval; None where there are too few cutoffs."""


def skills(sample: Sample, against: Sequence[str], score: str, alpha: float, draws: Draws) -> list[Skill]:
    """Each model against each of some baselines, with intervals at level 1 − alpha, sorted by name.

    The interval holds the quantiles of the bootstrap's skills at the levels of `tail`. A model is left out
    against itself, and against one without any error.
    """
    observed = sample.totals.to_numpy(float).sum(axis=0, keepdims=True)  # (1, models)
    totals = resampled_totals(sample, draws) if sample.testable else observed[:0]  # (B, models)
    names, level = list(sample.totals.columns), tail(alpha, sample) if sample.testable else alpha
    found = []
    for name, other in product(names, set(against)):
        at = names.index(name), names.index(other)
        if name == other or observed[0, at[1]] <= 0:
            continue
        ends = _interval(_skill(totals, *at, score), level)
        found.append(Skill(name, other, float(_skill(observed, *at, score)[0]), *ends))
    return sorted(found, key=lambda one: (one.model, one.against))


def tail(alpha: float, sample: Sample) -> float:
    """Level of the interval's lower end: below alpha / 2, since few blocks make quantiles too narrow.

    The expanded percentile interval of Hesterberg (2015), What Teachers Should Know About the Bootstrap:
    Φ(√(m/(m − 1)) · t), t the quantile of Student's with m − 1 degrees of freedom at alpha / 2, where m
    counts independent pieces: n / block.
    """
    pieces = sample.size / sample.block
    return NormalDist().cdf(math.sqrt(pieces / (pieces - 1)) * float(stdtrit(pieces - 1, alpha / 2)))


def _skill(totals: Floats, own: int, other: int, score: str) -> Floats:
    """Of the model in one column of totals (…, models) against that in another; NaN against no error."""
    base = totals[:, other]
    ratio: Floats = np.divide(totals[:, own], base, out=np.full(base.shape, np.nan), where=base > 0)
    return 1 - (np.sqrt(ratio) if score == "rmse" else ratio)


def _interval(drawn: Floats, level: float) -> tuple[float | None, float | None]:
    kept = drawn[np.isfinite(drawn)]
    if not len(kept):
        return None, None
    low, high = np.quantile(kept, [level, 1 - level])
    return float(low), float(high)
