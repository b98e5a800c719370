"""Killed, stopped, out of space, read-only, two at once: old files are whole, and nothing is left running."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from faults.scene import Scene
from live_source import BLOCK, LiveSource, files, prices

from reprocast.commands.acquire import acquire
from reprocast.data.vintages import known

TESTS = Path(__file__).parents[1]
ACQUIRE = """\
import sys, resource, hashlib, os, time
from pathlib import Path
sys.path.insert(0, {tests!r})
import pytest
from live_source import LiveSource, prices
from reprocast import cli
from reprocast.stages import publish
source = LiveSource(pytest.MonkeyPatch(), prices(sessions=80))
def started(*_):
    Path("started").touch()
{trouble}
sys.argv = ["reprocast", "acquire"]
cli.main()
"""
IN_PYTHON = """\
def ask(*_):
    started()
    time.sleep(60)
source.ask = ask
from reprocast.data.sources import SOURCES, Source, yahoo
SOURCES["yahoo"] = Source(yahoo.request, ask)
"""
IN_C = IN_PYTHON.replace("time.sleep(60)", "hashlib.pbkdf2_hmac('sha256', b'a', b'b', 10**9)")
WRITING = """\
whole = publish._flush
def flush(folder):
    started()
    time.sleep(60)
publish._flush = flush
"""
NO_SPACE = "resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """A folder with a vintage in it; what is in data, reports and beside them."""
    monkeypatch.chdir(tmp_path)
    text = f"data: {BLOCK}\ncolumns: {{target: [close]}}\nwindow: {{look_back: 2, horizon: 1}}\n"
    Path("params.yaml").write_text(text, encoding="utf-8")
    LiveSource(monkeypatch)
    acquire()
    return kept()


def kept() -> dict[str, bytes]:
    found = files(".")
    return {name: data for name, data in found.items() if not name.startswith((".reprocast/", "started"))}


def start(trouble: str, *prefix: str) -> "subprocess.Popen[str]":
    code = ACQUIRE.format(tests=str(TESTS), trouble=trouble)
    return subprocess.Popen(
        [*prefix, sys.executable, "-c", code], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def wait_for(done: Callable[[], bool], child: "subprocess.Popen[str]", seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline
        assert child.poll() is None, child.communicate()
        time.sleep(0.05)


@pytest.mark.parametrize("trouble", [IN_PYTHON, IN_C, WRITING], ids=["waiting", "hanging in C", "writing"])
def test_sigterm_ends_acquire_with_143(project: dict[str, bytes], trouble: str) -> None:
    child = start(trouble)
    wait_for(Path("started").exists, child)
    child.send_signal(signal.SIGTERM)
    printed, said = child.communicate(timeout=60)
    assert child.returncode == 143, said
    assert (printed, said) == ("", "reprocast: stopped by SIGTERM; what was there before is as it was\n")
    assert kept() == project


def test_sigkill_while_writing_leaves_the_old_files_whole(
    project: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    child = start(WRITING)
    wait_for(Path("started").exists, child)
    child.kill()
    child.communicate(timeout=60)
    assert kept() == project
    LiveSource(monkeypatch, prices(sessions=80))
    assert acquire().startswith("40 new sessions")
    assert all(vintage.is_whole() for vintage in known())


def test_a_full_disk_is_74(project: dict[str, bytes]) -> None:
    """The limit on a file's size is the operating system's own."""
    child = start(NO_SPACE)
    printed, said = child.communicate(timeout=60)
    assert child.returncode == 74, said
    assert said.startswith("reprocast: data/vintages/")
    assert said.endswith("; free some space and run again\n")
    assert said.count("\n") == 1
    assert printed == ""
    assert kept() == project


def without_rights_of_root() -> tuple[str, ...]:
    if os.geteuid() != 0:
        return ()
    if not shutil.which("setpriv"):
        pytest.skip("needs util-linux to give up root's right to ignore modes")
    return ("setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all")


def test_a_read_only_folder_is_73(project: dict[str, bytes]) -> None:
    Path("data/vintages").chmod(0o555)
    try:
        child = start("", *without_rights_of_root())
        printed, said = child.communicate(timeout=60)
    finally:
        Path("data/vintages").chmod(0o755)
    assert child.returncode == 73, said
    assert said.startswith("reprocast: data/vintages")
    assert "cannot be written" in said
    assert said.count("\n") == 1
    assert printed == ""
    assert kept() == project


def test_two_at_once_are_75(project: dict[str, bytes]) -> None:
    first = start(IN_PYTHON)
    try:
        wait_for(Path("started").exists, first)
        second = start("")
        _, said = second.communicate(timeout=60)
    finally:
        first.kill()
        first.communicate()
    assert second.returncode == 75, said
    assert "another `reprocast acquire` is running, by " in said
    assert f"(process {first.pid}) since 20" in said
    assert said.endswith("; try again later\n")
    assert kept() == project


WORK = """\
import os, time
from pathlib import Path
from reprocast.stages.publish import new_folder
from reprocast.stages.stage import run
def work():
    with new_folder(Path("data/raw")) as folder:
        (folder / "out").write_text(Path("in").read_text())
        if Path("in").read_text() == "slow":
            Path("started").write_text(str(os.getpid()))
            time.sleep(300)
