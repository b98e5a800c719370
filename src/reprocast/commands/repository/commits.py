"""What git holds: a file as a commit has it, the commits that hold a file, and what was changed since."""

import subprocess
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from reprocast.deterministic import sha256_of_bytes
from reprocast.errors import UnavailableError


def git(root: Path, *arguments: str, said: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    """Runs `git …` in the project's folder; what it answers is kept, and its exit code is the caller's.

    Args:
        root: the project.
        arguments: what follows `git`.
        said: what it reads.

    Raises:
        UnavailableError: git is not installed.
    """
    command = ["git", "-C", str(root), *arguments]
    try:
        return subprocess.run(command, input=said, capture_output=True, check=False)
    except FileNotFoundError:
        raise UnavailableError("git: is not installed, and the chain leads through its commits") from None


def blob(root: Path, commit: str, path: str) -> bytes | None:
    """A file of the project at a commit; None if the commit, or the file in it, is not here."""
    found = git(root, "show", f"{commit}:./{path}")
    return None if found.returncode else found.stdout


def blobs(root: Path, commit: str, paths: Collection[str]) -> dict[str, bytes]:
    """Those of several files that a commit has, by path."""
    names = sorted(paths)
    asked = "".join(f"{commit}:./{name}\n" for name in names).encode()
    said = git(root, "cat-file", "--batch", said=asked).stdout
    found: dict[str, bytes] = {}
    place = 0
    for name in names:
        end = said.find(b"\n", place)
        words = said[place:end].split()
        place = end + 1
        if len(words) == 3 and words[1] == b"blob":
            size = int(words[2])
            found[name] = said[place : place + size]
            place += size + 1
    return found


def commits_with(root: Path, path: str, sha256: str, first: Sequence[str] = ()) -> Iterator[str]:
    """Commits that hold a file of this hash: those named first, then those that brought it, newest first."""
    for commit in [*first, *_lines(git(root, "log", "--all", "--format=%H", "--", path))]:
        content = blob(root, commit, path)
        if content is not None and sha256_of_bytes(content) == sha256:
            yield commit


def rewritten(root: Path, folder: str) -> list[str]:
    """Files of a folder that some commit before HEAD, or the working tree, changed or removed."""
    log = ("log", "-m", "--full-history", "--diff-filter=DMT", "--name-only", "--format=", "--relative")
    before = _lines(git(root, *log, "HEAD", "--", folder))
    return sorted(
        {*before, *_lines(git(root, "diff", "--diff-filter=DMT", "--name-only", "HEAD", "--", folder))}
    )


def uncommitted(root: Path, folder: str) -> list[str]:
    """Files of a folder that HEAD does not have yet."""
    committed = set(_lines(git(root, "ls-tree", "-r", "--name-only", "HEAD", "--", folder)))
    there = {path.relative_to(root).as_posix() for path in (root / folder).rglob("*") if path.is_file()}
    return sorted(there - committed)


def _lines(ran: "subprocess.CompletedProcess[bytes]") -> list[str]:
    return ran.stdout.decode("utf-8", "replace").split("\n")[:-1] if ran.returncode == 0 else []
