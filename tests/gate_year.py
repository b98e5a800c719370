"""A simulated year of rounds under the gate: challengers that are no better than the champion, or better by a
known share, each tested on the last cutoffs."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from unit.evaluation.nulls import path_losses
from unit.registry.entries import NEW, OLD, candidate, entry

from reprocast.evaluation.sample import Sample
from reprocast.params.registry import Gate
from reprocast.registry.gate import Budget, Compared, decide
from reprocast.registry.ledger_entry import Entry
from reprocast.registry.spending import fresh, level

YEAR = 250


@dataclass(frozen=True)
class Year:
    """How a year goes."""

    every: int
    """Cutoffs from round to round."""
    test: int = 496
    """Cutoffs that a round looks at."""
    horizon: int = 5
    alike: float = 0.9
    """Share of a challenger's own shocks that it has in common with the challenger of the round before."""
    skill: float = 0.0
    """By how much the challengers' errors are smaller."""
    first: bool = True
    """Whether the year begins with the round that has no champion yet."""


def rounds_until_promotion(year: Year, rng: np.random.Generator, *, naive: bool = False) -> int | None:
    """Number of the round, from 1, that promotes in a year; None if none does.

    `naive` tests every round at 5 %, as if it were the only one.
    """
    steps = year.test + YEAR + year.horizon
    common, champion = rng.normal(size=steps), rng.normal(size=steps)
    own = rng.normal(size=steps)
    theirs = path_losses(0.7 * common + np.sqrt(0.51) * champion, year.horizon)
    told: list[Entry] = [] if year.first else [_told(1, 0.5, year.test - 1, year.test)]
    begin = 0 if year.first else year.every
    for number, end in enumerate(range(year.test + begin, year.test + YEAR + 1, year.every), start=1):
        cutoffs = np.arange(end - year.test, end)
        shocks = (0.7 * common + np.sqrt(0.51) * own)[cutoffs[0] : end + year.horizon]
        losses = {
            "champion": theirs[cutoffs],
            "challenger": (1 - year.skill) * path_losses(shocks, year.horizon),
        }
        table = pd.DataFrame(losses)
        spends = 0.05 if naive else level(0.05, YEAR, cutoffs, told)
        budget = Budget(spends, 1 if naive else fresh(cutoffs, told))
        compared = Compared(Sample(table, table, "origin", year.horizon), cutoffs, 1)
        if decide(candidate(OLD), candidate(NEW), compared, budget, Gate()).action == "promote":
            return number
        told.append(_told(number + 1, spends, end - 1, fresh(cutoffs, told)))
        own = year.alike * own + np.sqrt(1 - year.alike**2) * rng.normal(size=steps)
    return None


def _told(sequence: int, spends: float, last: int, new: int) -> Entry:
    from unit.registry.entries import evidence

    said = evidence(p_value=0.5, alpha=spends, last_cutoff=last, fresh=new)
    return entry(sequence=sequence, evidence=said)


def share_promoted(year: Year, draws: int, seed: int = 20261122, *, naive: bool = False) -> float:
    """Share of years in which a round promotes."""
    rng = np.random.default_rng(seed)
    found = [rounds_until_promotion(year, rng, naive=naive) is not None for _ in range(draws)]
    return float(np.mean(found))