run("slow", work)
"""
PIPELINE = "stages: {{slow: {{cmd: {command}, deps: [in], outs: [data/raw]}}}}\n"
COMMANDS = {"in the shell's place": "exec python work.py", "beside its shell": "python work.py && true"}
"""A shell that is asked for one command becomes that command (bash) or waits for it (dash)."""


@pytest.fixture(params=COMMANDS.values(), ids=COMMANDS)
def pipeline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> "subprocess.Popen[str]":
    """`reprocast repro` in the middle of a stage whose output DVC has deleted."""
    monkeypatch.chdir(tmp_path)
    Scene(monkeypatch).params()
    for name, text in {
        "work.py": WORK,
        "dvc.yaml": PIPELINE.format(command=request.param),
        "in": "quick",
    }.items():
        Path(name).write_text(text, encoding="utf-8")
    Path("mine.csv").write_text("unique_id,ds,load\na,2024-01-01,1\n", encoding="utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    monkeypatch.setenv("PATH", path)
    monkeypatch.setenv("DVC_NO_ANALYTICS", "1")
    for command in ("git init -q", "dvc init -q", "dvc repro -q"):
        subprocess.run(command.split(), check=True, capture_output=True)
    assert Path("data/raw/out").read_text(encoding="utf-8") == "quick"
    Path("in").write_text("slow", encoding="utf-8")
    child = subprocess.Popen(
        [sys.executable, "-c", "from reprocast.cli import main; main()", "repro"],
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait_for(lambda: Path("started").exists() and bool(Path("started").read_text()), child)
    assert not Path("data/raw/out").exists()
    return child


def tree(child: "subprocess.Popen[str]") -> list[psutil.Process]:
    found = psutil.Process(child.pid).children(recursive=True)
    assert int(Path("started").read_text(encoding="utf-8")) in {process.pid for process in found}
    return found


def running(processes: list[psutil.Process], seconds: float = 60) -> list[psutil.Process]:
    """Those still at work then; a container whose first process reaps nobody keeps the dead as zombies."""
    deadline = time.monotonic() + seconds
    while found := [process for process in processes if is_at_work(process)]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return found


def is_at_work(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_sigterm_ends_repro_with_its_stages_and_brings_the_outputs_back(
    pipeline: "subprocess.Popen[str]",
) -> None:
    processes = tree(pipeline)
    pipeline.send_signal(signal.SIGTERM)
    _, said = pipeline.communicate(timeout=120)
    assert pipeline.returncode == 143, said
    assert said.endswith("reprocast: stopped by SIGTERM; what was there before is as it was\n")
    assert not running(processes)
    assert Path("data/raw/out").read_text(encoding="utf-8") == "quick"


def test_sigkill_of_repro_ends_its_stages(pipeline: "subprocess.Popen[str]") -> None:
    processes = tree(pipeline)
    pipeline.kill()
    pipeline.communicate(timeout=60)
    assert not running(processes)
