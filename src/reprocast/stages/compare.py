"""Stage compare: leaderboard, significance, verdict and the figures' data from every model's scores."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Annotated, Any, cast

import pandas as pd
from pydantic import Field

from reprocast.deterministic import canonical_json, csv_text, figure
from reprocast.evaluation import comparison_rows as say
from reprocast.evaluation import figure_data, interval_rows, worth
from reprocast.evaluation.agreement import refuse_disagreements
from reprocast.evaluation.bootstrap import Draws
from reprocast.evaluation.confidence_set import CONFIDENCE_SET
from reprocast.evaluation.leaderboard import COLUMNS, Row, leaderboard
from reprocast.evaluation.outcome import Outcome
from reprocast.evaluation.outcome import outcome as outcome_of
from reprocast.evaluation.ranks import RANKS, rank_rows, ranks
from reprocast.evaluation.sample import Sample, by_series, sample
from reprocast.evaluation.skill_intervals import SKILL
from reprocast.evaluation.variance import VARIANCE, variance_rows
from reprocast.panel import time_text
from reprocast.params.base import Block
from reprocast.params.baselines import Baselines
from reprocast.params.compare import Compare
from reprocast.params.reading import read
from reprocast.stages.compared import RESULTS, read_curves, read_said, read_table
from reprocast.stages.publish import new_folder, write_file
from reprocast.stages.stage import PARAMS, run
from reprocast.tasks import part
from reprocast.tasks.protocol import Score

METRICS = Path("metrics.json")
TIMES = ("ds", "cutoff", "first_cutoff", "last_cutoff")
"""Columns of times in the figures' data."""


class CompareParams(Block):
    """What this stage reads of params.yaml."""

    architectures: Annotated[dict[str, Any], Field(min_length=1)]
    """Networks; only the names matter here."""
    baselines: Baselines
    """Baselines; names, and which of them is naive."""
    compare: Compare = Compare()
    """How models are compared."""


def main() -> None:
    """Reads what the other stages left in results; writes metrics.json and the rest of results."""
    params = read(PARAMS, CompareParams, part=True)
    names = [*sorted(params.architectures), *sorted(params.baselines)]
    models = {name: read_said("scores", name) for name in names}
    task = cast("Score", part(models[names[0]]["task"], "score"))
    every = {name: read_table(name, task, models[name]) for name in names}
    tables = {name: table[table["split"] == "test"] for name, table in every.items()}
    losses = {name: task.row_losses(tables[name], params.compare.score) for name in names}
    refuse_disagreements(every, losses, models, params.compare.score)
    matched = sample({name: _deployed(losses[name]) for name in names}, models[names[0]]["horizon"])
    outcome = _outcome(params, models, matched)
    rows = leaderboard(models, outcome.score, outcome.best, outcome.naive, _of_kind(params, "naive2"))
    with new_folder(RESULTS / "comparison") as folder:
        _write_comparison(folder, outcome, models, tables)
        _write_uncertainty(folder, outcome, matched, losses)
    write_file(
        RESULTS / "leaderboard.csv", csv_text(COLUMNS, ([row[key] for key in COLUMNS] for row in rows))
    )
    write_file(METRICS, canonical_json(_metrics(rows, outcome)))


def _deployed(losses: pd.DataFrame) -> pd.DataFrame:
    return losses[losses["seed"].isna()]


def _outcome(params: CompareParams, models: Mapping[str, Any], matched: Sample) -> Outcome:
    compare, kinds = params.compare, {name: entry.kind for name, entry in params.baselines.items()}
    draws = Draws(compare.replications, compare.seed)
    return outcome_of(models, matched, params.architectures, kinds, compare.score, compare.alpha, draws)


def _of_kind(params: CompareParams, kind: str) -> str | None:
    """The first baseline of a kind, if there is one."""
    return next((name for name, entry in sorted(params.baselines.items()) if entry.kind == kind), None)


