"""Tracking with real processes and a real SQLite store: followed, killed, raced, unreachable, served."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from tracked_store import migrated, root, store

from reprocast.data.sizes import sizes_of
from reprocast.model import Description
from reprocast.panel import Panel
from reprocast.params.architecture import Architecture
from reprocast.tasks.forecast import learn
from reprocast.tasks.forecast.predict import forecast_panel
from reprocast.tasks.networks import load_network, save_networks
from reprocast.tracking.address import tracking_of
from reprocast.tracking.store import Store
from reprocast.tracking.sync import sync
from reprocast.tracking.ui import ENVIRONMENT, ui_command

__all__ = ["migrated", "root", "store"]

PRODUCER = """
import json, os, socket, subprocess, sys, time
from pathlib import Path
import psutil

path = Path(".reprocast/events/gru.jsonl")
path.parent.mkdir(parents=True, exist_ok=True)
follower = subprocess.Popen([sys.executable, "-m", "reprocast.tracking.follow", "gru"])
print(follower.pid, flush=True)
with path.open("w") as stream:
    for line in sys.stdin:
        event = json.loads(line) | {"time": time.time()}
        if event["event"] == "start":
            event |= {"host": socket.gethostname(), "pid": os.getpid()}
            event["process_start"] = psutil.Process().create_time()
        print(json.dumps(event), file=stream, flush=True)
sys.exit(follower.wait(60))
"""
DESCRIPTION = {
    "kind": "network",
    "block": {"cell": "gru", "hidden": 4},
    "shared": {"train": {"learning_rate": 0.003}},
    "features": {"target": ["close"], "past": [], "future": []},
    "look_back": 8,
    "horizon": 3,
    "season": 5,
    "calendar": "D",
    "series": ["A"],
}
START = {
    "event": "start",
    "model": "gru",
    "fingerprint": "f1",
    "description": DESCRIPTION,
    "commit": "c0ffee",
}
SEED = {"event": "seed_start", "seed": 1}
SEED_END = {"event": "seed_end", "seed": 1, "best_epoch": 2, "best_loss": 0.5, "seconds": 3.5}
END = {"event": "end", "status": "FINISHED", "seconds": 4.5, "reason": None}


def epoch(number: int, loss: float) -> dict:
    figures = {"train_loss": loss, "validation_loss": loss, "learning_rate": 0.1, "gradient_norm": 2.0}
    return {"event": "epoch", "seed": 1, "epoch": number, "seconds": 0.25, **figures}


class Training:
    """A process that trains nothing but writes events, and the follower it started."""

    def __init__(self) -> None:
        command = [sys.executable, "-c", PRODUCER]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(command, text=True, **pipes)  # type: ignore[call-overload]
        self.follower = int(self.process.stdout.readline())

    def write(self, *events: dict) -> None:
        for event in events:
            print(json.dumps(event), file=self.process.stdin, flush=True)

    def finish(self) -> tuple[int, str]:
        """Closes the events; the follower's exit code and what was said on stderr."""
        _, said = self.process.communicate(timeout=120)
        return self.process.returncode, said

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()


@pytest.fixture
def training(root: Path) -> Iterator[Training]:
    """A training that is going on."""
    started = Training()
    yield started
    if started.process.poll() is None:
        started.kill()


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Waits for a condition; fails if it does not come true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.1)


def statuses(store: Store) -> dict[str, str]:
    return {run.info.run_name: run.info.status for run in store.runs("")}


