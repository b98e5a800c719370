"""Figures of a model as metrics of its runs: `test_mae`, and over the horizon `test_mae_by_step`."""

from collections.abc import Iterator, Mapping
from typing import Any

from reprocast.tracking.diagnosed import Score, diagnosed, diagnosed_seed
from reprocast.tracking.outputs import ModelOutput


def model_scores(output: ModelOutput) -> list[Score]:
    """Figures of the model's own run: overall scores, skill, cost, and the scores of each step."""
    found = [
        Score(f"{prefix}_{name}", value)
        for prefix, split in (*_splits(output.scores), *_by_fold(output.scores))
        for name, value in _figures(split.get("overall", {}))
    ]
    found += [Score(name, value) for name, value in _standing(output.standing)]
    found += list(diagnosed(output.diagnostics))
    found += [Score(name, float(value)) for name, value in output.description.cost.model_dump().items()]
    return found + list(_by_step(output.scores))


def seed_scores(output: ModelOutput, fold: int, seed: int) -> list[Score]:
    """Figures of the run of one seed on one fold."""
    splits = output.scores.get("folds", {}).get(str(fold), {})
    found = [
        Score(f"{split}_{name}", value)
        for split, said in sorted(splits.items())
        for name, value in _figures(said.get("seed", {}).get(str(seed), {}))
    ]
    return found + list(diagnosed_seed(output.diagnostics, fold, seed))


def _by_step(scores: Mapping[str, Any]) -> Iterator[Score]:
    for prefix, split in _splits(scores):
        for step, figures in enumerate(split.get("horizon", []), start=1):
            wanted = {"mae": figures.get("mae"), "rmse": figures.get("rmse")}
            for name, value in _figures(wanted):
                yield Score(f"{prefix}_{name}_by_step", value, step)


def _splits(scores: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Scores over all folds by split, `test` and `validation`."""
    folds = scores.get("folds", {})
    together: Mapping[str, Any] = scores.get("pooled") or next(iter(folds.values()), {})
    yield from sorted(together.items())


def _by_fold(scores: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Where there are several folds, the scores of each: `fold0_test`."""
    folds = scores.get("folds", {})
    for fold, splits in sorted(folds.items()) if len(folds) > 1 else ():
        for name, split in sorted(splits.items()):
            yield f"fold{fold}_{name}", split


def _standing(row: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    """Skill against each baseline, from the leaderboard."""
    for name, text in row.items():
        if "skill" in name and text:
            yield f"test_{name}", float(text)


def _figures(values: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for name, value in sorted(values.items()):
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield name, float(value)
