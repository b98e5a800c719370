"""A project whose rounds take a second: real git, DVC and MLflow, but stages of a line and a toy gate."""

import contextlib
import io
import json
import os
import subprocess
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import toy_gate
from live_source import LiveSource, prices

from reprocast.commands import repro
from reprocast.commands import retrain as retrain_module
from reprocast.commands.repository import dvc as dvc_module
from reprocast.commands.repository import refit_tracked, tracked
from reprocast.commands.retrain import retrain
from reprocast.commands.rounds import back as retrain_back
from reprocast.commands.rounds import drift as retrain_drift
from reprocast.commands.rounds import new as retrain_new
from reprocast.commands.rounds import publishing as retrain_publishing
from reprocast.commands.rounds import remote as retrain_remote

ROOT = Path(__file__).parents[1]
PARAMS = """\
# kept
schema_version: 1
task: forecast
seeds: [1]
data:
  source: yahoo
  series: [AAA, BBB]
  start: "2024-01-02"
  end: "2024-02-21"   # moves
  calendar: XNYS
  season: 5
  kind: prices
validation: {}
columns: {target: [close]}
window: {look_back: 2, horizon: 1}
split: {test: 5, validation: 5}
architectures: {gru: {cell: gru, hidden: 2}}
train: {max_epochs: 1}
baselines: {naive: {}}
compare: {}
runtime: {}
"""
PIPELINE = """\
stages:
  pull:
    cmd:
      - mkdir -p data/raw && cat data/vintages/*.json > data/raw/answers
      - grep end params.yaml > data/raw/end
    params: [data]
    deps: [data/vintages]
    outs: [data/raw]
  validate:
    cmd: mkdir -p data/validated && cp data/raw/end data/validated/end
    deps: [data/raw]
    outs: [data/validated]
  train:
    cmd: mkdir -p models/gru && sed s/end/weights/ data/validated/end > models/gru/model.json
    deps: [data/validated]
    outs: [models/gru]
  compare:
    cmd:
      - mkdir -p results && cp models/gru/model.json results/leaderboard
      - echo '{"test_mae":1}' > metrics.json
    deps: [models/gru]
    metrics: [{metrics.json: {cache: false}}]
    outs: [results/leaderboard]
"""
FIRST, NEXT = 35, 36
"""Sessions that the source has in the first and in the next round."""


