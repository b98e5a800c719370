"""What every stage does around its work."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reprocast.errors import DataError
from reprocast.stages.stage import run


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_an_expected_error_is_one_line_and_its_code(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        raise DataError("series A, row 3: text in a number")

    with pytest.raises(SystemExit) as left:
        run("pull", work)
    assert left.value.code == 65
    assert capsys.readouterr().err == "reprocast: pull: series A, row 3: text in a number\n"
    note = json.loads(Path(".reprocast/failure.json").read_text(encoding="utf-8"))
    assert note == {"stage": "pull", "code": 65, "line": "series A, row 3: text in a number"}


def test_our_own_fault_is_one_line_too_and_keeps_the_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        run("pull", lambda: print(1 // 0))
    assert left.value.code == 70
    assert capsys.readouterr().err.count("\n") == 1
    assert "ZeroDivisionError" in Path(".reprocast/traceback.txt").read_text(encoding="utf-8")


def test_the_time_taken_is_kept_outside_the_outputs() -> None:
    run("train@gru", lambda: None)
    seconds = json.loads(Path(".reprocast/times/train@gru.json").read_text(encoding="utf-8"))["seconds"]
    assert 0 <= seconds < 60


def test_what_the_work_has_measured_is_kept_beside_the_time() -> None:
    run("evaluate@gru", lambda: {"milliseconds_one": 0.5})
    found = json.loads(Path(".reprocast/times/evaluate@gru.json").read_text(encoding="utf-8"))
    assert found["milliseconds_one"] == 0.5
    assert set(found) == {"seconds", "milliseconds_one"}


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's death signal is Linux's")
def test_a_stage_dies_with_the_pipeline(tmp_path: Path) -> None:
    stage = "import time\nfrom reprocast.stages.stage import run\nrun('pull', lambda: time.sleep(60))"
    pipeline = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', {stage!r}])\n"
        "open('pid', 'w').write(str(child.pid))\ntime.sleep(60)"
    )
    as_dvc = {**os.environ, "DVC_STAGE": "pull"}
    parent = subprocess.Popen([sys.executable, "-c", pipeline], cwd=tmp_path, env=as_dvc)
    deadline = time.monotonic() + 30
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    child = int((tmp_path / "pid").read_text())
    time.sleep(2)  # the child asks for the signal once it has started
    parent.kill()
    parent.wait()
    while _alive(child):
        assert time.monotonic() < deadline, "the orphan lives on"
        time.sleep(0.05)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIG_DFL)
    except ProcessLookupError:
        return False
    return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
