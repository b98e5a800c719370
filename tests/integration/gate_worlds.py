"""Fixtures of the gate's tests: outputs of two rounds, and a project before and after its first decision."""

import shutil
from pathlib import Path

import pytest
from integration.gate_scene import play
from registered_project import moved

from reprocast.commands.promote import promote

BY = "a test"


@pytest.fixture(scope="session")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Outputs of two rounds, forty days apart; the second knows a better baseline. Do not change them."""
    root = tmp_path_factory.mktemp("rounds")
    play(root / "1", 400, ("naive",))
    play(root / "2", 440, ("naive", "seasonal_naive"), look_back=21)
    return {1: root / "1", 2: root / "2"}


@pytest.fixture(scope="session")
def crowned(rounds: dict[int, Path], tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Path:
    """The project after its first decision. Do not change it."""
    root = tmp_path_factory.mktemp("crowned") / "project"
    fresh_project(rounds, root, migrated)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        patch.chdir(root)
        promote(root, by=BY)
    return root


def fresh_project(rounds: dict[int, Path], root: Path, migrated: Path) -> None:
    shutil.copytree(rounds[1], root)
    (root / "mlruns").mkdir()
    shutil.copy(migrated, root / "mlruns" / "mlflow.db")


@pytest.fixture
def project(rounds: dict[int, Path], tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project after the outputs of round 1; nothing decided yet."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    fresh_project(rounds, tmp_path / "project", migrated)
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture
def reign(crowned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project after its first decision."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    root = moved(crowned, tmp_path / "project")
    monkeypatch.chdir(root)
    return root


def move_on(project: Path, rounds: dict[int, Path]) -> None:
    """The outputs of round 2 in the place of those of round 1."""
    for name in ("models", "results", "data"):
        shutil.rmtree(project / name)
    shutil.copytree(rounds[2], project, dirs_exist_ok=True)
