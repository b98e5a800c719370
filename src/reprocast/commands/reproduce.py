"""`reprocast reproduce VERSION`: its commit and data in a fresh folder, its stages run, bytes compared."""

import json
import os
import shutil
from pathlib import Path

from reprocast.commands.decisions.refitting import fit_again
from reprocast.commands.packages import other_packages
from reprocast.commands.repository.at_commit import outputs_at
from reprocast.commands.repository.commits import blob
from reprocast.commands.repository.dvc import dvc
from reprocast.commands.repository.fresh_clone import bring_data, clone
from reprocast.commands.repository.version_commit import DVC_LOCK, commit_of
from reprocast.commands.repro import StageFailedError
from reprocast.commands.verify import asked
from reprocast.errors import DataError, InternalError, NoInputError, first_names
from reprocast.registry.artifact import artifact_sha256
from reprocast.registry.hashes import hashes_below, hashes_of
from reprocast.registry.link import SHORT
from reprocast.registry.locked import Lock, folder_md5, read_lock, stage_name
from reprocast.registry.refit import FOLDER as REFIT
from reprocast.stages.publish import STATE
from reprocast.tracking.registered import Version, open_registry

FOLDER = STATE / "reproduced"
"""Where a version is rebuilt unless a folder is named."""
PACKAGES = "requirements/runtime.txt"


def reproduce(root: Path, number: int, to: Path | None = None) -> str:
    """Rebuilds a registered version and says that it has the same bytes.

    Args:
        root: the project; nothing but .reprocast is touched in it.
        number: of the version.
        to: an empty folder, or one that does not exist; None for one below .reprocast, which is replaced.

    Raises:
        NoInputError: no such version; its commit or its data are not here.
        CannotCreateError: the folder is not empty.
        StageFailedError: a stage failed in the fresh folder.
        DataError: the bytes differ.
    """
    version = asked(open_registry(root), number)
    commit = commit_of(root, version.tags)
    if commit is None:
        lock = version.tags.get("dvc_lock_sha256", "")[:SHORT]
        raise NoInputError(
            f"version {number}: no commit here holds its dvc.lock ({lock}); `git fetch --all --unshallow`"
        )
    folder = to or root / FOLDER / str(number)
    if to is None:
        shutil.rmtree(folder, ignore_errors=True)
    work = clone(root, commit, folder)
    with outputs_at(root, commit) as outputs:
        begun = bring_data(root, outputs, work)
    _run(work, stage_name(version.tags["kind"], version.model))
    if version.tags.get("refit_of"):
        fit_again(work, version.model, _with_code_of(work))
    return _compared(version, commit, work, begun)


def _with_code_of(work: Path) -> dict[str, str]:
    """Environment in which the code of the commit is found, where that has its own."""
    own = work / "src"
    paths = [*([str(own.resolve())] if own.is_dir() else []), os.environ.get("PYTHONPATH", "")]
    return {"PYTHONPATH": os.pathsep.join(filter(None, paths))}


def _run(work: Path, stage: str) -> None:
    """The stage and all before it."""
    ran = dvc("repro", "--force", stage, folder=work, stages=_with_code_of(work))
    if ran.returncode == 0:
        return
    failure = work / STATE / "failure.json"
    if failure.is_file():
        note = json.loads(failure.read_text(encoding="utf-8"))
        raise StageFailedError(f"{work}: {note['stage']}", note["code"], note["line"])
    raise InternalError(
        f"{work}: dvc repro {stage} ended with {ran.returncode}; its own message stands above"
    )


def _compared(version: Version, commit: str, work: Path, begun: str) -> str:
    """That all is the same, or what is not and what may be the reason."""
    lock = read_lock((blob(work, commit, DVC_LOCK) or b"").decode("utf-8"))
    place = REFIT if version.tags.get("refit_of") else "models"
    again = " refitted" if place == REFIT else ""
    where = f"version {version.number}, {version.model}{again}, at commit {commit[:SHORT]}, {begun}"
    other = differing(work, lock)
    found = artifact_sha256(work / place / version.model)
    if not other and found == version.artifact_sha256:
        return f"{where}: the same bytes, artifact {found[:SHORT]}, in {work}"
    raise DataError(
        f"{where}: {first_names(other) or 'nothing of dvc.lock'} has other bytes, "
        f"artifact {found[:SHORT]} instead of {version.artifact_sha256[:SHORT]}, in {work}; {_reason(work)}"
    )


def differing(work: Path, lock: Lock) -> list[str]:
    """Outputs that are there and whose bytes are not those of dvc.lock, in the order of the stages."""
    return [
        path for path, md5 in lock.outputs().items() if (work / path).exists() and _md5(work / path) != md5
    ]


def _md5(path: Path) -> str:
    """As DVC has it; hidden files are what DVC itself puts there."""
    if path.is_file():
        return hashes_of(path.read_bytes()).md5
    files = hashes_below(path)
    return folder_md5({name: one.md5 for name, one in files.items() if not name.startswith(".")})


def _reason(work: Path) -> str:
    """What differs here from what the version was made with."""
    lock = work / PACKAGES
    other = other_packages(lock.read_text(encoding="utf-8")) if lock.is_file() else []
    if other:
        return f"installed is {first_names(other)}: make an environment from {lock} and run this in it"
    return (
        "the packages are those of its lock file: another processor, instruction set or thread count? "
        "(docs/verify.md)"
    )
