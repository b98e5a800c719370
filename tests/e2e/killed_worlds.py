"""Real rounds of a tiny project: the world before the round that tests kill, and what the round leaves."""

import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest
from e2e.project import SMALL, Project, commit, new_project
from filelock import FileLock

FIRST, NEXT = "2012-12-14", "2013-03-01"
CHANGES = {'end: "2013-03-01"': f'end: "{FIRST}"', "  gru: {cell: gru, hidden: 4}\n": "", ", har: {}": ""}
COMMAND = (sys.executable, "-m", "reprocast", "retrain", "--as-of")
DATED = {"GIT_AUTHOR_DATE": "2024-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2024-01-01T00:00:00Z", "CI": ""}
STRICT = {"alpha: 0.05 ": "alpha: 0.0001 "}
LAX = {"alpha: 0.0001 ": "alpha: 0.5 ", "period: null ": "period: 60 ", "refit: false ": "refit: true "}
"""The gate: at first the naive forecast becomes champion, in the next round the network, refitted."""


def begin(folder: Path) -> None:
    """A project after its first round, its remotes beside it."""
    params = SMALL
    for before, after in CHANGES.items():
        assert before in params
        params = params.replace(before, after)
    project = new_project(folder / "project", params)
    project.run("git", "init", "-q", "--bare", "-b", "main", "../origin.git")
    project.run("git", "remote", "add", "origin", "../origin.git")
    project.run("dvc", "remote", "add", "-q", "-d", "beside", "../remote")
    set_gate(project, STRICT)
    project.run(*COMMAND, FIRST, **DATED)
    set_gate(project, LAX)


def set_gate(project: Project, changes: dict[str, str]) -> None:
    """Somebody edits operations.yaml, and pushes that."""
    for before, after in changes.items():
        project.edit(before, after, "operations.yaml")
    commit(project, "another gate")
    project.run("git", "push", "-q", "origin", "main")


def copied(world: Path, to: Path) -> Project:
    """A copy of a world; its MLflow store says where it lies now."""
    shutil.copytree(world, to, symlinks=True)
    with closing(sqlite3.connect(to / "project/mlruns/mlflow.db")) as store:
        for table, column in store.execute(
            "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
            " AND upper(c.type) LIKE 'VARCHAR%'"
        ).fetchall():
            store.execute(
                f'UPDATE "{table}" SET "{column}" = replace("{column}", ?, ?)', (str(world), str(to))
            )
        store.commit()
    return Project(to / "project")


def state(project: Project) -> dict[str, Any]:
    """What a round leaves in git, DVC's remote, MLflow and the folder; run ids are random and stay out."""
    return {
        "head": project.run("git", "rev-parse", "HEAD", "origin/main").stdout,
        "remote": project.run("git", "ls-remote", "../origin.git").stdout,
        "changed": project.run("git", "status", "--porcelain").stdout,
        "outputs": project.outputs(),
        "pushed": sorted(path.name for path in (project.path.parent / "remote").rglob("*") if path.is_file()),
        "left": [
            name
            for name in ("round.json", "index", "scratch")
            if (project.path / ".reprocast" / name).exists()
        ],
        "registry": registry(project),
    }


REGISTRY = {
    "versions": "SELECT v.version, t.key, t.value FROM model_versions v JOIN model_version_tags t"
    " ON t.name = v.name AND t.version = v.version ORDER BY 1, 2",
    "aliases": "SELECT alias, version FROM registered_model_aliases",
    "current": "SELECT f.value, c.value, r.status FROM runs r JOIN tags t ON t.run_uuid = r.run_uuid"
    " JOIN tags f ON f.run_uuid = r.run_uuid JOIN tags c ON c.run_uuid = r.run_uuid"
    " WHERE t.key = 'current' AND f.key = 'fingerprint' AND c.key = 'role' ORDER BY 1, 2",
    "running": "SELECT count(*) FROM runs WHERE status = 'RUNNING'",
}


def registry(project: Project) -> dict[str, Any]:
    """Versions with their tags, the alias, the runs that belong to the outputs, and how many still run."""
    with closing(sqlite3.connect(project.path / "mlruns/mlflow.db")) as store:
        return {name: store.execute(query).fetchall() for name, query in REGISTRY.items()}


def lives(project: Project) -> bool:
    """Whether a process works in the project's folder."""
    for process in psutil.process_iter():
        try:
            is_here = process.status() != psutil.STATUS_ZOMBIE and process.cwd() == str(project.path)
        except psutil.Error:
            continue
        if is_here:
            return True
    return False


def made_once(base: Path, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that workers which run side by side share."""
    folder = base / name
    with FileLock(f"{folder}.lock"):
        if not (base / f"{name}.whole").exists():
            make(folder)
            (base / f"{name}.whole").touch()
    return folder


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Where such folders are."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def begun(shared: Path) -> Path:
    """The world after its first round; do not change it."""
    return made_once(shared, "begun", begin)


@pytest.fixture(scope="session")
def finished_world(shared: Path, begun: Path) -> Path:
    """The world after a second round that nothing has cut off; do not change it."""

    def make(folder: Path) -> None:
        copied(begun, folder).run(*COMMAND, NEXT, **DATED)
        assert registry(Project(folder / "project"))["aliases"] == [("champion", 4)]  # its refit

    return made_once(shared, "uninterrupted", make)


@pytest.fixture(scope="session")
def uninterrupted(finished_world: Path) -> dict[str, Any]:
    """What that round has left."""
    return state(Project(finished_world / "project"))


@pytest.fixture(scope="session")
def trained(shared: Path, begun: Path, finished_world: Path) -> Path:
    """The world before its second round, where DVC's cache has what the stages of that round will make.

    So a round takes half a minute, and all that it does itself is done.
    """

    def make(folder: Path) -> None:
        project = copied(begun, folder)
        shutil.rmtree(project.path / ".dvc/cache")
        shutil.copytree(finished_world / "project/.dvc/cache", project.path / ".dvc/cache")

    return made_once(shared, "trained", make)
