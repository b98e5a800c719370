"""Which outputs stay in DVC's cache: those of the commits that are kept, and every answer of a source.

DVC keeps what tags name. The tags are set in a clone that shares git's objects and DVC's cache and is thrown
away afterwards, so that the project's own repository sees none of it.
"""

import re
import tempfile
from collections.abc import Collection
from pathlib import Path

from reprocast.commands.repository.commits import blob, git
from reprocast.commands.repository.dvc import dvc
from reprocast.data.vintage import VINTAGES
from reprocast.errors import InternalError

NOBODY = ("-c", "user.name=reprocast", "-c", "user.email=reprocast@localhost", "-c", "commit.gpgsign=false")


def commits_kept(root: Path, newest: int, registered: Collection[str]) -> list[str]:
    """Commits whose outputs stay: registered ones, the newest with a dvc.lock, tips of branches, tags.

    Args:
        root: the project.
        newest: how many of the current branch.
        registered: commits of registered versions.
    """
    recent = _lines(root, "log", f"-{newest}", "--format=%H", "HEAD", "--", "dvc.lock")
    tips = _lines(root, "for-each-ref", "--format=%(objectname)", "refs/heads", "refs/remotes", "refs/tags")
    named = dict.fromkeys([*registered, *recent, *tips])
    return [commit for commit in named if blob(root, commit, "dvc.lock") is not None]


def collect(root: Path, commits: Collection[str], *, dry: bool) -> str:
    """Lets DVC remove from its cache what neither `commits` nor the working tree need; what it says of it.

    Answers of live sources stay, of any commit there ever was: they are the one thing that cannot be made
    again. A remote is never touched.

    Raises:
        InternalError: git or DVC failed; nothing was removed.
    """
    top, prefix, *_ = git(root, "rev-parse", "--show-toplevel", "--show-prefix").stdout.decode().split("\n")
    with tempfile.TemporaryDirectory(prefix="reprocast-") as scratch:
        keeper = Path(scratch, "keeper")
        _must(root, "clone", "-q", "--shared", "--no-tags", top, str(keeper))
        place = keeper / prefix
        for number, commit in enumerate(commits):
            _must(keeper, "tag", f"kept-{number}", commit)
        _keep_vintages(root, keeper, place)
        cache = _said("cache", "dir", folder=root)[-1]
        _said("config", "--local", "cache.dir", str((root / cache).resolve()), folder=place)
        dried = ["--dry"] if dry else []
        said = _said(
            "gc",
            "--all-tags",
            "--all-experiments",
            "--force",
            *dried,
            "-p",
            str(root.resolve()),
            folder=place,
        )
    found = next((line for line in said if line.startswith(("Removed", "No unused"))), "")
    return found.replace("Removed", "would remove") if dry else found  # DVC's own words are the same


def _keep_vintages(root: Path, keeper: Path, place: Path) -> None:
    """One more tag: a commit with every pointer to an answer that history has."""
    pattern = f"{VINTAGES.as_posix()}/*.dvc"
    found = _lines(
        root,
        "log",
        "--all",
        "--diff-filter=AM",
        "--name-only",
        "--format=commit %H",
        "--relative",
        "--",
        pattern,
    )
    commit = ""
    for line in found:
        if match := re.fullmatch("commit ([0-9a-f]+)", line):
            commit = match[1]
        elif line and not (place / line).is_file():
            (place / line).parent.mkdir(parents=True, exist_ok=True)
            (place / line).write_bytes(blob(root, commit, line) or b"")
    _must(keeper, "add", "-A")
    _must(keeper, *NOBODY, "commit", "-q", "--allow-empty", "--no-verify", "-m", "every vintage")
    _must(keeper, "tag", "kept-vintages")


def _lines(root: Path, *arguments: str) -> list[str]:
    ran = git(root, *arguments)
    return ran.stdout.decode("utf-8", "replace").splitlines() if ran.returncode == 0 else []


def _must(folder: Path, *arguments: str) -> None:
    ran = git(folder, *arguments)
    if ran.returncode:
        raise InternalError(f"git {' '.join(arguments[:1])}: {ran.stderr.decode('utf-8', 'replace').strip()}")


def _said(*arguments: str, folder: Path) -> list[str]:
    ran = dvc(*arguments, quiet=True, folder=folder)
    if ran.returncode:
        raise InternalError(f"dvc {arguments[0]}: {ran.stderr.strip()}; nothing was removed")
    return [line.strip() for line in (*ran.stdout.splitlines(), *ran.stderr.splitlines()) if line.strip()]
