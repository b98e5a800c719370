"""A project run once, and copies of it for tests that change something."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from e2e.project import Project, commit, new_project


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, subprocess.CompletedProcess[str]]:
    """A project after its first `reprocast repro`, and what that printed; do not change it."""
    project = new_project(tmp_path_factory.mktemp("finished"))
    result = project.repro()
    commit(project, "first results")
    return project, result


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
