"""One's own repository with its remotes, at a time that the test moves."""

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from reprocast.data.sources.yahoo_rehearsal import Rehearsal, rehearsing
from two_weeks import forge, market
from two_weeks.machine import BIN, SOURCE, SYSTEM, Job, Machine
from two_weeks.services import BUCKET, KEYS, mlflow_server, postgres, storage, webhook

PARAMS = """\
schema_version: 1
task: forecast
seeds: [1]
data:
  source: yahoo
  series: [AAA, BBB]
  start: "2023-03-01"
  end: "2024-06-07"
  calendar: XNYS
  season: 5
  kind: prices
validation: {jump_z: null, shift_psi: null, shift_ks: null}
columns: {target: [log_volatility], past: [log_return], future: [day_of_week]}
window: {look_back: 8, horizon: 2, embargo: 2, scaling: none}
split: {test: 100, validation: 60}
architectures:
  gru: {cell: gru, hidden: 4}
train: {batch_size: 64, max_epochs: 1, learning_rate: 0.000001}
baselines: {naive: {}}
compare: {}
runtime: {}
"""


@dataclass
class World:
    """What a test sees and moves."""

    place: Path
    machine: Machine
    yahoo: Rehearsal
    mlflow: str
    """Address of the MLflow server."""
    told: list[dict[str, Any]]
    """What the webhook was told."""

    def at(self, moment: str, workflow: str = "retrain", inputs: Mapping[str, Any] | None = None) -> Job:
        """Runs a workflow at an instant (UTC)."""
        now = datetime.fromisoformat(f"{moment}+00:00")
        self.yahoo.scenario = market.scenario(now)
        self.yahoo.asked.clear()
        self.machine.environment["SIMULATED_NOW"] = now.isoformat()
        return self.machine.run(workflow, inputs)

    def merge(self, moment: str) -> Job:
        """Somebody merges the open pull request; then the promotion runs."""
        assert forge.open_request(self.place)
        self.person("merge", "--quiet", "--no-edit", "origin/reprocast/proposal")
        self.person("push", "--quiet", "origin", "main", ":reprocast/proposal")
        forge.close_all(self.place)
        return self.at(moment, "promote")

    def person(self, *arguments: str) -> str:
        """Git in somebody's clone, which is up to date."""
        clone = self.place / "person"
        if not clone.exists():
            _git(self.place, "clone", "--quiet", str(self.machine.origin), str(clone))
        _git(clone, "fetch", "--quiet", "--prune")
        _git(clone, "merge", "--quiet", "--ff-only", "origin/main")
        return _git(clone, *arguments)

    def command(self, *arguments: str) -> str:
        """What a command of Reprocast prints in somebody's clone, with the machine's credentials."""
        keys = {name.upper().replace("-", "_"): text for name, text in KEYS.items()}
        path = {"PATH": f"{BIN}:{SYSTEM}", "PYTHONPATH": str(SOURCE)}
        ran = subprocess.run(
            [str(BIN / "reprocast"), *arguments],
            cwd=self.place / "person",
            env={**os.environ, **self.machine.environment, **keys, **self.machine.secrets, **path},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def ledger(self) -> list[dict[str, Any]]:
        """The decisions on the main branch, oldest first."""
        names = _git(self.machine.origin, "ls-tree", "-r", "--name-only", "main", "--", "ledger/").split()
        found = [json.loads(_git(self.machine.origin, "show", f"main:{name}")) for name in names]
        return sorted(found, key=lambda entry: (entry["as_of"], entry["sequence"]))


def status(job: Job) -> dict[str, Any]:
    """run_status.json of a run."""
    text = (job.folder / ".reprocast" / "run_status.json").read_text(encoding="utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


@contextmanager
def new_world(place: Path) -> Iterator[World]:
    """Everything started, one's own repository pushed; nothing has run yet."""
    with ExitStack() as stack:
        address = stack.enter_context(storage())
        mlflow = stack.enter_context(mlflow_server(place / "mlflow", stack.enter_context(postgres())))
        hook, told = stack.enter_context(webhook())
        yahoo = stack.enter_context(
            rehearsing(market.scenario(datetime.fromisoformat("2024-06-08T00:00+00:00")))
        )
        (place / "home").mkdir()
        forge.install(place)
        origin = _repository(place, address)
        secrets = {"MLFLOW_TRACKING_URI": mlflow, "REPROCAST_WEBHOOK": hook}
        variables = {"AWS_ROLE": "arn:aws:iam::1:role/reprocast", "AWS_REGION": "us-east-1"}
        simulated = {
            "SIMULATED_YAHOO": yahoo.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        machine = Machine(place, origin, secrets, variables, KEYS, simulated)
        yield World(place, machine, yahoo, mlflow, told)


def _repository(place: Path, address: str) -> Path:
    """What the manual says, with small params and this storage; gives the bare repository."""
    manual = (SOURCE.parent / "docs" / "operations.md").read_text(encoding="utf-8")
    (typed,) = (text for text in re.findall(r"```sh\n(.*?)```", manual, re.DOTALL) if "reprocast new" in text)
    typed = typed.replace("my-bucket", BUCKET)
    ours = (
        f"cp {place}/params.yaml {place}/operations.yaml .\ndvc remote modify storage endpointurl {address}\n"
    )
    before, commit, after = typed.partition("git add")
    (place / "params.yaml").write_text(PARAMS, encoding="utf-8")
    (place / "operations.yaml").write_text(_operations(), encoding="utf-8")
    names = [f"GIT_{role}_{what}" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")]
    who = dict.fromkeys(names, "ann@example.org")
    path = {"PATH": f"{place / 'bin'}:{BIN}:{SYSTEM}", "PYTHONPATH": str(SOURCE), "GH_TOKEN": "a person's"}
    ran = subprocess.run(
        ["bash", "-e"], input=before + ours + commit + after,
        cwd=place, env={**os.environ, **who, **path}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return place / "origin.git"


def _operations() -> str:
    """No waiting for a source that is down, and an error that is spent within the weeks."""
    text = (files("reprocast.project") / "operations.yaml").read_text(encoding="utf-8")
    for before, after in {"attempts: 4 ": "attempts: 1 ", "period: null ": "period: 40 "}.items():
        assert before in text
        text = text.replace(before, after)
    return text


def _git(folder: Path, *arguments: str) -> str:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
    ran = subprocess.run(
        ["git", *who, "-C", str(folder), *arguments], env=kept, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout
