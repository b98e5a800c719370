"""The MLflow UI on the right store, in its lightest form: two processes instead of fifteen."""

import os
import subprocess
import sys
from pathlib import Path

from reprocast.errors import UnavailableError
from reprocast.tracking.address import tracking_of
from reprocast.tracking.quiet import SETTINGS
from reprocast.tracking.store import explained, open_store
from reprocast.tracking.view import share_view, view_address

ENVIRONMENT = {
    **SETTINGS,
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",  # 0.5 GB instead of 2.3
    "PYTHONWARNINGS": "ignore:starlette.middleware.wsgi is deprecated",  # mlflow's affair, not the user's
}
"""What the server is told beside its options."""


def ui_command(uri: str, port: int) -> list[str]:
    """The command that serves the store at `uri` on this machine's `port`."""
    return [
        *(sys.executable, "-m", "mlflow", "server"),
        *("--backend-store-uri", uri, "--registry-store-uri", uri),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
        *("--uvicorn-opts", "--log-level warning"),
    ]


def ui(port: int) -> None:
    """Serves the UI of the project in this folder until it is interrupted.

    Raises:
        UnavailableError: the store cannot be used, or the server ended by itself.
    """
    tracking = tracking_of(Path.cwd())
    store = open_store(tracking)
    with explained(tracking.uri):
        share_view(store.client, store.experiment)
    if tracking.uri.startswith(("http://", "https://")):
        _say("MLflow UI, on a server of its own", tracking.uri, store.experiment)
        return
    _say("MLflow UI (ready in some seconds, Ctrl-C ends it)", f"http://127.0.0.1:{port}", store.experiment)
    _serve(tracking.uri, port)


def _say(what: str, server: str, experiment: str) -> None:
    print(f"{what}: {view_address(server, experiment)}")
    print(f"The same as charts: {view_address(server, experiment, charts=True)}", flush=True)


def _serve(uri: str, port: int) -> None:
    with subprocess.Popen(ui_command(uri, port), env={**os.environ, **ENVIRONMENT}) as server:
        try:
            code = server.wait()
        except KeyboardInterrupt:
            server.terminate()
            return
    if code:
        raise UnavailableError(f"the MLflow UI ended with code {code}; is port {port} taken? Try --port")