def quick_dvc(
    *arguments: str, quiet: bool = False, folder: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    """DVC in this process: starting it is most of what it takes."""
    from dvc.cli import main

    said, complained = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # DVC's own; where it is started nobody sees them
        code = main(list(arguments))
    return subprocess.CompletedProcess(arguments, code, said.getvalue(), complained.getvalue())


@dataclass(frozen=True)
class World:
    """The current folder is a clone; beside it are the bare repository and DVC's remote."""

    source: LiveSource
    monkeypatch: pytest.MonkeyPatch

    def round(self, sessions: int = NEXT, **options: Any) -> str:
        """A round on the day of this session; the source's clock stands still."""
        self.source.frame, self.source.calls = prices(sessions=sessions), sessions
        return retrain(as_of=day(sessions), **options)

    def longer(self, sessions: int) -> Any:
        """What the source answers when it has had that many sessions."""
        return prices(sessions=sessions)

    def state(self, *, outputs: bool = True) -> dict[str, Any]:
        """Everything that a round leaves, but for what names the process."""
        return {
            "remote": git("ls-remote", "../origin.git"),
            "here": git("rev-parse", "HEAD"),
            "changed": git("status", "--porcelain"),
            "outputs": contents(
                "data", "models", "refit", "results", "metrics.json", "params.yaml", "refit.dvc"
            )
            if outputs
            else {},
            "pushed": sorted(path.name for path in Path("../remote").rglob("*") if path.is_file()),
            "registry": toy_gate.registry(),
            "journal": Path(".reprocast/round.json").exists(),
        }


def day(sessions: int) -> str:
    """The last of the source's first sessions."""
    return str(prices(sessions=sessions)["ds"].max().date())


def git(*arguments: str) -> str:
    """What git prints."""
    ran = subprocess.run(["git", *arguments], capture_output=True, text=True, check=True)
    return ran.stdout


def contents(*names: str) -> dict[str, bytes]:
    """Files and folders by path."""
    paths = [path for name in names for path in (Path(name), *Path(name).rglob("*"))]
    return {path.as_posix(): path.read_bytes() for path in sorted(paths) if path.is_file()}


def status() -> dict[str, Any]:
    """run_status.json."""
    found: dict[str, Any] = json.loads(Path(".reprocast/run_status.json").read_text(encoding="utf-8"))
    return found


def new_world(folder: Path, migrated: Path) -> None:
    """A clone of a bare repository with the toy project in it, a folder as DVC's remote, an MLflow store."""
    for name in (".gitignore", ".dvcignore", ".dvc/config", ".dvc/.gitignore", "data/vintages/README.md"):
        put(folder / "project" / name, (ROOT / name).read_text(encoding="utf-8"))
    with (folder / "project/.dvc/config").open("a", encoding="utf-8") as stream:
        stream.write("    remote = beside\n['remote \"beside\"']\n    url = ../../remote\n")
    put(folder / "project/dvc.yaml", PIPELINE)
    put(folder / "project/params.yaml", PARAMS)
    put(folder / "project/mlruns/mlflow.db", "")
    (folder / "project/mlruns/mlflow.db").write_bytes(migrated.read_bytes())
    (folder / "remote").mkdir()
    os.chdir(folder / "project")
    for line in (
        "init -q -b main",
        "init -q --bare -b main ../origin.git",
        "remote add origin ../origin.git",
    ):
        git(*line.split())
    git("add", "-A")
    git("commit", "-q", "-m", "start")
    git("push", "-q", "origin", "main")


def put(path: Path, text: str) -> None:
    """Writes a file, its folders too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """DVC is called and not started, git knows who and when, and the gate is a toy."""
    for module in (dvc_module, repro, retrain_back, retrain_remote, tracked, refit_tracked):
        monkeypatch.setattr(module, "dvc", quick_dvc)
    monkeypatch.setattr(repro, "_record", lambda _uri: None)
    gate = SimpleNamespace(
        weighed=lambda *a, **k: toy_gate.weighed(*a, **k),  # by name, so that a test may kill a round there
        refitted=lambda *a: toy_gate.refitted(*a),
        recorded=lambda *a: toy_gate.recorded(*a),
        enact=lambda *a: toy_gate.enact(*a),
        enact_pending=lambda *a: toy_gate.enact_pending(*a),
    )
    monkeypatch.setattr(retrain_publishing, "gate", lambda: gate)
    monkeypatch.setattr(retrain_drift, "drift_lines", lambda _root: ["Drift: none"])
    monkeypatch.setattr(retrain_new, "superseded", lambda *_: [])  # entries of the toy are no entries
    for role in ("AUTHOR", "COMMITTER"):
        for what, value in (("NAME", "T"), ("EMAIL", "t@example.org"), ("DATE", "2024-01-01T00:00:00Z")):
            monkeypatch.setenv(f"GIT_{role}_{what}", value)
    for name in ("CI", "GITHUB_ACTOR", "REPROCAST_WEBHOOK", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REPROCAST_BY", "somebody")


class Killed(BaseException):
    """The end of the process, in a test: nothing that would put things right has its turn."""


def killed(world: World, place: Any, name: str, when: str) -> None:
    """A round whose process ends before or after a call.

    Args:
        world: where.
        place: the module that calls.
        name: what it calls.
        when: `before`, `after`, or after the first arguments of the call, `after x y`.
    """
    whole, (side, *wanted) = getattr(place, name), when.split()

    def cut(*arguments: Any, **options: Any) -> Any:
        is_it = list(arguments[: len(wanted)]) == wanted
        result = whole(*arguments, **options) if side == "after" or not is_it else None
        if is_it:
            raise Killed
        return result

    with world.monkeypatch.context() as patch:
        patch.setattr(place, name, cut)
        patch.setattr(retrain_module, "ended_badly", lambda _one, _error: None)
        with pytest.raises(Killed):
            world.round()
    assert status()["state"] == "running"
