"""Git as a child process that never asks for a password."""

import os
import subprocess
from pathlib import Path

from reprocast.errors import InternalError, TryAgainError

QUIET = {"GIT_TERMINAL_PROMPT": "0", "GIT_EDITOR": "true", "LC_ALL": "C"}
AUTHOR = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Reprocast"), ("EMAIL", "reprocast@localhost"))
}
"""Who commits where git does not know."""


def git(*arguments: str, index: Path | None = None) -> str:
    """What `git …` prints, without the last line break.

    Args:
        arguments: what follows `git`.
        index: the index to use instead of the repository's own.

    Raises:
        InternalError: it failed.
    """
    ran = _run(arguments, {"GIT_INDEX_FILE": str(index.resolve())} if index else {})
    if ran.returncode:
        raise InternalError(f"git {arguments[0]} failed: {_complaint(ran.stderr)}")
    return ran.stdout.rstrip("\n")


def content(commit: str, path: str) -> bytes | None:
    """A file as a commit has it; none where it has none."""
    command = ["git", "cat-file", "blob", f"{commit}:{path}"]
    ran = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return None if ran.returncode else ran.stdout


def succeeds(*arguments: str) -> bool:
    """Whether `git …` leaves with 0."""
    return _run(arguments, {}).returncode == 0


def over_the_network(*arguments: str) -> str:
    """As `git`, for what talks to a remote.

    Raises:
        TryAgainError: the remote cannot be reached, or refuses.
    """
    ran = _run(arguments, {})
    if ran.returncode:
        raise TryAgainError(f"git {arguments[0]}: {_complaint(ran.stderr)}; run again when that is settled")
    return ran.stdout.rstrip("\n")


def _run(arguments: tuple[str, ...], more: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, **QUIET, **more}
    if arguments[0] == "commit-tree" and not succeeds("var", "GIT_COMMITTER_IDENT"):
        environment = {**AUTHOR, **environment}
    return subprocess.run(
        ["git", "-c", "core.quotePath=false", *arguments],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip


def _complaint(text: str) -> str:
    """The lines that matter of what git said, in one."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("hint:")]
    rule = [line for line in lines if line.startswith("remote:") and any(map(str.isalpha, line[7:]))]
    marked = [line for line in lines if line.startswith(("error:", "fatal:", "! "))]
    return "; ".join((rule[:2] + marked or lines)[:3]) or "it gave no reason"
