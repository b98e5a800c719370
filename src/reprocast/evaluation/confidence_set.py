"""The model confidence set: the models among which the best one lies, as far as these losses tell."""

import numpy as np
from arch.bootstrap import MCS

from reprocast.evaluation.bootstrap import Draws
from reprocast.evaluation.sample import Sample

CONFIDENCE_SET = ("model", "p_value", "included")


def confidence_set(sample: Sample, alpha: float, draws: Draws) -> dict[str, float]:
    """p-value of each model, by name: the set at level 1 − alpha holds those above alpha.

    Hansen, Lunde & Nason (2011), The Model Confidence Set, with the range statistic: as long as equal
    accuracy of all that are left is rejected, the worst goes. Its distribution comes from a stationary
    bootstrap with blocks of `sample.block` on average (arch.bootstrap.MCS). Models with the same losses
    share a p-value. Empty where there are too few cutoffs.
    """
    if not sample.testable:
        return {}
    table = sample.losses[sorted(sample.losses.columns)]
    _, first, same = np.unique(table.to_numpy(float), axis=1, return_index=True, return_inverse=True)
    names = [table.columns[at] for at in first]
    if len(names) == 1:
        return dict.fromkeys(table.columns, 1.0)
    found = MCS(
        table[names].to_numpy(float), alpha, reps=draws.replications, block_size=sample.block, seed=draws.seed
    )
    found.compute()
    p_values = dict(zip(found.pvalues.index, found.pvalues["Pvalue"], strict=True))
    return {name: float(p_values[at]) for name, at in zip(table.columns, np.ravel(same), strict=True)}


def members(p_values: dict[str, float], alpha: float) -> tuple[str, ...]:
    """The models in the set, by name."""
    return tuple(sorted(name for name, p_value in p_values.items() if p_value > alpha))
