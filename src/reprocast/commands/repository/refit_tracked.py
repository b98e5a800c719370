"""The refitted model under DVC: `refit.dvc` goes with the commit of its decision, the files to the remote.

What was decided on is what is promoted, on whatever machine: fitted again there, its last bits might differ.
"""

import subprocess
from pathlib import Path

from reprocast.commands.repository.dvc import dvc
from reprocast.commands.repository.tracked import has_remote
from reprocast.errors import CannotCreateError, DiskError, TryAgainError, UsageError
from reprocast.registry.refit import FOLDER, POINTER


def refuse_untrackable(root: Path) -> None:
    """Refuses a folder in which DVC would have to edit .gitignore; to be asked before anything is fitted.

    Raises:
        UsageError: git does not ignore refit/.
    """
    if not _has_dvc(root):
        return
    asked = ["git", "-C", str(root), "check-ignore", "--quiet", f"{FOLDER}/model.json"]
    if subprocess.run(asked, capture_output=True, check=False).returncode == 1:
        raise UsageError(
            f".gitignore: lacks /{FOLDER}/, which gate.refit needs; add that line, and commit it"
        )


def track_refit(root: Path) -> None:
    """Lets DVC keep refit/ and writes refit.dvc; the same files give the same bytes. Without DVC: nothing.

    Raises:
        DiskError, CannotCreateError: DVC could not copy them to its cache.
    """
    if not _has_dvc(root):
        return
    ran = dvc("add", "--quiet", FOLDER, quiet=True, folder=root)
    if ran.returncode:
        error = DiskError if "No space left" in ran.stderr else CannotCreateError
        raise error(f"{FOLDER}: DVC cannot track it: {_reason(ran.stderr)}")


def bring_refit() -> None:
    """Makes refit/ what refit.dvc of the commit says: from the cache, or else from the remote.

    Raises:
        TryAgainError: the remote cannot be reached.
    """
    if (
        not Path(POINTER).is_file()
        or not dvc("checkout", "--quiet", "--force", POINTER, quiet=True).returncode
    ):
        return
    if has_remote():
        ran = dvc("pull", "--quiet", "--force", POINTER, quiet=True)
        if ran.returncode:
            raise TryAgainError(f"dvc pull: {POINTER}: {_reason(ran.stderr)}; run again later")


def _reason(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it gave no reason"


def _has_dvc(root: Path) -> bool:
    return (root / ".dvc").is_dir()
