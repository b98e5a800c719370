"""Fixtures of tests/toy_rounds.py: a project after its first round, and a copy of it for each test."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from live_source import LiveSource
from toy_rounds import FIRST, World, in_this_process, new_world
from tracked_store import migrated

__all__ = ["begun", "migrated", "uninterrupted", "world"]


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Path]:
    """A project after its first round; do not change it."""
    before, folder = Path.cwd(), tmp_path_factory.mktemp("begun")
    with pytest.MonkeyPatch.context() as patch:
        in_this_process(patch)
        new_world(folder, migrated)
        World(LiveSource(patch), patch).round(FIRST)
        os.chdir(before)
        yield folder


@pytest.fixture
def world(begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A copy of it, in which the source has a session more."""
    return _copy(begun, tmp_path / "world", monkeypatch)


@pytest.fixture(scope="session")
def uninterrupted(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a round that nothing has cut off leaves."""
    with pytest.MonkeyPatch.context() as patch:
        world = _copy(begun, tmp_path_factory.mktemp("uninterrupted") / "world", patch)
        world.round()
        return world.state()


def _copy(begun: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    shutil.copytree(begun, folder, symlinks=True)
    monkeypatch.chdir(folder / "project")
    in_this_process(monkeypatch)
    return World(LiveSource(monkeypatch), monkeypatch)
