"""One of our modules as a child process, which ends with us, whatever ends us."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from reprocast.commands.repository.dvc import end_tree
from reprocast.stages.stage import QUIET


def module(
    name: str, *arguments: str, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> int:
    """Runs `python -m NAME …` and returns its exit code; when we are stopped meanwhile, it is stopped first.

    Args:
        name: of the module.
        arguments: what follows it.
        folder: the project; None for the working directory.
        environment: variables that differ from ours.
    """
    variables = {**os.environ, **QUIET, **(environment or {})}
    with subprocess.Popen([sys.executable, "-m", name, *arguments], cwd=folder, env=variables) as child:
        try:
            return child.wait()
        except BaseException:
            end_tree(child.pid)
            raise
