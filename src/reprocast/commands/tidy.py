"""`reprocast tidy`: removes old vintages, runs, champions' files and cached outputs, by operations.yaml."""

import shutil
from pathlib import Path

from reprocast.commands.decisions.champion_files import unused
from reprocast.commands.decisions.ledger_files import read_ledger
from reprocast.commands.folder.alone import alone
from reprocast.commands.folder.retention import retire
from reprocast.commands.repository.kept_outputs import collect, commits_kept
from reprocast.commands.repository.version_commit import commit_of
from reprocast.commands.reproduce import FOLDER
from reprocast.data.differences import counted
from reprocast.errors import NoInputError
from reprocast.params.operations import read_operations
from reprocast.registry.ledger import ever_crowned
from reprocast.tracking.registered import Registry, champion, open_registry, versions
from reprocast.tracking.retired import remove, retired


def tidy(root: Path, *, dry: bool = False) -> str:
    """Removes what is no longer kept, and says what; the working directory is the project.

    Args:
        root: the project.
        dry: only says what would go; vintages are left out of that.

    Raises:
        NoInputError: the commit of a registered version is not here, so that its outputs might go.
        TryAgainError: another command is changing this folder.
        UnavailableError: the MLflow store cannot be reached.
        InternalError: git or DVC failed.
    """
    policy, registry = read_operations(), open_registry(root)
    with alone("tidy"):
        commits = commits_kept(root, policy.retention.commits, registered_commits(root, registry))
        lines = [] if dry else [_vintages(policy.vintages.keep)]
        lines += [_runs(registry, policy.retention.rounds, dry=dry)]
        lines += [_champions(root, registry, policy.retention.champions, dry=dry)]
        lines += [f"DVC's cache: {collect(root, commits, dry=dry)} ({counted(len(commits), 'commit')} kept)"]
        if not dry:
            shutil.rmtree(root / FOLDER, ignore_errors=True)
    return "\n".join(lines)


def registered_commits(root: Path, registry: Registry) -> list[str]:
    """The commit of every registered version.

    Raises:
        NoInputError: one is not here.
    """
    found = []
    for version in versions(registry):
        commit = commit_of(root, version.tags)
        if commit is None:
            raise NoInputError(
                f"{registry.name} version {version.number}: no commit here holds its dvc.lock, so that its "
                "outputs might go; nothing was removed; `git fetch --all --unshallow` first"
            )
        found.append(commit)
    return found


def _vintages(keep: int) -> str:
    return (
        f"vintages: {counted(len(retire(keep)), 'old one')} removed (git and DVC keep those of live sources)"
    )


def _runs(registry: Registry, keep: int, *, dry: bool) -> str:
    runs = retired(registry, keep)
    if not dry:
        remove(registry, runs)
    return f"MLflow: {counted(len(runs), 'run')} {'would go' if dry else 'removed'}"


def _champions(root: Path, registry: Registry, keep: int, *, dry: bool) -> str:
    """Files of the latest champions stay, and those of whom the alias points at, whatever the ledger says."""
    present = champion(registry)
    needed = [one.artifact_sha256 for one in ever_crowned(read_ledger(root))[:keep]]
    gone = unused(root, [*needed, *([present.artifact_sha256] if present else [])])
    for folder in () if dry else gone:
        shutil.rmtree(folder, ignore_errors=True)
    kept = "would go" if dry else "removed"
    return f".reprocast/champion: {counted(len(gone), 'old version')} {kept} (the store has them)"
