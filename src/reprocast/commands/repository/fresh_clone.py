"""A fresh folder with a commit checked out and the data that its first stage asks for, and nothing else."""

import json
from pathlib import Path

from reprocast.commands.repository.at_commit import Outputs
from reprocast.commands.repository.commits import git
from reprocast.commands.repository.dvc import dvc
from reprocast.data.vintage import VINTAGES
from reprocast.deterministic import sha256_of_file
from reprocast.errors import CannotCreateError, InternalError, NoInputError

RAW = "data/raw"


def clone(root: Path, commit: str, to: Path) -> Path:
    """Checks a commit out into `to`; where the project lies in it.

    Raises:
        CannotCreateError: the folder is not empty, or cannot be written.
        NoInputError: git cannot check the commit out.
    """
    if to.exists() and any(to.iterdir()):
        raise CannotCreateError(f"{to}: is not empty; remove it, or name another with --to")
    top = git(root, "rev-parse", "--show-toplevel", "--show-prefix").stdout.decode().split("\n")
    to.parent.mkdir(parents=True, exist_ok=True)
    made = git(root, "clone", "-q", "--shared", "--no-checkout", top[0], str(to.resolve()))
    if made.returncode == 0:
        made = git(to, "checkout", "-q", "--detach", commit)
    if made.returncode:
        reason = made.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise NoInputError(f"commit {commit[:12]}: cannot be checked out into {to}: {' '.join(reason)}")
    return to / top[1]


def bring_data(root: Path, outputs: Outputs, work: Path) -> str:
    """Brings what the panel was made from; where that is kept nowhere, the panel itself; says which.

    Args:
        root: the project.
        outputs: those of the commit.
        work: the project in the fresh folder.

    Raises:
        NoInputError: neither is here.
    """
    manifest = json.loads(outputs.text(f"{RAW}/manifest.json"))
    name = str(manifest["vintage"])
    folder = f"{VINTAGES.as_posix()}/{name}"
    try:
        if outputs.copy(folder, work):
            _forget_others(work, name)
            return f"from vintage {name}"
    except NoInputError:
        pass  # it is known, but kept nowhere any more: the panel that was made from it may be
    files = manifest["request"].get("files", {})
    if files and all(_bring(root, outputs, work, path, sha256) for path, sha256 in files.items()):
        return f"from {', '.join(files)}"
    return _start_from_panel(outputs, work, name)


def _forget_others(work: Path, name: str) -> None:
    """DVC runs no stage while anything that its dependency names is missing."""
    for pointer in (work / VINTAGES).glob("*.dvc"):
        if pointer.stem != name:
            pointer.unlink()


def _bring(root: Path, outputs: Outputs, work: Path, path: str, sha256: str) -> bool:
    """A file of one's own: under git, under DVC, or still the same in the project."""
    if not _is(work / path, sha256):
        outputs.copy(path, work)
    if not _is(work / path, sha256) and _is(root / path, sha256):
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_bytes((root / path).read_bytes())
    return _is(work / path, sha256)


def _is(path: Path, sha256: str) -> bool:
    return path.is_file() and sha256_of_file(path) == sha256


def _start_from_panel(outputs: Outputs, work: Path, name: str) -> str:
    outputs.copy(RAW, work)
    _forget_others(work, "")
    removed = dvc("remove", "pull", quiet=True, folder=work)  # a frozen one would still want its dependencies
    if removed.returncode:
        raise InternalError(f"{work}: dvc remove pull: {removed.stderr.strip()}")
    return f"from the panel in {RAW}, because vintage {name} is kept nowhere"
