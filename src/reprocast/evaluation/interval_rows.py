"""Intervals and probabilities of all models on the test, as rows of CSV files."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from reprocast.evaluation.selection import Scores, overall, together

INTERVALS = ("model", "method", "level", "nominal", "coverage", "width", "msis", "crps")
PIT = ("model", "bin", "share")
METHODS = ("", "split_", "adaptive_")
"""What a score's name begins with: nothing where the interval is the model's own."""

Rows = list[tuple[Any, ...]]


def interval_rows(models: Mapping[str, Scores]) -> Rows:
    """`INTERVALS`: of each central interval what it promises and what came of it, over all folds.

    The method is `distribution` or `quantiles` for a model's own intervals, by where its CRPS comes from
    (exact, or as far as its quantiles tell), and `split` or `adaptive` for conformal ones. The level is in
    percent.
    """
    return [row for name, scores in sorted(models.items()) for row in _rows(name, overall(scores, "test"))]


def _rows(name: str, found: Mapping[str, float | None]) -> Iterator[tuple[Any, ...]]:
    own = "distribution" if "crps" in found else "quantiles"
    crps = found.get("crps", found.get("crps_quantiles"))
    for prefix in METHODS:
        begin = f"{prefix}coverage_"
        levels = sorted(float(key.removeprefix(begin)) for key in found if key.startswith(begin))
        for level in levels:
            figures = [found[f"{prefix}{key}_{level:g}"] for key in ("coverage", "width", "msis")]
            method = prefix.removesuffix("_") or own
            yield name, method, f"{level:g}", level / 100, *figures, None if prefix else crps


def pit_rows(models: Mapping[str, Scores]) -> Rows:
    """`PIT`: share of the answers in each stretch of the forecast distribution, over all folds."""
    rows: Rows = []
    for name, scores in sorted(models.items()):
        found = together(scores, "test").get("pit") or {"edges": [], "shares": []}
        edges = found["edges"]
        bins = [f"{low:g}–{high:g}" for low, high in itertools.pairwise(edges)]
        rows += [(name, *one) for one in zip(bins, found["shares"], strict=True)]
    return rows
