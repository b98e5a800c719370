"""Reprocast as an installed package: a wheel, a repository of one's own, a run, an upgrade."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from e2e.project import ROOT, Project, commit

PARAMS = """\
schema_version: 1
task: forecast
seeds: [1]
data: {source: files, path: mine.csv, id: unique_id, end: "2013-03-01", calendar: B, season: 5, kind: numeric}
validation: {gap_share: null}
columns: {target: [close]}
window: {look_back: 10, horizon: 2, embargo: 2, missing: leave_out}
split: {test: 60, validation: 60}
architectures: {gru: {cell: gru, hidden: 2}}
train: {max_epochs: 1}
baselines: {naive: {}}
compare: {}
runtime: {}
"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder with the package as pip installs it from a wheel."""
    source, wheels, site = tmp_path / "source", tmp_path / "wheels", tmp_path / "site"
    shutil.copytree(ROOT / "src", source / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-cache-dir")
    build = ("wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(source))
    subprocess.run([*pip, *build], check=True)
    (wheel,) = wheels.iterdir()
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--target", str(site), str(wheel)], check=True)
    return site


@pytest.mark.slow
def test_a_run_and_an_upgrade(installed: Path, tmp_path: Path) -> None:
    project = Project(tmp_path / "mine")
    package = {"PYTHONPATH": str(installed)}
    tmp = Project(tmp_path)
    where = tmp.run("python", "-c", "import reprocast; print(reprocast.__file__)", **package).stdout
    assert where.startswith(str(installed))
    tmp.run("reprocast", "new", "mine", **package)
    (project.path / "params.yaml").write_text(PARAMS, encoding="utf-8")
    lines = (ROOT / "data/samples/stocks.csv").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith(("IBM,2012", "IBM,2013", "unique_id"))]
    (project.path / "mine.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    said = project.repro(**package).stdout
    assert "Verdict: " in said
    described = json.loads((project.path / "models/gru/model.json").read_text(encoding="utf-8"))
    assert described["fingerprint"]
    commit(project, "first results")
    assert project.run("dvc", "status", "--json", **package).stdout.strip() == "{}"
    lock = project.path / "requirements" / "runtime.txt"
    lock.write_text(lock.read_text(encoding="utf-8").replace("0.1.0", "0.2.0"), encoding="utf-8")
    stale = json.loads(project.run("dvc", "status", "--json", **package).stdout)
    stages = project.run("dvc", "stage", "list", "--name-only", **package).stdout.split()
    assert set(stale) == set(stages), "an upgrade runs every stage again"