def _write_comparison(
    folder: Path, outcome: Outcome, models: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]
) -> None:
    shown = {name: tables[name] for name in (outcome.chosen, outcome.best)}
    forecasts = figure_data.forecast_rows(shown, models[outcome.chosen]["horizon"])
    folds = figure_data.fold_rows(models, tables)
    found, adding = (
        {name: read_said(kind, name) for name in outcome.networks} for kind in ("diagnostics", "adding")
    )
    files = {
        "verdict.json": canonical_json(say.verdict_json(outcome)),
        "significance.csv": csv_text(
            say.TESTS, ([test[key] for key in say.TESTS] for test in say.significance_rows(outcome))
        ),
        "curves.csv": csv_text(figure_data.CURVES, read_curves(outcome.networks)),
        "horizon.csv": csv_text(figure_data.HORIZON, figure_data.horizon_rows(models)),
        "series.csv": csv_text(figure_data.SERIES, figure_data.series_rows(models)),
        "folds.csv": csv_text(figure_data.FOLDS, _with_times(figure_data.FOLDS, folds)),
        "forecasts.csv": csv_text(figure_data.FORECASTS, _with_times(figure_data.FORECASTS, forecasts)),
        "intervals.csv": csv_text(interval_rows.INTERVALS, interval_rows.interval_rows(models)),
        "pit.csv": csv_text(interval_rows.PIT, interval_rows.pit_rows(models)),
        "worth.csv": csv_text(worth.WORTH, worth.worth_rows(models, found, adding)),
        "gradients.csv": csv_text(worth.GRADIENTS, worth.gradient_rows(found)),
        "warnings.csv": csv_text(worth.WARNINGS, worth.warning_rows(found)),
    }
    _write(folder, files)


def _write_uncertainty(
    folder: Path, outcome: Outcome, matched: Sample, losses: Mapping[str, pd.DataFrame]
) -> None:
    """Intervals, sets and variances beside the tests."""
    deployed = {name: _deployed(rows) for name, rows in losses.items()}
    seeds = {name: losses[name] for name in outcome.networks}
    ranked = rank_rows(ranks(by_series(deployed), outcome.alpha))
    _write(
        folder,
        {
            "skill.csv": csv_text(SKILL, (astuple(one) for one in outcome.skills)),
            "confidence_set.csv": csv_text(CONFIDENCE_SET, say.confidence_rows(outcome)),
            "predictive_ability.csv": csv_text(
                say.PREDICTIVE_ABILITY, say.conditional_rows(outcome, matched)
            ),
            "variance.csv": csv_text(VARIANCE, variance_rows(seeds, matched, outcome.score)),
            "ranks.csv": csv_text(RANKS, ranked),
        },
    )


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def _with_times(columns: Sequence[str], rows: figure_data.Rows) -> list[list[Any]]:
    """The rows with times as text."""
    return [
        [time_text(value) if name in TIMES else value for name, value in zip(columns, row, strict=True)]
        for row in rows
    ]


def _metrics(rows: Sequence[Row], outcome: Outcome) -> dict[str, Any]:
    """What `dvc metrics` and `dvc exp show` have as columns: few, and the same whichever network is chosen.

    Everything else that is known of a model stands in results/leaderboard.csv.
    """
    score, tests = (
        outcome.score,
        {"naive": outcome.tests.against_naive, "best_baseline": outcome.tests.against_best},
    )
    chosen = next(row for row in rows if row["model"] == outcome.chosen)
    validation = {row["model"]: figure(row[f"validation_{score}"]) for row in rows}
    return {
        "chosen": outcome.chosen,
        "best_baseline": outcome.best,
        f"validation_{score}": {name: validation[name] for name in (*outcome.networks, outcome.best)},
        f"test_{score}": {row["model"]: figure(row[score]) for row in rows},
        "skill": {name: figure(chosen[f"skill_{name}"]) for name in tests},
        "p_value": {name: figure(test.p_value) for name, test in tests.items() if test},
    }


if __name__ == "__main__":
    run("compare", main)
