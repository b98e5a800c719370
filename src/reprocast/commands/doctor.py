"""`reprocast doctor`: is everything there that a run needs? A line a check: ok, or what to do."""

import os
import platform
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterable
from contextlib import closing
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from reprocast import __version__
from reprocast.commands.folder.writable import refuse_unwritable
from reprocast.commands.installed import named_version
from reprocast.errors import DiskError, NoInputError, ReprocastError, UnavailableError, first_names
from reprocast.params.operations import OPERATIONS, read_operations
from reprocast.params.reading import read
from reprocast.params.root import Params
from reprocast.stages.stage import PARAMS

PYTHONS = SpecifierSet(">=3.11,<3.14")
PACKAGES = Path("requirements/runtime.txt")
GIGABYTE = 1e9
SPACE_NEEDED = 2 * GIGABYTE
"""Bytes; a run of the default recipe takes a fraction, a user's own data more."""


def doctor() -> None:
    """Prints a line for every check.

    Raises:
        ReprocastError: how many checks failed, with the exit code of the first of them.
    """
    tell(CHECKS.items())


def tell(checks: Iterable[tuple[str, Callable[[], str]]]) -> None:
    """Prints what each check says, or its error; raises like `doctor`."""
    failed: list[ReprocastError] = []
    count = 0
    for name, check in checks:
        count += 1
        try:
            print(f"ok     {name}: {check()}")
        except ReprocastError as error:
            failed.append(error)
            print("\n".join(f"wrong  {name}: {line}" for line in str(error).splitlines()))
    if failed:
        raise type(failed[0])(f"doctor: {len(failed)} of {count} checks failed; what to do is said above")


def _python() -> str:
    found = platform.python_version()
    if found not in PYTHONS:
        raise UnavailableError(f"{found} is not {PYTHONS}; make a new .venv with a fitting one")
    return found


def _packages() -> str:
    lines = [Requirement(line) for line in requires("reprocast") or []]
    needed = [line for line in lines if line.marker is None or line.marker.evaluate({"extra": ""})]
    wrong = [f"{line.name} {_found(line)} is not {line.specifier}" for line in needed if not _fits(line)]
    if wrong:
        raise UnavailableError(f"{first_names(wrong)}; `pip install -r {PACKAGES}`")
    asked = named_version(PACKAGES.read_text(encoding="utf-8")) if PACKAGES.is_file() else None
    if asked not in (None, __version__):
        raise UnavailableError(
            f"reprocast is {__version__}, but {PACKAGES} names {asked}: no stage would know; "
            'docs/operations.md, "Upgrade"'
        )
    return f"all {len(needed)} are there, torch {version('torch')}"


def _found(line: Requirement) -> str:
    try:
        return version(line.name)
    except PackageNotFoundError:
        return "(missing)"


def _fits(line: Requirement) -> bool:
    found = _found(line)
    return found != "(missing)" and line.specifier.contains(found, prereleases=True)


def _git() -> str:
    try:
        said = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise UnavailableError(f"does not run ({error}); install it") from None
    inside = subprocess.run(["git", "rev-parse", "--git-dir"], capture_output=True, check=False)
    if inside.returncode:
        raise NoInputError("this folder is not under git, which DVC needs; `git init` it, or clone it")
    return said.split()[-1]


def _dvc() -> str:
    absent = [name for name in ("dvc.yaml", ".dvc") if not Path(name).exists()]
    if absent:
        raise NoInputError(f"{first_names(absent)}: not in this folder; run in a clone of the project")
    return f"{version('dvc')}, and this folder is a project"


def _disk() -> str:
    refuse_unwritable()
    free = shutil.disk_usage(Path()).free
    if free < SPACE_NEEDED:
        raise DiskError(f"{free / GIGABYTE:.1f} GB are free; make it {SPACE_NEEDED / GIGABYTE:.0f} at least")
    return f"{free / GIGABYTE:.0f} GB are free, and the project's folders can be written"


def _params() -> str:
    data = read(PARAMS, Params).data
    return f"{PARAMS} is right; {data.source} up to {data.end}"


def _operations() -> str:
    read_operations()
    return f"{OPERATIONS} is right" if OPERATIONS.exists() else f"there is no {OPERATIONS}; defaults hold"


def _store() -> str:
    uri = os.environ.get("MLFLOW_TRACKING_URI") or read_operations().tracking.uri
    path = Path(uri.removeprefix("sqlite:///"))
    if not uri.startswith("sqlite:///"):
        return f"{uri} (not asked)"
    if not path.exists():
        return f"{path} is made by the first run"
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
            runs = store.execute("select count(*) from runs").fetchone()[0]
    except sqlite3.Error as error:
        raise UnavailableError(f"{path}: {error}; move it away and run `reprocast sync`") from None
    return f"{path} holds {runs} runs"


CHECKS: dict[str, Callable[[], str]] = {
    "python": _python,
    "packages": _packages,
    "git": _git,
    "dvc": _dvc,
    "disk": _disk,
    "params.yaml": _params,
    "operations.yaml": _operations,
    "MLflow store": _store,
}
"""Name -> what says that all is well, or raises."""
