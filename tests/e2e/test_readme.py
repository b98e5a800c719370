"""The README's commands and figures hold."""

import csv
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from e2e.project import ROOT, Project, new_project

from reprocast import errors

README = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL = [
    line.split("#")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
]
INLINE = re.findall(r"`((?:make|dvc|reprocast) [^`…<]+)`", README)
TABLE = re.findall(r"^(\w+) +(0\.\d+) +(–|0\.\d+) +([+-]\d+\.\d) % +([\d,]+)", README, re.MULTILINE)


def test_commands_are_those_that_are_tried_here() -> None:
    assert SHELL == [
        "make repro",
        "make test",
        "source .venv/bin/activate",
        "reprocast init mydata.csv",
        "reprocast repro",
        "reprocast audit",
        "make repro RECIPE=live",
        "reprocast promote",  # this and the next: test_registered.py
        "reprocast history",
        "reprocast predict",
        "reprocast verify",
        "reprocast serve",  # tests/integration/test_serving.py
        "reprocast retrain",  # test_two_weeks.py
    ]


def test_every_make_target_named_exists() -> None:
    listing = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = {line.split()[1] for line in listing.splitlines()}
    named = {command.split()[1] for command in [*SHELL, *INLINE] if command.startswith("make ")}
    assert named <= targets
    assert {"help", "repro", "test", "ui", "report", "lint", "bench", "notebooks", "lock", "clean"} <= targets


def test_the_table_is_that_of_the_committed_metrics() -> None:
    metrics = json.loads((ROOT / "metrics.json").read_text(encoding="utf-8"))["test_mae"]
    assert {name for name, *_ in TABLE} == set(metrics)
    for name, mae, _, skill, _ in TABLE:
        assert float(mae) == pytest.approx(metrics[name], abs=0.002)
        assert float(skill) / 100 == pytest.approx(1 - metrics[name] / metrics["naive"], abs=0.003)


def test_the_exit_codes_are_those_of_the_errors() -> None:
    rows = re.findall(r"^\| ([\d, ]+) \|", README, re.MULTILINE)
    named = {int(code) for row in rows for code in row.split(",")}
    raised = {error.exit_code for error in errors.ReprocastError.__subclasses__()}
    assert named == raised | {0, 130, 143}


@pytest.mark.slow
def test_a_file_of_ones_own_in_five_minutes(project: Project) -> None:
    with (ROOT / "data/samples/stocks.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["ds"] >= "2011"]
    lines = ["stock,day,price", *(f"{row['unique_id']},{row['ds']},{row['close']}" for row in rows)]
    (project.path / "mydata.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    refused = project.run("reprocast", "init", "mydata.csv", check=False)
    assert refused.returncode == 64
    assert "--force" in refused.stderr
    project.run("reprocast", "init", "mydata.csv", "--force")
    project.run("reprocast", "params")
    project.edit("seeds: [1, 2, 3]", "seeds: [1]")
    project.edit("max_epochs: 20", "max_epochs: 1")
    project.edit("  lstm: {cell: lstm, hidden: 32, layers: 1, dropout: 0.0}\n", "")
    assert "Verdict: " in project.repro().stdout


@pytest.mark.parametrize(
    "command", [entry for entry in INLINE if entry.startswith(("dvc m", "dvc pl", "dvc pa"))]
)
def test_dvc_commands_named_in_passing_work(project: Project, command: str) -> None:
    project.run(*command.split())


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_two_commands_in_an_empty_folder(tmp_path: Path) -> None:
    """A fresh clone, a fresh virtual environment, the whole default run."""
    project = new_project(tmp_path / "clone", (ROOT / "params.yaml").read_text(encoding="utf-8"))
    make = ("make", f"PYTHON={sys.base_prefix}/bin/python3")
    clean = {"PATH": "/usr/local/bin:/usr/bin:/bin", "PYTHONPATH": ""}
    begun = time.monotonic()
    result = project.run(*make, "repro", **clean)
    print(f"make repro took {time.monotonic() - begun:.0f} s")
    for name, mae, *_ in TABLE:
        printed = re.search(rf"^{name} +(0\.\d+)", result.stdout, re.MULTILINE)
        assert printed, f"{name} is not in\n{result.stdout}"
        assert float(printed[1]) == pytest.approx(float(mae), abs=0.005)
    assert "Report: reports/report.html" in result.stdout
    again = project.run(*make, "repro", **clean)
    assert "Running stage" not in again.stdout
    assert "usage" not in project.run(*make, "help", **clean).stdout
