"""docs/serving.md, run: the server is started, each curl command sent, and each answer is the one printed."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from backtested_project import put_backtest
from unit.commands.test_served import champion
from unit.tracking.conftest import migrated, outputs, put, root

__all__ = ["migrated", "outputs", "put", "root"]

TEXT = (Path(__file__).parents[2] / "docs" / "serving.md").read_text(encoding="utf-8")
STEPS = re.findall(r"```sh\n(curl .*?)```\n\n```(json|text)\n(.*?)```", TEXT, re.DOTALL)
PORT = 5001
"""Of the page."""


@pytest.fixture
def project(outputs: Path) -> Path:
    put_backtest(outputs, "naive")
    return outputs


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def answering(command: list[str], port: int, root: Path) -> Iterator["subprocess.Popen[str]"]:
    """A server that has come up; it is told to stop at the end."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # mlflow starts uvicorn by name
    with (
        (root / "server.log").open("w+") as log,
        subprocess.Popen(
            command, cwd=root, env={**os.environ, "PATH": path}, stdout=log, stderr=log, text=True
        ) as server,
    ):
        try:
            _wait(port, server, log.name)
            yield server
        finally:
            server.terminate()


def _wait(port: int, server: "subprocess.Popen[str]", log: str) -> None:
    end = time.monotonic() + 240
    while time.monotonic() < end and server.poll() is None:
        with suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=10).close()
            return
        time.sleep(0.1)
    pytest.fail(f"the server did not come up: {Path(log).read_text()}")


def curl(command: str, port: int, root: Path) -> str:
    """What a command of the page prints, the status in front."""
    here = command.replace(f":{PORT}/", f":{port}/").replace("curl -s", "curl -sS")
    run = subprocess.run(
        ["sh", "-c", here], cwd=root, capture_output=True, text=True, check=True, timeout=120
    )
    return run.stdout


def holds(command: str, kind: str, expected: str, port: int, root: Path) -> None:
    if kind == "json":
        assert json.loads(curl(command, port, root)) == json.loads(expected), command
        return
    body, _, status = curl(command.rstrip() + " -w '\n%{http_code}'", port, root).rpartition("\n")
    assert status == "400", command
    assert expected.strip() in json.loads(body)["message"], command
    assert "stack_trace" not in json.loads(body), command


def test_the_page_is_true(project: Path) -> None:
    port = free_port()
    (start,) = re.findall(r"```sh\n(reprocast serve .*?)\n```", TEXT)
    command = [sys.executable, "-m", *start.replace(str(PORT), str(port)).split()]
    with answering(command, port, project) as server:
        assert len(STEPS) == 13
        for step in STEPS:
            holds(*step, port, project)
        said = (project / "server.log").read_text()
        (try_this,) = re.findall(r"^  (curl .*)$", said, re.MULTILINE)
        assert len(json.loads(curl(try_this, port, project))["predictions"]) == 3
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0
    with pytest.raises(OSError, match="refused"), socket.create_connection(("127.0.0.1", port), 5):
        pass


@pytest.mark.slow
def test_mlflow_serves_the_champion_by_itself(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    champion(project)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///mlruns/mlflow.db")
    for proxy in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):  # nobody else can be asked
        monkeypatch.setenv(proxy, "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    port = free_port()
    (start,) = re.findall(r"(mlflow models serve .*)", TEXT)[-1:]
    command = [sys.executable, "-m", *start.replace(str(PORT), str(port)).split()]
    with answering(command, port, project):
        for step in STEPS[:-1]:  # the last is where ours differs
            holds(*step, port, project)


@pytest.mark.slow
def test_a_port_that_is_taken_is_named(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "reprocast", "serve", "--model", "naive", "--port", str(port)]
        run = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, timeout=300)
    assert run.returncode == 69
    assert f"is port {port} taken? Try --port" in run.stderr
