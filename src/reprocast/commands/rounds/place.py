"""Steps of a round that git does: where it starts from, and how its commit gets to the remote.

The remote's branch is the truth. A round's commit is made beside the checked-out branch, goes to the remote
first, and the branch here follows: whatever ends a round, there is no commit that only this clone has.
"""

from dataclasses import dataclass
from pathlib import Path

from reprocast.commands.repository.git import git, over_the_network, succeeds
from reprocast.errors import ParamsError, UsageError, first_names
from reprocast.params.retrain import Retrain
from reprocast.registry.refit import POINTER
from reprocast.stages.publish import STATE

FILES = ("params.yaml", "dvc.lock", "metrics.json", POINTER)
FOLDERS = ("ledger", "data/vintages")
"""What a round changes of what git keeps."""


@dataclass(frozen=True)
class Tips:
    """Where the remote's branches are."""

    branch: str | None
    """Commit of the branch; none: the remote does not have it yet, or there is no remote."""
    proposal: str | None
    """Commit of the open proposal; none: there is none."""


def refuse_other_work(policy: Retrain) -> None:
    """A round starts on its branch, with nothing in it that is not committed.

    Raises:
        UsageError: another branch is checked out, or files are changed.
        ParamsError: git does not know the remote.
    """
    there = git("rev-parse", "--abbrev-ref", "HEAD")
    if there != policy.branch:
        raise UsageError(
            f"retrain: {there} is checked out, and a round belongs on {policy.branch}; `git switch "
            f"{policy.branch}`, or name another branch in operations.yaml (retrain.branch)"
        )
    lines = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!data/vintages").splitlines()
    lines += git("status", "--porcelain", "--", "ledger").splitlines()
    if lines:
        changed = first_names(dict.fromkeys(line[3:] for line in lines))
        raise UsageError(f"retrain: {changed}: changed and not committed; commit that first, or restore it")
    if policy.remote and policy.remote not in git("remote").split():
        raise ParamsError(
            f"operations.yaml: retrain.remote: git knows no remote {policy.remote}; `git remote add` it, or "
            "set null to keep rounds in this clone"
        )


def fetched(policy: Retrain) -> Tips:
    """Asks the remote, and brings its commits here.

    Raises:
        TryAgainError: it cannot be reached.
    """
    if policy.remote is None:
        return Tips(None, None)
    names = {f"refs/heads/{name}": name for name in (policy.branch, policy.proposal)}
    listed = over_the_network("ls-remote", policy.remote, *names)
    tips = {
        names[ref]: sha for sha, ref in (line.split("\t") for line in listed.splitlines()) if ref in names
    }
    if tips:
        over_the_network("fetch", "--quiet", "--no-tags", policy.remote, *(f"+refs/heads/{n}" for n in tips))
    return Tips(tips.get(policy.branch), tips.get(policy.proposal))


def catch_up(tips: Tips, policy: Retrain) -> str:
    """Takes in what others have pushed; returns the commit that the round starts from.

    Raises:
        UsageError: this clone has commits that the remote lacks.
    """
    head = git("rev-parse", "HEAD")
    if tips.branch in (None, head):
        return head
    if not succeeds("merge-base", "--is-ancestor", head, str(tips.branch)):
        ahead = git("log", "--oneline", "-1", "HEAD")
        raise UsageError(
            f"retrain: this clone has commits that {policy.remote}/{policy.branch} lacks ({ahead}); push "
            f"them, or `git reset --hard {policy.remote}/{policy.branch}`"
        )
    _make_way(head, str(tips.branch))
    git("merge", "--quiet", "--ff-only", str(tips.branch))
    return str(tips.branch)


def _make_way(head: str, tip: str) -> None:
    """What a round left here uncommitted gives way where the remote has something by that name."""
    for name in git("diff", "--name-only", head, tip, "--", *FOLDERS).splitlines():
        if succeeds("cat-file", "-e", f"{head}:{name}"):
            git("checkout", "--quiet", head, "--", name)
        else:
            Path(name).unlink(missing_ok=True)


def tree_with(base: str, *paths: str) -> str:
    """The tree of `base` with these files and folders as they are here, removals too."""
    index = STATE / "index"
    index.unlink(missing_ok=True)
    try:
        git("read-tree", base, index=index)
        there = [path for path in paths if Path(path).exists() or git("ls-tree", base, "--", path)]
        git("add", "--all", "--", *there, index=index)
        return git("write-tree", index=index)
    finally:
        index.unlink(missing_ok=True)


def committed(base: str, message: str) -> str:
    """A commit on `base` of what a round changes; `base` itself where that is nothing. No branch moves."""
    tree = tree_with(base, *FILES, *FOLDERS)
    if tree == git("rev-parse", f"{base}^{{tree}}"):
        return base
    return git("commit-tree", tree, "-p", base, "-m", message)


def published(commit: str, policy: Retrain) -> None:
    """Pushes a commit to the branch; the remote refuses it if somebody else was quicker.

    Raises:
        TryAgainError: it was refused, or the remote cannot be reached.
    """
    if policy.remote:
        over_the_network("push", "--quiet", policy.remote, f"{commit}:refs/heads/{policy.branch}")


def proposed(commit: str, tips: Tips, policy: Retrain) -> None:
    """Pushes a commit as the open proposal, in the place of the one before; raises like `published`."""
    ref = f"refs/heads/{policy.proposal}"
    lease = f"--force-with-lease={ref}:{tips.proposal or ''}"
    over_the_network("push", "--quiet", lease, str(policy.remote), f"{commit}:{ref}")


def follow(commit: str, base: str, policy: Retrain) -> None:
    """Moves the branch here to the commit; the files are there already."""
    git("update-ref", "-m", "reprocast retrain", f"refs/heads/{policy.branch}", commit, base)
    git("reset", "--quiet")
