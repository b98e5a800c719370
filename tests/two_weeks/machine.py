"""A machine that runs our workflows: each step's script for real, the actions by what they do here."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from two_weeks.expressions import filled, holds

BIN = Path(sys.executable).parent
SOURCE = Path(__file__).parents[2] / "src"
STAND_IN = Path(__file__).parent / "stand_in"
SYSTEM = "/usr/local/bin:/usr/bin:/bin"


@dataclass
class Job:
    """One run of a workflow's job."""

    folder: Path
    """The workspace; gone with the machine, so each run has a new one."""
    failed: str = ""
    """Name of the step that failed."""
    code: int = 0
    """Its exit code."""
    log: str = ""
    """What all steps wrote."""
    ran: list[str] = field(default_factory=list)
    """Names of the steps that ran a script."""

    @property
    def summary(self) -> str:
        """The step summary."""
        path = self.folder.parent / "summary.md"
        return path.read_text(encoding="utf-8") if path.exists() else ""


@dataclass
class Machine:
    """Where workflows run, and what they are given."""

    place: Path
    """Folder for everything."""
    origin: Path
    """The bare repository."""
    secrets: Mapping[str, str]
    variables: Mapping[str, str]
    credentials: Mapping[str, str]
    """What the action for OIDC gives out."""
    environment: dict[str, str]
    """Of every step: what the simulation needs."""
    count: int = 0

    def run(self, name: str, inputs: Mapping[str, Any] | None = None) -> Job:
        """Runs a workflow of the main branch as it is now."""
        self.count += 1
        job = Job(self.place / f"run-{self.count:02}" / "work")
        job.folder.mkdir(parents=True)
        text = self._git("show", f"main:.github/workflows/{name}.yml")
        (one,) = YAML(typ="safe").load(text)["jobs"].values()
        context = {**self._context(inputs or {}), "workspace": job.folder}
        if holds(one.get("if"), context, failed=False):
            for step in one["steps"]:
                self._step(step, job, context)
        return job

    def _step(self, step: Mapping[str, Any], job: Job, context: dict[str, Any]) -> None:
        if not holds(step.get("if"), context, failed=bool(job.failed)):
            return
        if "uses" in step:
            done = ACTIONS[step["uses"].split("@")[0]](self, job, step.get("with", {}))
            context["steps"][step.get("id", "")] = {"outputs": done}
            return
        given = {name: filled(text, context) for name, text in step.get("env", {}).items()}
        script = job.folder.parent / "script.sh"
        script.write_text(step["run"], encoding="utf-8")
        ran = subprocess.run(
            ["bash", "-e", str(script)],
            cwd=job.folder, env={**self._environment(job), **given},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        job.ran.append(step["name"])
        job.log += f"== {step['name']}: {ran.returncode}\n{ran.stdout}{ran.stderr}"
        if ran.returncode and not job.failed:
            job.failed, job.code = step["name"], ran.returncode

    def _environment(self, job: Job) -> dict[str, str]:
        """What GitHub gives every step, and nothing of this process."""
        return {
            "PATH": f"{self.place / 'bin'}:{SYSTEM}",
            "HOME": str(self.place / "home"),
            "LANG": "C.UTF-8",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTOR": "schedule",
            "GITHUB_STEP_SUMMARY": str(job.folder.parent / "summary.md"),
            "PYTHONPATH": f"{STAND_IN}:{SOURCE}",
            "OMP_NUM_THREADS": "1",
            **self.environment,
        }

    def _context(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "inputs": inputs,
            "secrets": self.secrets,
            "vars": self.variables,
            "github": {"token": "token-of-the-run", "run_id": self.count, "run_attempt": 1},
            "steps": {},
        }

    def _git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self.origin), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def checkout(machine: Machine, job: Job, _: Mapping[str, Any]) -> dict[str, str]:
    """A clone of the main branch."""
    subprocess.run(["git", "clone", "-q", str(machine.origin), str(job.folder)], check=True)
    return {}


def python(_: Machine, job: Job, __: Mapping[str, Any]) -> dict[str, str]:
    """The environment that pip would make is this one; make finds it newer than the lock file."""
    (job.folder / ".venv").mkdir()
    (job.folder / ".venv" / "bin").symlink_to(BIN)
    (job.folder / ".venv" / "production").touch()
    return {}


def credentials(machine: Machine, _: Job, asked: Mapping[str, Any]) -> dict[str, str]:
    """A role's, for an hour; to the steps that name them only."""
    assert asked["output-env-credentials"] is False
    return dict(machine.credentials)


def restore(machine: Machine, job: Job, asked: Mapping[str, Any]) -> dict[str, str]:
    """The newest cache there is."""
    if (machine.place / "cache").exists():
        shutil.copytree(machine.place / "cache", job.folder / asked["path"], copy_function=os.link)
    return {}


def save(machine: Machine, job: Job, asked: Mapping[str, Any]) -> dict[str, str]:
    """Keeps it for the next run."""
    if (job.folder / asked["path"]).exists():
        shutil.copytree(
            job.folder / asked["path"], machine.place / "cache", copy_function=_linked, dirs_exist_ok=True
        )
    return {}


def _linked(source: str, target: str) -> None:
    if not Path(target).exists():
        os.link(source, target)


def upload(machine: Machine, job: Job, asked: Mapping[str, Any]) -> dict[str, str]:
    """Keeps what is named, as far as it is there."""
    for name in asked["path"].split():
        path = job.folder / name
        if path.is_dir():
            shutil.copytree(path, job.folder.parent / "artifact" / name)
        elif path.exists():
            (job.folder.parent / "artifact").mkdir(exist_ok=True)
            shutil.copy(path, job.folder.parent / "artifact")
    return {}


ACTIONS: dict[str, Callable[[Machine, Job, Mapping[str, Any]], dict[str, str]]] = {
    "actions/checkout": checkout,
    "actions/setup-python": python,
    "actions/cache/restore": restore,
    "actions/cache/save": save,
    "actions/upload-artifact": upload,
    "aws-actions/configure-aws-credentials": credentials,
}
