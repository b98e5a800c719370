"""Atomic outputs: the old or the new, never a half."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reprocast.errors import CannotCreateError, DiskError
from reprocast.stages import publish


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def fill(target: Path, text: str) -> None:
    with publish.new_folder(target) as folder:
        (folder / "a.txt").write_text(text, encoding="utf-8")


def test_a_folder_is_replaced_whole() -> None:
    fill(Path("out"), "old")
    Path("out/stale.txt").write_text("x", encoding="utf-8")
    fill(Path("out"), "new")
    assert [path.name for path in Path("out").iterdir()] == ["a.txt"]
    assert Path("out/a.txt").read_text(encoding="utf-8") == "new"
    assert list(Path(".reprocast/tmp").iterdir()) == []


def test_a_failure_on_the_way_leaves_the_old() -> None:
    def fail_half_way() -> None:
        with publish.new_folder(Path("out")) as folder:
            (folder / "a.txt").write_text("new", encoding="utf-8")
            raise RuntimeError("half-way")

    fill(Path("out"), "old")
    with pytest.raises(RuntimeError, match="half-way"):
        fail_half_way()
    assert Path("out/a.txt").read_text(encoding="utf-8") == "old"
    assert list(Path(".reprocast/tmp").iterdir()) == []


def test_a_file_where_a_folder_should_be_is_named() -> None:
    Path("data").write_text("", encoding="utf-8")
    with pytest.raises(CannotCreateError, match=r"data.*cannot be written"):
        fill(Path("data/raw"), "x")
    with pytest.raises(CannotCreateError, match=r"data.*cannot be written"):
        publish.write_file(Path("data/x.json"), "x")


def test_a_full_disk_is_an_error_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    publish.write_file(Path("a.json"), "old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskError, match=r"a\.json: No space left"):
        publish.write_file(Path("a.json"), "new")
    assert Path("a.json").read_text(encoding="utf-8") == "old"
    assert [path.name for path in Path().iterdir()] == ["a.json"]


def test_a_killed_writer_leaves_the_old() -> None:
    fill(Path("out"), "old")
    code = (
        "from pathlib import Path\nimport os, signal\nfrom reprocast.stages.publish import new_folder\n"
        "with new_folder(Path('out')) as folder:\n"
        "    (folder / 'a.txt').write_text('half')\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    assert Path("out/a.txt").read_text(encoding="utf-8") == "old"
