"""Notes of processes that have ended do not stop the next run; those of living ones do."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reprocast.commands.folder.leftovers import DVC_LOCKS, clear_leftovers


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    DVC_LOCKS.parent.mkdir(parents=True)


def note(*pids: int) -> None:
    readers = [{"cmd": "dvc repro", "pid": pid} for pid in pids[1:]]
    content = {"/p/models": {"write": {"cmd": "dvc repro", "pid": pids[0]}, "read": readers}}
    DVC_LOCKS.write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def zombie() -> Iterator[int]:
    """A child that has ended and that nobody has waited for yet."""
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        yield child.pid


def ended() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_ended_processes_and_zombies_hold_nothing(zombie: int) -> None:
    note(ended(), zombie)
    clear_leftovers()
    assert not DVC_LOCKS.exists()


def test_one_living_process_keeps_the_notes() -> None:
    note(ended(), os.getpid())
    clear_leftovers()
    assert DVC_LOCKS.exists()


@pytest.mark.parametrize("content", ["", '{"/p/mod', "{}"])
def test_notes_cut_short_are_cleared(content: str) -> None:
    DVC_LOCKS.write_text(content, encoding="utf-8")
    clear_leftovers()
    assert not DVC_LOCKS.exists()


def test_nothing_to_clear() -> None:
    clear_leftovers()
