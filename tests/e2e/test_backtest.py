"""A backtest with the real pipeline: one line of params.yaml, everything refitted, everything told."""

import csv
import sqlite3

import pytest
from e2e.project import Project, stages_run


@pytest.mark.slow
def test_folds_are_one_line_of_params(project: Project) -> None:
    before = project.outputs()
    project.edit("validation: 120}", "validation: 120, folds: 2}")
    result = project.repro()
    assert {"window", "train@gru", "baseline@har", "evaluate@gru", "compare"} <= set(stages_run(result))
    assert "test origins in 2 folds, refitted for each" in result.stdout
    made = project.outputs()
    for name in ("models/gru/seed-1.safetensors", "models/rnn/seed-1.safetensors"):
        assert made[name] == before[name], "what is deployed does not depend on the folds before it"
        earlier = name.replace("/seed", "/folds/0/seed")
        assert made[earlier] != made[name]
        assert earlier not in before
    with (project.path / "results/comparison/folds.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {(row["model"], row["fold"]) for row in rows} == {
        (name, fold) for name in ("rnn", "gru", "naive", "har") for fold in "01"
    }
    page = (project.path / "reports" / "report.html").read_text(encoding="utf-8")
    assert "By fold" in page
    assert "in 2 folds" in page
    assert runs(project) >= {"gru", "gru fold 0 seed 1", "gru fold 1 seed 1"}
    assert stages_run(project.repro()) == []


def runs(project: Project) -> set[str]:
    """Names of the runs that have finished."""
    with sqlite3.connect(project.path / "mlruns" / "mlflow.db") as store:
        names = store.execute("SELECT name FROM runs WHERE status = 'FINISHED'").fetchall()
    store.close()
    return {name for (name,) in names}
