"""The real pipeline on a small configuration: what it makes, what reruns, and that the bytes repeat."""

import csv
import json
import math
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from e2e.project import SMALL, Project, commit, stages_run
from ruamel.yaml import YAML

FILES = ".*/"
"""Columns that docs/tracking.md leaves out: hashes of files and folders."""
Finished = tuple[Project, subprocess.CompletedProcess[str]]


def leaderboard(project: Project) -> list[dict[str, str]]:
    with (project.path / "results" / "leaderboard.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def lock(project: Project) -> Any:
    return YAML(typ="safe").load((project.path / "dvc.lock").read_text(encoding="utf-8"))


def test_one_command_makes_every_output(finished: Finished) -> None:
    project, result = finished
    assert "Verdict: " in result.stdout
    assert result.stdout.splitlines()[-1].startswith("Report: reports/report.html")
    assert {row["model"] for row in leaderboard(project)} == {"rnn", "gru", "naive", "har"}
    assert all(math.isfinite(float(row["mae"])) for row in leaderboard(project))
    made = set(project.outputs())
    for name in ("data/raw/panel.parquet", "data/windows/values.npy", "models/gru/seed-1.safetensors"):
        assert name in made
    assert {f"results/scores/{name}.json" for name in ("rnn", "gru", "naive", "har")} <= made
    assert (project.path / "reports" / "report.html").stat().st_size > 10_000
    assert (project.path / "reports" / "report.md").exists()
    assert (project.path / "mlruns" / "mlflow.db").exists()


def test_no_output_names_this_machine(finished: Finished) -> None:
    project, _ = finished
    told = {str(project.path).encode(), str(Path.home()).encode() + b"/"}
    if (
        len(machine := os.uname().nodename.encode()) > 5
    ):  # a shorter name stands in compressed bytes by chance
        told.add(machine)
    for name, content in project.outputs().items():
        assert not any(word in content for word in told), name


def test_a_second_run_has_nothing_to_do(project: Project) -> None:
    project.repro()  # the copy's files are new to DVC's memory; it hashes them once
    before = {path: path.stat().st_mtime_ns for path in project.path.rglob("*.safetensors")}
    report = (project.path / "reports" / "report.html").stat().st_mtime_ns
    result = project.repro()
    assert stages_run(result) == []
    assert "Verdict: " in result.stdout
    assert {path: path.stat().st_mtime_ns for path in project.path.rglob("*.safetensors")} == before
    assert (project.path / "reports" / "report.html").stat().st_mtime_ns == report


def test_another_folder_order_zone_locale_and_hash_seed_give_the_same_bytes(
    finished: Finished, fresh: Callable[[str], Project]
) -> None:
    other = fresh("elsewhere")
    other.edit(
        "  rnn: {cell: rnn, hidden: 4}\n  gru: {cell: gru, hidden: 4}\n",
        "  gru: {cell: gru, hidden: 4}\n  rnn: {cell: rnn, hidden: 4}\n",
    )
    other.run(
        "dvc",
        "repro",
        "--force",
        TZ="Pacific/Auckland",
        LC_ALL="C.UTF-8",
        LANG="tr_TR.UTF-8",
        PYTHONHASHSEED="7",
    )
    theirs, ours = other.outputs(), finished[0].outputs()
    assert theirs.keys() == ours.keys()
    assert [name for name in ours if ours[name] != theirs[name]] == []
    assert lock(other) == lock(finished[0])


def test_a_change_of_one_network_reruns_that_network_only(project: Project) -> None:
    project.edit("gru: {cell: gru, hidden: 4}", "gru: {cell: gru, hidden: 5}")
    assert stages_run(project.repro()) == ["train@gru", "evaluate@gru", "compare"]


@pytest.mark.slow
def test_networks_come_and_go_without_leaving_anything_stale(project: Project) -> None:
    project.edit("  gru: {cell", "  wide: {cell: gru, hidden: 6}\n  gru: {cell")
    before = project.outputs()
    assert stages_run(project.repro()) == ["train@wide", "adding@wide", "evaluate@wide", "compare"]
    assert {row["model"] for row in leaderboard(project)} == {"rnn", "gru", "wide", "naive", "har"}
    project.edit("  wide: {cell: gru, hidden: 6}\n", "")
    project.repro()
    assert project.outputs() == before


def test_operations_and_comments_retrain_nothing(project: Project) -> None:
    project.edit("experiment: reprocast", "experiment: other", file="operations.yaml")
    project.edit("train: {batch", "# a comment\ntrain: {batch")
    assert stages_run(project.repro()) == []


@pytest.mark.slow
def test_a_killed_run_repeats_to_the_same_bytes(finished: Finished, fresh: Callable[[str], Project]) -> None:
    project = fresh("killed")
    run = subprocess.Popen(
        ["reprocast", "repro"], cwd=project.path, env=project.environment(), start_new_session=True
    )
    deadline = time.monotonic() + 240
    while not (project.path / ".reprocast" / "events").exists():
        assert time.monotonic() < deadline
        assert run.poll() is None
        time.sleep(0.05)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    project.repro()
    assert project.outputs() == finished[0].outputs()


@pytest.mark.slow
def test_dvc_experiments_and_differences(project: Project) -> None:
    shown = project.run("dvc", "exp", "run", "--temp", "-S", "train.max_epochs=2", "--name", "longer")
    assert "longer" in shown.stdout
    assert (project.path / "params.yaml").read_text(encoding="utf-8") == SMALL
    metrics = json.loads(project.run("dvc", "metrics", "diff", "--json", "main", "longer").stdout)
    assert {"test_mae.gru", "validation_mae.gru", "skill.naive"} <= set(metrics["metrics.json"])
    table = project.run("dvc", "metrics", "diff", "--md", "main", "longer").stdout
    changed = metrics["metrics.json"]["test_mae.gru"]
    row = next(line for line in table.splitlines() if "test_mae.gru" in line)
    assert [cell.strip() for cell in row.strip("| ").split("|")][2:4] == [
        f"{changed[key]}" for key in ("old", "new")
    ]
    shown = project.run("dvc", "exp", "show", "--md", "--only-changed", "--drop", FILES).stdout.splitlines()
    columns = {cell.strip() for cell in shown[0].strip("| ").split("|")}
    assert {"Experiment", "train.max_epochs", "test_mae.gru", "test_mae.rnn", "validation_mae.gru"} <= columns
    assert len(columns) < 20
    assert not any("/" in name or "har" in name for name in columns)
    assert any("longer" in line for line in shown)
    params = json.loads(project.run("dvc", "params", "diff", "--json", "main", "longer").stdout)
    assert params["params.yaml"]["train.max_epochs"] == {"old": 1, "new": 2, "diff": 1}
    project.run("dvc", "plots", "diff", "main", "longer", "-o", "plots")
    page = (project.path / "plots" / "index.html").read_text(encoding="utf-8")
    assert "Scaled mean absolute error by horizon step" in page
    found = json.loads(project.run("dvc", "plots", "diff", "main", "longer", "--json").stdout)["data"]
    for title in ("Learning curves", "Error by horizon", "Forecasts"):
        (plot,) = found[title]
        assert set(plot["revisions"]) == {"main", "longer"}
        assert {row["rev"] for row in _rows_of(plot)} == {"main", "longer"}


def _rows_of(plot: dict[str, Any]) -> list[dict[str, Any]]:
    """The data points in a plot's Vega specification."""
    content = plot["content"]
    spec = json.loads(content) if isinstance(content, str) else content
    return list(spec["data"]["values"])


def test_dvc_plots_show_has_curves_forecasts_and_errors(project: Project) -> None:
    project.run("dvc", "plots", "show", "-o", "plots")
    page = (project.path / "plots" / "index.html").read_text(encoding="utf-8")
    assert all(
        title in page for title in ("Validation loss by epoch", "Scaled mean absolute error", "latest test")
    )


@pytest.mark.slow
def test_the_lock_file_does_not_change_when_nothing_does(project: Project) -> None:
    before = (project.path / "dvc.lock").read_bytes()
    project.run("dvc", "repro", "--force")
    assert (project.path / "dvc.lock").read_bytes() == before
    commit(project, "again")


@pytest.mark.parametrize("command", [["mlflow", "--version"], ["dvc", "status"]])
def test_the_tools_themselves_work_in_the_folder(project: Project, command: list[str]) -> None:
    project.run(*command)
