"""A project run once, and copies of it for tests that change something."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from e2e.project import Project, commit, new_project
from filelock import FileLock


@pytest.fixture(scope="session")
def finished(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> tuple[Project, subprocess.CompletedProcess[str]]:
    """A project after its first `reprocast repro`, and what that printed; do not change it.

    Made once: workers that run side by side share it.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "finished"
    with FileLock(f"{folder}.lock"):
        if not (folder / "stdout.txt").exists():
            folder.mkdir()
            project = new_project(folder)
            said = project.repro().stdout
            commit(project, "first results")
            (folder / ".git" / "info" / "exclude").write_text("stdout.txt\n", encoding="utf-8")
            (folder / "stdout.txt").write_text(said, encoding="utf-8")
    said = (folder / "stdout.txt").read_text(encoding="utf-8")
    return Project(folder), subprocess.CompletedProcess(["reprocast", "repro"], 0, said, "")


@pytest.fixture
def project(finished: tuple[Project, subprocess.CompletedProcess[str]], tmp_path: Path) -> Project:
    """A copy of the finished project that a test may change."""
    shutil.copytree(finished[0].path, tmp_path / "project", symlinks=True)
    return Project(tmp_path / "project")


@pytest.fixture
def fresh(tmp_path: Path) -> Callable[[str], Project]:
    """Makes fresh projects by name."""

    def make(name: str) -> Project:
        return new_project(tmp_path / name)

    return make
