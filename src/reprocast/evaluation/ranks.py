"""Mean ranks over many series: which models differ in more than the luck of the series.

Legend: N series, k models.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import friedmanchisquare, rankdata, studentized_range

RANKS = ("model", "mean_rank", "critical_difference", "p_value", "series")
SERIES, MODELS = 5, 3
"""Fewest series and models that are ranked."""


@dataclass(frozen=True)
class Ranks:
    """Ranks of models, 1 the best."""

    mean: dict[str, float]
    """Mean rank by model, best first."""
    critical: float
    """Mean ranks further apart than this differ."""
    p_value: float
    """That all models rank alike."""
    series: int


def ranks(losses: pd.DataFrame, alpha: float) -> Ranks | None:
    """Ranks models by their losses (N, k) series by series; None below five series or three models.

    Friedman's χ² (1937) and Nemenyi's critical difference q √(k (k + 1) / 6 N), q the studentized range's
    quantile for k means and infinite degrees of freedom, divided by √2: Demšar (2006), Statistical
    Comparisons of Classifiers over Multiple Data Sets, section 3.2.2. Series are taken for independent.
    """
    N, k = losses.shape
    if N < SERIES or k < MODELS:
        return None
    placed = rankdata(losses.to_numpy(float), axis=1)
    mean = sorted(zip(placed.mean(axis=0), map(str, losses.columns), strict=True))
    alike = (placed == placed[:, :1]).all()
    p_value = 1.0 if alike else float(friedmanchisquare(*placed.T).pvalue)
    q = float(studentized_range.isf(alpha, k, np.inf)) / math.sqrt(2)
    return Ranks({name: float(rank) for rank, name in mean}, q * math.sqrt(k * (k + 1) / (6 * N)), p_value, N)


def rank_rows(found: Ranks | None) -> list[tuple[object, ...]]:
    """`RANKS`, best model first."""
    if found is None:
        return []
    return [(name, rank, found.critical, found.p_value, found.series) for name, rank in found.mean.items()]


def groups(mean: dict[str, float], critical: float) -> list[tuple[str, ...]]:
    """The longest runs of neighbouring models whose mean ranks lie within the critical difference.

    Models alone are no run, nor is one that another run holds wholly.
    """
    names = list(mean)
    runs: list[tuple[int, int]] = []
    for first, name in enumerate(names):
        within = [other for other in names[first:] if mean[other] - mean[name] <= critical]
        last = first + len(within)
        if len(within) > 1 and (not runs or last > runs[-1][1]):
            runs.append((first, last))
    return [tuple(names[first:last]) for first, last in runs]
