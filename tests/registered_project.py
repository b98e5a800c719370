"""A project in git and DVC with two rounds behind it, both models registered: small enough for every test.

Its stages are a script of a second; hashes, fingerprint and file names are made here by hand.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from backtested_project import put_backtest
from dvc.repo import Repo
from filelock import FileLock
from unit.tracking.conftest import description, scores

from reprocast.commands.repository.tracked import track
from reprocast.data.sources.answer import Answer
from reprocast.data.vintages import add_turn, store
from reprocast.deterministic import sha256_of_file
from reprocast.panel import Panel, write_panel
from reprocast.registry.artifact import artifact_sha256
from reprocast.registry.ledger_entry import Candidate, Entry
from reprocast.tracking.agreement import settle
from reprocast.tracking.outputs import read_models
from reprocast.tracking.registered import Version, move_alias, open_registry, register, tag, versions

MAKE = '''\
"""The stages."""
import hashlib, json, shutil, sys
from pathlib import Path

def sha256(path): return hashlib.sha256(Path(path).read_bytes()).hexdigest()
def text(value): return json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False) + "\\n"
def put(path, content):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(content)
params = json.loads(Path("params.yaml").read_text())  # JSON is YAML
end, panel = params["data"]["end"], "data/samples/" + params["data"]["end"] + ".parquet"

def pull():
    if name := params["data"].get("vintage"):
        answer = Path("data/vintages", name)
        asked = json.loads((answer / "request.json").read_text())["request"]
        put("data/raw/manifest.json", text({"vintage": name, "request": asked, "end": end}))
        shutil.copy(answer / "panel.parquet", "data/raw/panel.parquet")
        return
    asked = {"source": "sample", "files": {panel: sha256(panel)}}
    put("data/raw/manifest.json", text({"vintage": "0" * 16, "request": asked, "end": end}))
    shutil.copy(panel, "data/raw/panel.parquet")

def validate():
    Path("data/validated").mkdir(parents=True, exist_ok=True)
    shutil.copy("data/raw/panel.parquet", "data/validated/panel.parquet")

def window():
    put("data/windows/values.npy", sha256("data/validated/panel.parquet"))
    put("data/windows/manifest.json", text({"sha256": {"values.npy": sha256("data/windows/values.npy")}}))

def baseline():
    said = json.loads(Path("description.json").read_text())
    windows, code = sha256("data/windows/manifest.json"), "src/toy/make.py"
    blocks = {"task": "forecast", "baselines": {"naive": params["baselines"]["naive"]}}
    parts = {"blocks": blocks, "windows": windows, "code": {code: sha256(code)}}
    mark = text(parts | {"lock": sha256("requirements/runtime.txt")})
    said |= {"block": params["baselines"]["naive"], "windows_sha256": windows}
    said |= {"fingerprint": hashlib.sha256(mark.encode()).hexdigest()}
    put("models/naive/model.json", text(said))

def evaluate():
    said = json.loads(Path("scores.json").read_text())
    said |= {"fingerprint": json.loads(Path("models/naive/model.json").read_text())["fingerprint"]}
    put("results/scores/naive.json", text(said))
    Path("results/forecasts").mkdir(parents=True, exist_ok=True)
    shutil.copy("backtest/results/forecasts/naive.parquet", "results/forecasts/naive.parquet")

globals()[sys.argv[1]]()
'''
CODE = ["src/toy/make.py"]
STAGES = {
    "pull": {"params": ["data"], "deps": ["data/samples", *CODE], "outs": ["data/raw"]},
    "validate": {"deps": ["data/raw", *CODE], "outs": ["data/validated"]},
    "window": {"deps": ["data/validated", *CODE], "outs": ["data/windows"]},
    "baseline": {
        "matrix": {"baseline": ["naive"]},
        "params": ["baselines.${item.baseline}"],
        "deps": ["data/windows", "requirements/runtime.txt", "description.json", *CODE],
        "outs": ["models/${item.baseline}"],
    },
    "evaluate": {
        "deps": ["models/naive", "backtest", "scores.json", *CODE],
        "outs": ["results/forecasts/naive.parquet", "results/scores/naive.json"],
    },
}
ROUNDS = ("2001-02-08", "2001-02-09")
"""As-of dates; the model of the second one is the champion."""


def new_project(root: Path, migrated: Path, *, live: bool = False) -> Path:
    """Fills the folder and runs both rounds in it; it is the working directory meanwhile.

    With `live` each round has an answer of a live source, tracked by DVC; otherwise a file under git.
    """
    for number, end in enumerate(ROUNDS):
        _write_panel(root / "data" / "samples" / f"{end}.parquet", number)
    _put(root / "src/toy/make.py", MAKE)
    _put(root / "description.json", json.dumps(description("naive", "baseline")))
    _put(root / "scores.json", json.dumps(scores("naive", "baseline")))
    put_backtest(root / "backtest", "naive")
    _put(root / "requirements/runtime.txt", "numpy==1\n")
    stages = {name: {"cmd": _command(name), **stage} for name, stage in STAGES.items()}
    if live:
        stages["pull"]["deps"] = ["data/vintages", *CODE]
    _put(root / "dvc.yaml", json.dumps({"stages": stages}))
    _put(
        root / ".gitignore",
        "/data/raw/\n/data/validated/\n/data/windows/\n/models/\n/results/\n/mlruns/\n/.reprocast/\n",
    )
    (root / "mlruns").mkdir()
    shutil.copy(migrated, root / "mlruns" / "mlflow.db")
    git(root, "init", "-q", "-b", "main")
    Repo.init(str(root)).close()
    for number, end in enumerate(ROUNDS):
        play(root, end, number + 1, _answered(end, number) if live else None)
    return root


def _answered(end: str, number: int) -> str:
    """Name of the vintage that a source has given at a round."""
    asked = {"source": "yahoo", "series": ["A"], "start": None, "end": end}
    answer = add_turn(store(Answer(_panel(number), asked)), called=end, change="new", accepted=True)
    assert track([answer]) == [answer.name]
    return answer.name


def _command(name: str) -> str:
    return f"{sys.executable} src/toy/make.py {name}"


def play(root: Path, end: str, sequence: int, vintage: str | None = None) -> Version:
    """A round: reproduce, commit, register, decide, move the alias."""
    block = {"kind": "naive", "steps": None}
    data = {"end": end} | ({"vintage": vintage} if vintage else {})
    _put(root / "params.yaml", json.dumps({"data": data, "baselines": {"naive": block}}))
    with Repo(str(root)) as repo:  # in this process: starting DVC takes longer than all stages
        repo.reproduce()
    before = next((one for one in versions(open_registry(root)) if one.tags["status"] == "champion"), None)
    tags = _tags(root, end)
    entry = _entry(tags, before, sequence)
    _put(root / "ledger" / entry.file_name(), entry.text())
    commit(root, f"round {end}")
    registry = open_registry(root)
    settled = settle(registry.store, read_models(root)[0], root)
    version = register(registry, settled.model, settled.run.info.run_id, tags | {"commit": head(root)})
    if before is not None:
        tag(registry, before, {"status": "former"})
    move_alias(registry, version)
    return version


def _tags(root: Path, end: str) -> dict[str, str]:
    said = json.loads((root / "models/naive/model.json").read_text(encoding="utf-8"))
    return {
        "fingerprint": said["fingerprint"],
        "artifact_sha256": artifact_sha256(root / "models/naive"),
        "model": "naive",
        "kind": "baseline",
        "data_sha256": sha256_of_file(root / "data/validated/panel.parquet"),
        "dvc_lock_sha256": sha256_of_file(root / "dvc.lock"),
        "as_of": end,
        "status": "champion",
    }


def _entry(tags: Mapping[str, str], before: Version | None, sequence: int) -> Entry:
    return Entry(
        sequence=sequence,
        action="promote" if before else "first",
        as_of=tags["as_of"],
        name="reprocast",
        champion=_candidate(before.tags) if before else None,
        challenger=_candidate(tags),
        winner=tags["fingerprint"],
        evidence=None,
        reason="It is better.",
        by="a test",
        dvc_lock_sha256=tags["dvc_lock_sha256"],
        data_sha256=tags["data_sha256"],
    )


def _candidate(tags: Mapping[str, str]) -> Candidate:
    names = {key: tags[key] for key in ("fingerprint", "artifact_sha256", "model", "kind")}
    return Candidate.model_validate(names | {"validation_end": None, "parameters": 0, "multiply_adds": 0})


def moved(root: Path, to: Path) -> Path:
    """A copy that a test may change; its MLflow store says where it lies now."""
    shutil.copytree(root, to, symlinks=True)
    file = to / "mlruns" / "mlflow.db"
    with sqlite3.connect(file) as before:
        script = "\n".join(before.iterdump()).replace(str(root), str(to))
    before.close()
    file.unlink()
    with sqlite3.connect(file) as after:
        after.executescript(script)
    after.close()
    return to


def git(root: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    command = ["git", "-C", str(root), *who, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def commit(root: Path, message: str) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", message)


def head(root: Path) -> str:
    return git(root, "rev-parse", "HEAD").strip()


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _write_panel(path: Path, number: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_panel(_panel(number), path)


def _panel(number: int) -> Panel:
    days = np.arange("2001-01-01", "2001-02-10", dtype="datetime64[D]").astype("datetime64[us]")
    return Panel(("A",), np.array([0, 40]), days, {"close": np.arange(40.0) + number})


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory, worker_id: str, migrated: Path) -> Path:
    """The project after two rounds; do not change it. Workers that run side by side share it."""
    base = tmp_path_factory.getbasetemp()
    root = (base if worker_id == "master" else base.parent) / "played" / "project"
    root.parent.mkdir(exist_ok=True)
    with FileLock(f"{root}.lock"):
        if not root.with_name("whole").exists():
            before = Path.cwd()
            root.mkdir()
            os.chdir(root)
            try:
                new_project(root, migrated)
            finally:
                os.chdir(before)
            root.with_name("whole").touch()
    return root


@pytest.fixture
def project(played: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy to change; it is the working directory."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    root = moved(played, tmp_path / "project")
    monkeypatch.chdir(root)
    return root
