"""Fixtures of a project with a SQLite store that is migrated once and copied per test."""

import shutil
from pathlib import Path

import pytest

from reprocast.params.operations import Tracking
from reprocast.tracking.address import tracking_of
from reprocast.tracking.store import Store, open_store


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An initialised, empty SQLite store."""
    path = tmp_path_factory.mktemp("migrated") / "mlflow.db"
    open_store(Tracking(experiment="other", uri=f"sqlite:///{path}"))
    return path


@pytest.fixture
def root(tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without outputs, its store initialised."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (tmp_path / "mlruns").mkdir()
    shutil.copy(migrated, tmp_path / "mlruns" / "mlflow.db")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def store(root: Path) -> Store:
    """The project's store."""
    return open_store(tracking_of(root))
