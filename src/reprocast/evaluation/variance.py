"""Where a network's error comes from: the luck of its seed, or the luck of the test data.

Legend: S seeds, n cutoffs or series.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from reprocast.data.windows import Floats
from reprocast.evaluation.sample import Sample
from reprocast.evaluation.significance import long_run_variance

VARIANCE = ("model", "seed_variance", "data_variance", "total")


@dataclass(frozen=True)
class Parts:
    """Variance of the test error of a network that is trained once."""

    seed: float | None
    """Had it drawn another seed; None with one seed."""
    data: float
    """Had it been tested on other data, as many of the same kind."""
    total: float | None
    """Both, and what some seeds do better on some data."""


def seed_losses(rows: pd.DataFrame, sample: Sample) -> Floats:
    """Losses (S, n) of each seed at each cutoff, or for each series; S is 0 for a baseline."""
    key = {"origin": "cutoff", "series": "unique_id"}[sample.unit]
    own = rows[rows["seed"].notna()]
    table = own.pivot_table(index="seed", columns=key, values="loss", aggfunc="mean", sort=True)
    return table.to_numpy(float)


def parts(losses: Floats, lags: int, score: str) -> Parts:
    """Splits the variance of a mean of losses (S, n).

    Two-way random effects, loss = μ + seed + cutoff + both, estimated by equating mean squares (Searle,
    Casella & McCulloch 1992, Variance Components, chapter 4; for benchmarks of learning: Bouthillier et al.
    2021, Accounting for Variance in Machine Learning Benchmarks). Cutoffs overlap, so the mean squares over
    them are long-run variances; without lags they are the textbook's. An estimate below zero is zero. For
    rmse the parts of the squared error are brought to its root (÷ 4 · its mean).
    """
    S, n = losses.shape
    cutoffs, overall = losses.mean(axis=0), float(losses.mean())
    unit = 4 * overall if score == "rmse" and overall > 0 else 1.0
    across = _spread(cutoffs, lags) / n
    if S < 2:
        return Parts(None, across / unit, None)
    seeds = losses.mean(axis=1)
    rest = losses - seeds[:, None] - cutoffs + overall
    both = sum(_spread(one, lags) for one in rest) / (S - 1) / n
    seed, data = max(float(seeds.var(ddof=1)) - both, 0.0), max(across - both / S, 0.0)
    return Parts(seed / unit, data / unit, (seed + data + both) / unit)


def _spread(values: Floats, lags: int) -> float:
    """Variance of the mean of values (n,), times n, without the bias of their own mean."""
    n = len(values)
    return long_run_variance(values, lags)[0] * n / (n - 1)


def variance_rows(rows: Mapping[str, pd.DataFrame], sample: Sample, score: str) -> list[tuple[object, ...]]:
    """`VARIANCE` of each network, by name; none where there are too few cutoffs.

    Args:
        rows: row losses of all seeds by network.
        sample: the sample that the tests use, for its unit and lags.
        score: mae or rmse.
    """
    if not sample.testable:
        return []
    found = {name: parts(seed_losses(one, sample), sample.lags, score) for name, one in sorted(rows.items())}
    return [(name, one.seed, one.data, one.total) for name, one in found.items()]
