"""The leaderboard: a row a model, best test score first."""

from collections.abc import Mapping
from math import isfinite
from statistics import fmean, stdev
from typing import Any

from reprocast.evaluation.metrics import owa
from reprocast.evaluation.selection import Scores, error, overall, together

COLUMNS = (
    "model",
    "mae",
    "mae_seed_sd",
    "rmse",
    "rmse_seed_sd",
    "mase",
    "r2",
    "correlation",
    "directional_accuracy",
    "skill_naive",
    "skill_best_baseline",
    "validation_mae",
    "validation_rmse",
    "parameters",
    "multiply_adds",
    "optimiser_steps",
    "fingerprint",
    "rmsse",
    "smape",
    "wape",
    "owa",
    "pinball",
    "crps",
    "crps_quantiles",
)
SCORES = ("mae", "rmse", "mase", "r2", "correlation", "directional_accuracy")
LATER = ("rmsse", "smape", "wape", "pinball", "crps", "crps_quantiles")
"""Scores that not every model or target has."""

Row = dict[str, Any]


def leaderboard(
    models: Mapping[str, Scores], score: str, best: str, naive: str | None, naive2: str | None = None
) -> list[Row]:
    """Rows with `COLUMNS`, sorted by the test score and then by name; None where there is no value.

    Args:
        models: results/scores by name of the model.
        score: mae or rmse, scaled: sorts, and is what the skills are about.
        best: the best baseline on validation.
        naive: the naive baseline, if there is one.
        naive2: the baseline of kind naive2, if there is one: what OWA is relative to.
    """
    rows = [(error(scores, "test", score), name) for name, scores in models.items()]
    found = [_row(models[name], models, score, best, naive) for _, name in sorted(rows)]
    return [row | {"owa": owa_of(models[row["model"]], models[naive2]) if naive2 else None} for row in found]


def _row(scores: Scores, models: Mapping[str, Scores], score: str, best: str, naive: str | None) -> Row:
    test, validation = overall(scores, "test"), overall(scores, "validation")
    own = error(scores, "test", score)
    return {
        "model": scores["model"],
        **{name: test[name] for name in SCORES},
        "mae_seed_sd": seed_deviation(scores, "mae"),
        "rmse_seed_sd": seed_deviation(scores, "rmse"),
        "skill_naive": skill(own, error(models[naive], "test", score)) if naive else None,
        "skill_best_baseline": skill(own, error(models[best], "test", score)),
        "validation_mae": validation["mae"],
        "validation_rmse": validation["rmse"],
        **scores["cost"],
        "fingerprint": scores["fingerprint"][:12],
        **{name: test.get(name) for name in LATER},
    }


def owa_of(scores: Scores, naive2: Scores) -> float | None:
    """OWA on the test, from the means over series of the series' own sMAPE and MASE.

    None where a series has no such score: a value that is not positive, a constant past, several targets.
    """
    parts = [_series_mean(some, key) for some in (scores, naive2) for key in ("smape", "mase")]
    if None in parts:
        return None
    found = owa(*[part for part in parts if part is not None])
    return found if isfinite(found) else None


def _series_mean(scores: Scores, key: str) -> float | None:
    values = [one.get(key) for one in together(scores, "test")["series"].values()]
    kept = [value for value in values if value is not None]
    return fmean(kept) if values and len(kept) == len(values) else None


def skill(own: float, other: float) -> float | None:
    """1 − error/error of the other model: 0 is as good, 1 is perfect; None where the other is perfect."""
    return 1 - own / other if other > 0 else None


def seed_deviation(scores: Scores, score: str) -> float | None:
    """Standard deviation (n−1) of the seeds' own test scores; None below two seeds."""
    errors = [seed[score] for _, seed in sorted(together(scores, "test")["seed"].items())]
    return stdev(errors) if len(errors) > 1 and None not in errors else None
