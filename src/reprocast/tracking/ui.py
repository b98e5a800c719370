"""The MLflow UI on the right store, in its lightest form: two processes instead of fifteen."""

import os
import subprocess
import sys
from pathlib import Path

from reprocast.errors import UnavailableError
from reprocast.tracking.address import tracking_of
from reprocast.tracking.quiet import SETTINGS

ENVIRONMENT = {**SETTINGS, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
"""Without job execution the server starts in seconds and takes 0.5 GB instead of 2.3."""


def ui_command(uri: str, port: int) -> list[str]:
    """The command that serves the store at `uri` on this machine's `port`."""
    return [
        *(sys.executable, "-m", "mlflow", "server"),
        *("--backend-store-uri", uri, "--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
    ]


def ui(port: int) -> None:
    """Serves the UI of the project in this folder until it is interrupted.

    Raises:
        UnavailableError: the server ended by itself, for example because the port is taken.
    """
    uri = tracking_of(Path.cwd()).uri
    if uri.startswith(("http://", "https://")):
        print(f"The runs are on a server of their own: {uri}")
        return
    print(f"MLflow UI: http://127.0.0.1:{port}  (store {uri}; stop it with Ctrl-C)", flush=True)
    with subprocess.Popen(ui_command(uri, port), env={**os.environ, **ENVIRONMENT}) as server:
        try:
            code = server.wait()
        except KeyboardInterrupt:
            server.terminate()
            return
    if code:
        raise UnavailableError(f"the MLflow UI ended with code {code}; is port {port} taken? Try --port")
