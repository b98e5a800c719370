"""A question over a small space, and a score that is known in closed form."""

from typing import Any

from reprocast.evaluation.tuned import Question, Trial
from reprocast.params.tuning import Range, Space

GRID: Space = {
    "hidden": (4, 8, 16),
    "decoder.kind": ("direct", "steps"),
    "train.batch_size": Range(low=1, high=3),
}
FIRST: dict[str, Any] = {"hidden": 8, "decoder.kind": "direct", "train.batch_size": 2}


def question(space: Space = GRID, first: dict[str, Any] = FIRST, seed: int = 1) -> Question:
    return Question(
        architecture="gru",
        score="mae",
        seed=seed,
        seeds=(1,),
        space=space,
        windows_sha256="w" * 64,
        settings_sha256="s" * 64,
        first=first,
    )


def bowl(values: dict[str, Any]) -> float:
    """Smallest at hidden 16, steps, batch_size 3."""
    return (
        abs(values["hidden"] - 15) / 10
        + (0 if values["decoder.kind"] == "steps" else 0.37)
        + (values["train.batch_size"] - 3.2) ** 2 / 7
    )


def scored(values: dict[str, Any]) -> Trial:
    return Trial(values=values, score=bowl(values))
