"""`reprocast new FOLDER`: a repository of one's own, in which Reprocast is an installed package."""

import subprocess
from importlib.resources import files
from pathlib import Path

from reprocast.commands.installed import WHEELS, requirement
from reprocast.commands.params import schema_text
from reprocast.errors import UnavailableError, UsageError
from reprocast.stages.publish import write_file

PLACES = {
    "Makefile": "Makefile",
    "pipeline.yaml": "dvc.yaml",  # DVC takes any dvc.yaml of a repository, ours too, for a pipeline
    "params.yaml": "params.yaml",
    "live.yaml": "recipes/live.yaml",
    "operations.yaml": "operations.yaml",
    "gitignore": ".gitignore",
    "dvcignore": ".dvcignore",
    "dvc-config": ".dvc/config",
    "dvc-gitignore": ".dvc/.gitignore",
    "vintages.md": "data/vintages/README.md",
    "curves.json": ".dvc/plots/curves.json",
    "forecasts.json": ".dvc/plots/forecasts.json",
    "horizon.json": ".dvc/plots/horizon.json",
    "retrain.yml": ".github/workflows/retrain.yml",
    "promote.yml": ".github/workflows/promote.yml",
    "operations.md": "docs/operations.md",
}
"""Name in the package -> place in a project."""
SCHEMA = "params.schema.json"
LOCK = "requirements/runtime.txt"
WANTED = "requirements/runtime.in"
WANTED_TEXT = """\
# What is asked for. `make lock` finds all that it needs and writes that with hashes into runtime.txt.
{line}
# psycopg2-binary  # where MLflow's store is a PostgreSQL database, and no server
"""
LOCK_TEXT = """\
# What is installed. Every stage depends on this file: an upgrade runs the pipeline again, once.
# Not locked yet: `make lock` writes every package with its version and hashes here.
{line}
"""


def new(folder: Path) -> str:
    """Writes a project that runs, with its workflows, and says what to do next.

    Raises:
        UsageError: something is there already; nothing was written.
        UnavailableError: git is missing.
        CannotCreateError, DiskError: the folder cannot be written.
    """
    wanted: dict[Path, str | bytes] = {folder / place: _text(name) for name, place in PLACES.items()}
    wanted[folder / SCHEMA] = schema_text()
    ours = requirement()
    wanted[folder / WANTED] = WANTED_TEXT.format(line=ours.line)
    wanted[folder / LOCK] = LOCK_TEXT.format(line=ours.line)
    if ours.wheel:
        wanted[folder / WHEELS / ours.wheel.name] = ours.wheel.read_bytes()
    there = [path for path in wanted if path.exists()]
    if there:
        raise UsageError(f"{there[0]}: is there already; name a folder without a project in it")
    for path, content in wanted.items():
        write_file(path, content)
    _under_git(folder)
    return (
        f"{folder}: is a project now. Put your file there and run `reprocast init FILE`, or edit "
        "params.yaml; then `reprocast repro`, commit, and docs/operations.md for the schedule"
    )


def _text(name: str) -> str:
    return (files("reprocast.project") / name).read_text(encoding="utf-8")


def _under_git(folder: Path) -> None:
    """Makes it a git repository unless it lies in one."""
    try:
        inside = subprocess.run(
            ["git", "-C", str(folder), "rev-parse", "--git-dir"], capture_output=True, check=False
        )
    except FileNotFoundError as error:
        raise UnavailableError(
            "git: is not installed, and DVC needs it; install it, then `git init`"
        ) from error
    if inside.returncode:
        subprocess.run(["git", "-C", str(folder), "init", "-q", "-b", "main"], check=True)
