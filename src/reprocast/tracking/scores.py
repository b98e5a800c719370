"""Scores of a model as metrics of its runs: `test_mae`, and over the horizon `test_mae_by_step`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reprocast.tracking.outputs import ModelOutput


@dataclass(frozen=True)
class Score:
    """One figure of one run."""

    name: str
    value: float
    step: int = 0


def model_scores(output: ModelOutput) -> list[Score]:
    """Figures of the model's own run: overall scores, skill, cost, and the scores of each step."""
    found = [Score(name, value) for name, value in _overall(output.scores)]
    found += [Score(name, value) for name, value in _standing(output.standing)]
    found += [Score(name, float(value)) for name, value in output.description.cost.model_dump().items()]
    return found + list(_by_step(output.scores))


def seed_scores(output: ModelOutput, seed: int) -> list[Score]:
    """Figures of one seed's run."""
    return [
        Score(f"{prefix}_{name}", value)
        for prefix, split in _splits(output.scores)
        for name, value in _figures(split.get("seed", {}).get(str(seed), {}))
    ]


def _overall(scores: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for prefix, split in _splits(scores):
        for name, value in _figures(split.get("overall", {})):
            yield f"{prefix}_{name}", value


def _by_step(scores: Mapping[str, Any]) -> Iterator[Score]:
    for prefix, split in _splits(scores):
        for step, figures in enumerate(split.get("horizon", []), start=1):
            wanted = {"mae": figures.get("mae"), "rmse": figures.get("rmse")}
            for name, value in _figures(wanted):
                yield Score(f"{prefix}_{name}_by_step", value, step)


def _splits(scores: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Scores by prefix: `test`, `validation`, and with a fold's number where there are several folds."""
    folds = scores.get("folds", {})
    for fold, splits in sorted(folds.items()):
        for name, split in sorted(splits.items()):
            yield (name if len(folds) == 1 else f"fold{fold}_{name}"), split


def _standing(row: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    """Skill against each baseline, from the leaderboard."""
    for name, text in row.items():
        if "skill" in name and text:
            yield f"test_{name}", float(text)


def _figures(values: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for name, value in sorted(values.items()):
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield name, float(value)
