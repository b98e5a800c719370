"""A project to run for real: a copy of this repository with a small params.yaml, its own git and DVC."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SMALL = """\
schema_version: 1
task: forecast
seeds: [1]
data: {source: sample, series: [GOOG, IBM], start: "2008-01-02", end: "2013-03-01", calendar: XNYS, season: 5}
validation: {}
columns: {target: [log_volatility], past: [log_return], future: [day_of_week]}
window: {look_back: 22, horizon: 3, embargo: 3}
split: {test: 120, validation: 120}
architectures:
  rnn: {cell: rnn, hidden: 4}
  gru: {cell: gru, hidden: 4}
train: {batch_size: 256, max_epochs: 1}
baselines: {naive: {}, har: {}}
compare: {}
runtime: {}
"""


@dataclass(frozen=True)
class Project:
    """A folder with a project in it."""

    path: Path

    def run(self, *command: str, check: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs a command of the virtual environment in the folder, with the folder's own code."""
        result = subprocess.run(
            command,
            cwd=self.path,
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            check=False,
        )
        said = f"{' '.join(command)} left with {result.returncode}\n{result.stdout}\n{result.stderr}"
        assert not check or result.returncode == 0, said
        return result

    def environment(self, **changes: str) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        ours = ("GIT_", "MLFLOW_", "MAKE", "MFLAGS")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        quiet = {
            "DVC_NO_ANALYTICS": "1",
            "PYTHONPATH": str(self.path / "src"),
            "PATH": path,
            "COLUMNS": "120",
        }
        return {**kept, **quiet, **changes}

    def repro(self, check: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
        """`reprocast repro`."""
        return self.run("reprocast", "repro", check=check, **environment)

    def edit(self, before: str, after: str, file: str = "params.yaml") -> None:
        """Replaces text that must be there."""
        text = (self.path / file).read_text(encoding="utf-8")
        assert before in text
        (self.path / file).write_text(text.replace(before, after), encoding="utf-8")

    def results(self) -> dict[str, bytes]:
        """What stands when new data were refused: all outputs but the panel that was pulled."""
        return {name: data for name, data in self.outputs().items() if not name.startswith("data/raw/")}

    def outputs(self) -> dict[str, bytes]:
        """Every file the pipeline made, by path."""
        folders = ("data/raw", "data/validated", "data/windows", "models", "results", "reports/validation")
        files = [path for folder in folders for path in (self.path / folder).rglob("*") if path.is_file()]
        files.append(self.path / "metrics.json")
        return {path.relative_to(self.path).as_posix(): path.read_bytes() for path in sorted(files)}


def stages_run(result: subprocess.CompletedProcess[str]) -> list[str]:
    """Names of the stages that DVC says it ran."""
    lines = result.stdout.splitlines()
    return [line.split("'")[1] for line in lines if line.startswith("Running stage")]


def new_project(path: Path, params: str = SMALL) -> Project:
    """A fresh clone as a stranger would have it, but for its params.yaml."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("tests/", "notebooks/")):
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, path / name)
    (path / "dvc.lock").unlink(missing_ok=True)
    (path / "params.yaml").write_text(params, encoding="utf-8")
    project = Project(path)
    project.run("git", "init", "-q", "-b", "main")
    commit(project, "start")
    return project


def commit(project: Project, message: str) -> None:
    project.run("git", "add", "-A")
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    project.run("git", *who, "commit", "-q", "--allow-empty", "-m", message)
