"""Vintages under DVC: a clone gets them by `dvc pull`, and never takes other figures without a word."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from live_source import BLOCK, LiveSource, files, prices

from reprocast.commands.acquire import acquire, take_in
from reprocast.commands.folder.retention import retire
from reprocast.data.vintages import known
from reprocast.errors import DataError, NoInputError, TryAgainError
from reprocast.params.data import YahooData
from reprocast.stages.acquire import stored
from reprocast.stages.pull import PullParams, read

ROOT = Path(__file__).parents[2]
PARAMS = "data: BLOCK\ncolumns: {target: [close]}\nwindow: {look_back: 2, horizon: 1}\n"
PIPELINE = """\
stages:
  pull:
    cmd: python -m reprocast.stages.pull
    params: [data, columns, window.horizon]
    deps: [data/vintages]
    outs: [data/raw]
"""


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LiveSource:
    """A project under git and DVC, with a remote beside it; only its first stage."""
    (tmp_path / "project" / "data" / "vintages").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "project")
    for name in (".gitignore", ".dvcignore", ".dvc/config", ".dvc/.gitignore", "data/vintages/README.md"):
        Path(name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, name)
    Path("dvc.yaml").write_text(PIPELINE, encoding="utf-8")
    Path("params.yaml").write_text(PARAMS.replace("BLOCK", BLOCK), encoding="utf-8")
    with Path(".dvc/config").open("a", encoding="utf-8") as stream:
        stream.write(f"    remote = beside\n['remote \"beside\"']\n    url = {tmp_path / 'remote'}\n")
    git("init", "-q", "-b", "main")
    commit()
    return LiveSource(monkeypatch)


def git(*arguments: str) -> str:
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    ran = subprocess.run(["git", *who, *arguments], env=kept, capture_output=True, text=True, check=True)
    return ran.stdout


def commit() -> None:
    git("add", "-A")
    git("commit", "-q", "-m", "state")


def dvc(*arguments: str, code: int = 0) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT / "src"), "DVC_NO_ANALYTICS": "1"}
    ran = subprocess.run(["dvc", *arguments], env=environment, capture_output=True, text=True, check=False)
    said = ran.stdout + ran.stderr
    assert ran.returncode == code, said
    return said


def data() -> YahooData:
    block = read(Path("params.yaml"), PullParams, part=True).data
    assert isinstance(block, YahooData)
    return block


def clone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    git("clone", "-q", ".", f"../{name}")
    monkeypatch.chdir(Path("..") / name)


def test_a_clone_gets_the_vintage_by_dvc_pull(source: LiveSource, monkeypatch: pytest.MonkeyPatch) -> None:
    acquire()
    commit()
    assert git("status", "--short") == ""
    (vintage,) = known()
    assert f"data/vintages/{vintage.name}.dvc" in git("ls-files")
    assert "Running stage 'pull'" in dvc("repro")
    dvc("push")
    panel = files("data")
    commit()
    assert acquire().startswith("no new session")
    assert git("status", "--short") == ""
    clone("clone", monkeypatch)
    assert "missing data 'source'" in dvc("repro", "pull", code=255)
    with pytest.raises(
        NoInputError, match=f"{vintage.name}: the answer of 2024-05-01 is in use, but not here"
    ):
        take_in(data())
    source.set("AAA", 5, close=1.0)
    with pytest.raises(
        DataError, match=rf"{vintage.name}, which is in use, is not here \(`dvc pull` brings it\)"
    ):
        acquire()
    assert source.calls == 3
    assert stored(data()) == vintage  # what is answered today is kept beside it, and not used
    monkeypatch.chdir("../project")
    clone("second", monkeypatch)
    dvc("pull")
    assert files("data") == panel
    assert "up to date" in dvc("repro")
    assert git("status", "--short") == ""


def test_another_answer_reruns_pull_and_what_is_removed_comes_back_with_its_commit(
    source: LiveSource,
) -> None:
    acquire()
    dvc("repro")
    commit()
    first, panel = known()[0].name, files("data/raw")
    source.frame = prices(sessions=42)
    acquire()
    assert "Running stage 'pull'" in dvc("repro")
    commit()
    assert retire(keep=1) == [first]
    assert [vintage.name for vintage in known()] == [stored(data()).name]  # type: ignore[union-attr]
    commit()
    git("checkout", "-q", "HEAD~2")
    dvc("checkout")
    assert files("data/raw") == panel
    assert "up to date" in dvc("repro")


def test_a_remote_that_fails_is_told_and_tried_again(source: LiveSource, tmp_path: Path) -> None:
    (tmp_path / "remote").write_text("a file where a folder should be", encoding="utf-8")
    with pytest.raises(
        TryAgainError, match=r"is stored here but not pushed: .*; `reprocast acquire` tries again"
    ):
        acquire()
    assert stored(data()) is not None
    (tmp_path / "remote").unlink()
    assert acquire().startswith("no new session")
    assert list((tmp_path / "remote").rglob("*.dir"))
