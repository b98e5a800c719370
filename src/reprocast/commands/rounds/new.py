"""Step of a round: is there anything new, compared with what the branch or the open proposal has?"""

import hashlib
import json
from pathlib import Path

from reprocast.commands.repository.git import content, git
from reprocast.commands.rounds.place import tree_with
from reprocast.data.vintage import VINTAGES
from reprocast.registry.ledger_entry import Entry
from reprocast.stages.publish import write_file
from reprocast.stages.stage import PARAMS

LEDGER = "ledger"
STAYS = ("keep", "refuse")
"""Actions after which the champion is who it was."""


def is_covered(commit: str, params: str) -> bool:
    """Whether a commit has this params.yaml and the vintages that are here, and a decision on its results."""
    if content(commit, PARAMS.as_posix()) != params.encode() or not is_decided(commit):
        return False
    return tree_with(commit, VINTAGES.as_posix()) == git("rev-parse", f"{commit}^{{tree}}")


def is_decided(commit: str) -> bool:
    """Whether the ledger of a commit has an entry for the dvc.lock of that commit."""
    lock = content(commit, "dvc.lock")
    if lock is None:
        return False
    wanted = hashlib.sha256(lock).hexdigest()
    return any(_entry(commit, name).get("dvc_lock_sha256") == wanted for name in _names(commit, LEDGER))


def take_vintages(proposal: str, base: str) -> None:
    """Brings the vintages of an open proposal here: what it has asked the source for is not asked anew.

    A manifest that is here with other turns than the base has is left as it is.
    """
    for name in _names(proposal, VINTAGES.as_posix()):
        path, theirs = Path(name), content(proposal, name)
        here = path.read_bytes() if path.exists() else None
        if theirs is not None and here in (None, content(base, name)) and here != theirs:
            write_file(path, theirs)


def carry_over(proposal: str, base: str) -> None:
    """Takes over what an open proposal has decided against a challenger.

    It was a look at the data, and alpha was spent on it, merged or not.
    """
    for name in _names(proposal, LEDGER):
        if content(base, name) is None and _entry(proposal, name).get("action") in STAYS:
            write_file(Path(name), content(proposal, name) or b"")


def superseded(proposal: str, base: str) -> list[Entry]:
    """Promotions of an open proposal: nobody was promoted, but what they have spent is spent."""
    new = [name for name in _names(proposal, LEDGER) if content(base, name) is None]
    crowned = [name for name in new if _entry(proposal, name).get("action") not in STAYS]
    return [Entry.model_validate_json(content(proposal, name) or b"") for name in crowned]


def _names(commit: str, folder: str) -> list[str]:
    return git("ls-tree", "-r", "--name-only", commit, "--", f"{folder}/").splitlines()


def _entry(commit: str, name: str) -> dict[str, object]:
    try:
        found = json.loads(content(commit, name) or b"")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