def test_the_machine_is_watched_while_a_training_is_followed(
    root: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL", "0.2")
    training = Training()
    training.write(START, SEED, epoch(1, 0.75))

    def seen() -> set[str]:
        return {name for run in store.runs("tags.role = 'network'") for name in run.data.metrics}

    until(lambda: any(name.startswith("system/") for name in seen()))
    training.write(SEED_END, END)
    assert training.finish() == (0, "")
    assert {"system/cpu_utilization_percentage", "system/system_memory_usage_megabytes"} <= seen()
    assert not any(
        name.startswith("system/") for run in store.runs("tags.role = 'seed'") for name in run.data.metrics
    )
    assert sync(root, force=True).scores == 0


def test_a_training_is_followed_live_to_its_end(store: Store, training: Training) -> None:
    training.write(START, SEED, epoch(1, 0.75))
    until(lambda: any("train_loss" in run.data.metrics for run in store.runs("")))
    assert statuses(store) == {"gru": "RUNNING", "gru seed 1": "RUNNING"}
    training.write(epoch(2, 0.5), SEED_END, END)
    assert training.finish() == (0, "")
    assert statuses(store) == {"gru": "FINISHED", "gru seed 1": "FINISHED"}
    runs = {run.info.run_name: run for run in store.runs("")}
    seed, model = runs["gru seed 1"], runs["gru"]
    history = store.client.get_metric_history(seed.info.run_id, "validation_loss")
    assert [(point.step, point.value) for point in history] == [(1, 0.75), (2, 0.5)]
    assert seed.data.metrics["gradient_norm"] == 2.0
    assert seed.data.metrics["epoch_seconds"] == 0.25
    own = {name: value for name, value in model.data.metrics.items() if not name.startswith("system/")}
    ended = {"best_validation_loss": 0.5, "training_seconds": 4.5}
    means = {"train_loss": 0.5, "validation_loss": 0.5, "learning_rate": 0.1, "gradient_norm": 2.0}
    assert own == ended | means | {"epoch_seconds": 0.25}
    history = store.client.get_metric_history(model.info.run_id, "validation_loss")
    assert [(point.step, point.value) for point in history] == [(1, 0.75), (2, 0.5)]
    assert seed.data.tags["mlflow.parentRunId"] == model.info.run_id
    assert model.data.tags["mlflow.source.git.commit"] == "c0ffee"
    assert model.data.tags["stage"] == "train@gru"
    assert model.data.tags["pid"] == str(training.process.pid)
    assert "8 steps" in model.data.tags["mlflow.note.content"]
    assert model.data.params["train.learning_rate"] == "0.003"


def test_a_failed_training_leaves_failed_runs_with_the_reason(store: Store, training: Training) -> None:
    training.write(START, SEED, END | {"status": "FAILED", "reason": "the loss is not finite"})
    assert training.finish() == (0, "")
    assert statuses(store) == {"gru": "FAILED", "gru seed 1": "FAILED"}
    (model,) = store.runs("tags.role = 'network'")
    assert model.data.tags["reason"] == "the loss is not finite"


def test_the_follower_marks_a_killed_training(store: Store, training: Training) -> None:
    training.write(START, SEED, epoch(1, 0.75))
    until(lambda: "gru seed 1" in statuses(store))
    training.kill()
    until(lambda: set(statuses(store).values()) == {"KILLED"})


def test_sync_marks_a_training_that_was_killed_with_its_follower(
    root: Path, store: Store, training: Training
) -> None:
    training.write(START, SEED)
    until(lambda: "gru seed 1" in statuses(store))
    os.kill(training.follower, signal.SIGKILL)
    assert sync(root, force=True).running == 2
    assert set(statuses(store).values()) == {"RUNNING"}
    training.kill()
    assert sync(root).killed == 2
    assert set(statuses(store).values()) == {"KILLED"}


def test_a_server_that_cannot_be_reached_costs_a_line_and_nothing_else(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{port}")
    training = Training()
    training.write(START, SEED, epoch(1, 0.5), SEED_END, END)
    code, said = training.finish()
    assert code == 0
    assert len(said.splitlines()) == 1, said
    assert f"http://127.0.0.1:{port}: cannot be used" in said
    assert "reprocast sync" in said


def test_processes_that_start_together_on_a_new_store_all_succeed(tmp_path: Path) -> None:
    code = "from pathlib import Path; from reprocast.tracking.sync import sync; print(sync(Path.cwd()))"
    environment = {name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI"}
    command, pipe = [sys.executable, "-c", code], subprocess.PIPE
    started = [
        subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=pipe, stderr=pipe, text=True)
        for _ in range(4)
    ]
    said = [(process.communicate(timeout=180), process.returncode) for process in started]
    first = "MLflow: 1 tags, descriptions and files brought in line\n"  # whoever describes the experiment
    for (printed, complained), code in said:
        assert (complained, code) == ("", 0)
        assert printed in ("MLflow: in line with the outputs\n", first)
    assert (tmp_path / "mlruns" / "mlflow.db").exists()


def test_the_ui_answers(root: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    command = ui_command(tracking_of(root).uri, port)
    environment, null = {**os.environ, **ENVIRONMENT}, subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdout=null, stderr=null) as server:
        try:
            until(lambda: _health(port) == b"OK")
        finally:
            server.terminate()


def _health(port: int) -> bytes | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
            return answer.read()
    except OSError:
        return None


def _network(folder: Path) -> None:
    """An untrained network of two seeds."""
    roles = {"target": ["close"], "past": [], "future": []}
    said = DESCRIPTION | {
        "name": "gru",
        "task": "forecast",
        "block": {"cell": "gru", "hidden": 4, "layers": 1, "dropout": 0.0},
        "shared": {"runtime": {"threads": 1}},
        "seeds": [1, 2],
        "channels": roles,
        "loc": [[100.0]],
        "scale": [[25.0]],
        "cost": {"parameters": 1, "multiply_adds": 1, "optimiser_steps": 1},
        "fitted": {},
        "fingerprint": "f1",
        "windows_sha256": "ab" * 32,
    }
    description = Description.model_validate_json(json.dumps(said))
    architecture = Architecture.model_validate(description.block)
    weights = {}
    for seed in description.seeds:
        torch.manual_seed(seed)
        weights[seed] = learn.build(architecture, sizes_of(description, 1)).state_dict()
    folder.mkdir(parents=True)
    save_networks(description, weights, folder)
    return description


LOAD = """
import sys
import mlflow, pandas as pd
model = mlflow.pyfunc.load_model(sys.argv[1])
model.predict(pd.read_parquet("panel.parquet")).to_parquet("forecast.parquet")
"""


def test_a_logged_network_gives_the_same_bits_in_another_process_and_place(root: Path, store: Store) -> None:
    _network(root / "models" / "gru")
    days = np.arange("2001-01-01", "2001-02-10", dtype="datetime64[D]").astype("datetime64[us]")
    values = 100 + 25 * np.sin(np.arange(40.0))
    panel = Panel(("A",), np.array([0, 40]), days, {"close": values})
    expected = forecast_panel(load_network(root / "models" / "gru"), panel)
    curves = "seed,epoch,train_loss,validation_loss\n1,1,0.5,0.5\n2,1,0.5,0.5\n"
    (root / "results" / "training").mkdir(parents=True)
    (root / "results" / "training" / "gru.csv").write_text(curves)
    sync(root)
    shutil.rmtree(root / "models")
    place = root / "elsewhere"
    place.mkdir()
    panel.to_frame().to_parquet(place / "panel.parquet")
    (run,) = store.runs("tags.role = 'network'")
    environment = {**os.environ, "MLFLOW_TRACKING_URI": tracking_of(root).uri}
    command = [sys.executable, "-c", LOAD, f"runs:/{run.info.run_id}/model"]
    subprocess.run(command, cwd=place, env=environment, check=True)
    found = pd.read_parquet(place / "forecast.parquet")
    assert len(found) == 3
    assert np.isfinite(found["mean"]).all()
    assert found["mean"].to_numpy().tobytes() == expected["mean"].to_numpy().tobytes()
    assert found["ds"].tolist() == expected["ds"].tolist()
