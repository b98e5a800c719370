"""A stage belongs to its pipeline and may not outlive it; a command belongs to nobody, and may."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ORPHAN = """
import os, sys, time
from pathlib import Path
from reprocast.stages.publish import write_file
begun = os.getppid()
Path("ready").touch()
while os.getppid() == begun:
    time.sleep(0.01)
try:
    write_file(Path("written"), "whole")
finally:
    Path("ended").touch()
"""
PARENT = """
import subprocess, sys, time
from pathlib import Path
subprocess.Popen([sys.executable, "-c", sys.argv[1]], stderr=open("said", "w"))
while not Path("ready").exists():
    time.sleep(0.01)
"""


@pytest.mark.parametrize("is_stage", [False, True])
def test_only_a_stage_must_not_write_when_what_started_it_is_gone(tmp_path: Path, is_stage: bool) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DVC_STAGE"}
    environment |= {"DVC_STAGE": "train"} if is_stage else {}
    subprocess.run([sys.executable, "-c", PARENT, ORPHAN], cwd=tmp_path, env=environment, check=True)
    while not (tmp_path / "ended").exists():
        time.sleep(0.01)
    assert (tmp_path / "written").exists() is not is_stage
    time.sleep(0.2)
    assert ("the pipeline that started this stage is gone" in (tmp_path / "said").read_text()) is is_stage
