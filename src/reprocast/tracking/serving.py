"""Serving a model's folder over HTTP with MLflow's scoring server."""

import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from mlflow.models import Model
from mlflow.pyfunc.scoring_server import get_cmd

from reprocast.errors import UnavailableError
from reprocast.panel import read_panel
from reprocast.stages.publish import new_folder
from reprocast.tracking.pyfunc import NAME, PANEL, save
from reprocast.tracking.quiet import SETTINGS

EXAMPLE = "serving_input_example.json"
"""MLflow's name for a request that the model answers."""


def prepare(root: Path, folder: Path, place: Path) -> Path:
    """Makes of a model's folder one that MLflow serves, below `place`; the folder made.

    Where the project has a validated panel, a request to try is there as well (EXAMPLE).
    """
    panel = read_panel(root / PANEL) if (root / PANEL).is_file() else None
    with new_folder(place) as fresh:
        save(fresh / NAME, Model(), folder, panel)
    return place / NAME


def serve(model: Path, host: str, port: int, workers: int) -> None:
    """Serves what `prepare` made until it is interrupted or terminated.

    Raises:
        UnavailableError: the server ended by itself.
    """
    _, environment = get_cmd(str(model.resolve()))
    with subprocess.Popen(_command(host, port, workers), env={**SETTINGS, **environment}) as server:

        def stop(_number: int, _frame: FrameType | None) -> None:
            server.terminate()

        before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            code = server.wait()
        finally:
            _restore(before)
    if code not in (0, -signal.SIGTERM, -signal.SIGINT):
        raise UnavailableError(f"the server ended with code {code}; is port {port} taken? Try --port")


def _command(host: str, port: int, workers: int) -> list[str]:
    return [
        *(sys.executable, "-m", "uvicorn", "reprocast.tracking.scoring:app"),
        *("--host", host, "--port", str(port), "--workers", str(workers), "--log-level", "warning"),
    ]


def _restore(handlers: dict[signal.Signals, Any]) -> None:
    for number, handler in handlers.items():
        signal.signal(number, handler)
