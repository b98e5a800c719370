"""DVC as a child process: found beside Python, quiet, and gone with us, whatever ends us.

`python -m reprocast.commands.repository.dvc …` is `dvc …` that asks Linux to end it when its parent is gone.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil

from reprocast.stages.owner import die_with_parent
from reprocast.stages.stage import QUIET

GRACE = 5.0
"""Seconds between asking a process to end and ending it."""
STAGES = "REPROCAST_STAGES"
"""Variable that hands DVC those of the stages."""


def dvc(
    *arguments: str,
    quiet: bool = False,
    folder: Path | None = None,
    stages: Mapping[str, str] | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Runs `dvc …`; when we are stopped meanwhile, everything it has started is stopped first.

    Args:
        arguments: what follows `dvc`.
        quiet: keeps what it says instead of showing it.
        folder: the project; None for the working directory.
        stages: variables of the stages it runs that differ from ours; the code on their path may be
            older than this module.
    """
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    pipe = subprocess.PIPE if quiet else None
    command = [sys.executable, "-m", "reprocast.commands.repository.dvc", *arguments]
    variables = {**os.environ, **QUIET, "PATH": path, STAGES: json.dumps(dict(stages or {}))}
    with subprocess.Popen(command, cwd=folder, env=variables, stdout=pipe, stderr=pipe, text=True) as child:
        try:
            said, complained = child.communicate()
        except BaseException:
            end_tree(child.pid)
            raise
    return subprocess.CompletedProcess(command, child.returncode, said, complained)


def reason(ran: "subprocess.CompletedProcess[str]") -> str:
    """Why DVC failed: what it complained of first is the cause, its last line only counts files."""
    lines = [line.strip() for line in ran.stderr.splitlines() if line.strip()]
    causes = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return (causes or lines[-1:] or ["it gave no reason"])[0]


def end_tree(pid: int) -> None:
    """Ends a process and all that it has started: politely, then for good."""
    try:
        parent = psutil.Process(pid)
        tree = [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for process in tree:
        _signal(process, force=False)
    _, alive = psutil.wait_procs(tree, timeout=GRACE)
    for process in alive:
        _signal(process, force=True)
    psutil.wait_procs(alive, timeout=GRACE)


def end_children() -> None:
    """Ends everything that this process has started."""
    for child in psutil.Process().children():
        end_tree(child.pid)


def _signal(process: psutil.Process, *, force: bool) -> None:
    with suppress(psutil.NoSuchProcess):
        process.kill() if force else process.terminate()


if __name__ == "__main__":
    die_with_parent()
    os.environ.update(json.loads(os.environ.pop(STAGES, "{}")))
    from dvc.cli import main

    sys.exit(main(sys.argv[1:]))
