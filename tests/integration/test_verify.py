"""`reprocast verify`: a whole chain holds, and whatever is tampered with is named, link by link."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from registered_project import commit, git, moved, new_project
from tracked_store import migrated

from reprocast.commands.verify import verify
from reprocast.errors import DataError, NoInputError, ReprocastError
from reprocast.tracking.registered import open_registry, tag, versions

__all__ = ["migrated"]
pytestmark = pytest.mark.filterwarnings("ignore:_NoneStep:DeprecationWarning")  # DVC's use of pygtrie


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Path:
    """The project after two rounds; do not change it."""
    root = tmp_path_factory.mktemp("played") / "project"
    root.mkdir()
    before = Path.cwd()
    os.chdir(root)
    try:
        return new_project(root, migrated)
    finally:
        os.chdir(before)


@pytest.fixture
def project(played: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy to change."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    root = moved(played, tmp_path / "project")
    monkeypatch.chdir(root)
    return root


def states(said: str) -> dict[str, str]:
    """State by link."""
    lines = [line.split() for line in said.splitlines()]
    return {words[1]: words[0] for words in lines if words[0] in ("holds", "broken", "unseen", "unkept")}


LINKS = ("alias", "ledger", "artifact", "run", "fingerprint", "dvc.lock", "windows", "data", "vintage")


def test_both_versions_hold(project: Path) -> None:
    champion, former = verify(project), verify(project, 1)
    assert states(champion) == states(former) == dict.fromkeys(LINKS, "holds")
    assert "version 2 of reprocast: naive, as of 2001-02-09" in champion
    assert "version 1 is former; the champion is version 2" in former
    assert git(project, "status", "--porcelain") == ""
