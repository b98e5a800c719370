"""Stage compare: leaderboard, significance, verdict and the figures' data from every model's scores."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, cast

import pandas as pd
from pydantic import Field

from reprocast.deterministic import canonical_json, csv_text, figure
from reprocast.errors import NoInputError
from reprocast.evaluation import figure_data, worth
from reprocast.evaluation.leaderboard import COLUMNS, Row, leaderboard
from reprocast.evaluation.selection import Differences, best_on_validation, differences, error
from reprocast.evaluation.significance import Comparison
from reprocast.evaluation.verdict import Outcome, result, verdict
from reprocast.panel import time_text
from reprocast.params.base import Block
from reprocast.params.baselines import Baselines
from reprocast.params.compare import Compare
from reprocast.params.reading import read
from reprocast.stages.publish import new_folder, write_file
from reprocast.stages.stage import PARAMS, run
from reprocast.tasks import part
from reprocast.tasks.protocol import Score

RESULTS, METRICS = Path("results"), Path("metrics.json")
TESTS = (
    "question", "a", "b", "difference", "error", "statistic", "p_value", "holm_p", "result", "origins",
    "origins_needed", "lags", "kernel",
)  # fmt: skip
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
    """Reads results/{scores,forecasts,training,diagnostics}; writes metrics.json and the rest of results."""
    params = read(PARAMS, CompareParams, part=True)
    names = [*sorted(params.architectures), *sorted(params.baselines)]
    models = {name: _said("scores", name) for name in names}
    task = cast("Score", part(models[names[0]]["task"], "score"))
    tables = {name: _test_table(name, task) for name in names}
    outcome = _outcome(
        params, models, {name: task.losses(tables[name], params.compare.score) for name in names}
    )
    rows = leaderboard(models, outcome.score, outcome.best, outcome.naive)
    with new_folder(RESULTS / "comparison") as folder:
        _write_comparison(folder, outcome, models, tables)
    write_file(
        RESULTS / "leaderboard.csv", csv_text(COLUMNS, ([row[key] for key in COLUMNS] for row in rows))
    )
    write_file(METRICS, canonical_json(_metrics(rows, outcome)))


def _outcome(
    params: CompareParams, models: Mapping[str, Any], losses: Mapping[str, "pd.Series[float]"]
) -> Outcome:
    """Chooses on validation, then tests on the test losses."""
    score, alpha, networks = params.compare.score, params.compare.alpha, tuple(sorted(params.architectures))
    chosen = best_on_validation(models, networks, score)
    best = best_on_validation(models, params.baselines, score)
    naive = next((name for name, entry in sorted(params.baselines.items()) if entry.kind == "naive"), None)
    tests = differences(losses, networks, chosen, best, naive, models[chosen]["horizon"], alpha)
    errors = {name: error(scores, "test", score) for name, scores in models.items()}
    folds = len(models[chosen]["folds"])
    return Outcome(chosen, networks, best, naive, score, alpha, errors, tests, folds)


def _said(kind: str, name: str) -> dict[str, Any]:
    """A model's scores or diagnostics."""
    path = RESULTS / kind / f"{name}.json"
    try:
        said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NoInputError(f"{path}: no such file; run `reprocast repro`") from None
    return said


def _test_table(name: str, task: Score) -> pd.DataFrame:
    table = task.read_table(RESULTS / "forecasts" / f"{name}.parquet")
    return table[table["split"] == "test"]


def _write_comparison(
    folder: Path, outcome: Outcome, models: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]
) -> None:
    tests = _tests(outcome)
    said = {
        "schema_version": 1,
        "text": verdict(outcome),
        "chosen": outcome.chosen,
        "best_baseline": outcome.best,
        "naive": outcome.naive,
        "score": outcome.score,
        "alpha": outcome.alpha,
        "folds": outcome.folds,
        "tests": [{key: _rounded(value) for key, value in test.items()} for test in tests],
    }
    shown = {name: tables[name] for name in (outcome.chosen, outcome.best)}
    forecasts = figure_data.forecast_rows(shown, models[outcome.chosen]["horizon"])
    folds = figure_data.fold_rows(models, tables)
    found = {name: _said("diagnostics", name) for name in outcome.networks}
    files = {
        "verdict.json": canonical_json(said),
        "significance.csv": csv_text(TESTS, ([test[key] for key in TESTS] for test in tests)),
        "curves.csv": csv_text(figure_data.CURVES, _curves(outcome.networks)),
        "horizon.csv": csv_text(figure_data.HORIZON, figure_data.horizon_rows(models)),
        "series.csv": csv_text(figure_data.SERIES, figure_data.series_rows(models)),
        "folds.csv": csv_text(figure_data.FOLDS, _with_times(figure_data.FOLDS, folds)),
        "forecasts.csv": csv_text(figure_data.FORECASTS, _with_times(figure_data.FORECASTS, forecasts)),
        "worth.csv": csv_text(worth.WORTH, worth.worth_rows(models, found)),
        "gradients.csv": csv_text(worth.GRADIENTS, worth.gradient_rows(found)),
        "warnings.csv": csv_text(worth.WARNINGS, worth.warning_rows(found)),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def _tests(outcome: Outcome) -> list[dict[str, Any]]:
    """Every test with what it asks, its adjusted p-value where it is one of several, and its result."""
    tests: Differences = outcome.tests
    found = [_test("chosen network, best baseline", tests.against_best, None, outcome.alpha)]
    if tests.against_naive:
        found.append(_test("chosen network, naive", tests.against_naive, None, outcome.alpha))
    pairs = zip(tests.pairs, tests.adjusted, strict=True)
    return found + [_test("pair of networks", pair, p_value, outcome.alpha) for pair, p_value in pairs]


def _test(question: str, test: Comparison, adjusted: float | None, alpha: float) -> dict[str, Any]:
    decisive = test.p_value if adjusted is None else adjusted
    found = result(test, decisive, alpha)
    return {"question": question, **asdict(test), "holm_p": adjusted, "result": found}


def _rounded(value: Any) -> Any:
    return figure(value) if isinstance(value, float) else value


def _curves(networks: Sequence[str]) -> list[list[Any]]:
    """Losses by epoch, a line a fold and seed: a seed that stopped early simply ends."""
    rows: list[list[Any]] = []
    for name in networks:
        path = RESULTS / "training" / f"{name}.csv"
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise NoInputError(f"{path}: no such file; run `reprocast repro`") from None
        rows += [
            [name, *(row[key] for key in figure_data.CURVES[1:])] for row in csv.DictReader(text.splitlines())
        ]
    return rows


def _with_times(columns: Sequence[str], rows: figure_data.Rows) -> list[list[Any]]:
    """The rows with times as text."""
    return [
        [time_text(value) if name in TIMES else value for name, value in zip(columns, row, strict=True)]
        for row in rows
    ]


def _metrics(rows: Sequence[Row], outcome: Outcome) -> dict[str, Any]:
    """What `dvc metrics` shows: figures by model, the choice, and the p-values."""
    numbers = ("mae", "rmse", "mase", "r2", "correlation", "directional_accuracy", "skill_naive")
    tests = {f"{test['a']} vs {test['b']}": figure(test["p_value"]) for test in _tests(outcome)}
    return {
        "chosen": outcome.chosen,
        "best_baseline": outcome.best,
        "test": {row["model"]: {key: _rounded(row[key]) for key in numbers} for row in rows},
        "validation": {
            row["model"]: {key: _rounded(row[f"validation_{key}"]) for key in ("mae", "rmse")} for row in rows
        },
        "p_value": tests,
    }


if __name__ == "__main__":
    run("compare", main)
