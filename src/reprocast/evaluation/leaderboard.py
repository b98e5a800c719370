"""The leaderboard: a row a model, best test score first."""

from collections.abc import Mapping
from statistics import stdev
from typing import Any

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
)
SCORES = ("mae", "rmse", "mase", "r2", "correlation", "directional_accuracy")

Row = dict[str, Any]


def leaderboard(models: Mapping[str, Scores], score: str, best: str, naive: str | None) -> list[Row]:
    """Rows with `COLUMNS`, sorted by the test score and then by name; None where there is no value.

    Args:
        models: results/scores by name of the model.
        score: mae or rmse, scaled: sorts, and is what the skills are about.
        best: the best baseline on validation.
        naive: the naive baseline, if there is one.
    """
    rows = [(error(scores, "test", score), name) for name, scores in models.items()]
    return [_row(models[name], models, score, best, naive) for _, name in sorted(rows)]


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
    }


def skill(own: float, other: float) -> float | None:
    """1 − error/error of the other model: 0 is as good, 1 is perfect; None where the other is perfect."""
    return 1 - own / other if other > 0 else None


def seed_deviation(scores: Scores, score: str) -> float | None:
    """Standard deviation (n−1) of the seeds' own test scores; None below two seeds."""
    errors = [seed[score] for _, seed in sorted(together(scores, "test")["seed"].items())]
    return stdev(errors) if len(errors) > 1 and None not in errors else None
