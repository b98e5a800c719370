"""The way back: a round that failed, was stopped or killed leaves params.yaml and the rest as they were."""

import hashlib
import json
import shutil
from pathlib import Path

from reprocast.commands.folder.leftovers import clear_leftovers
from reprocast.commands.repository.dvc import dvc
from reprocast.commands.repository.git import content, git, succeeds
from reprocast.commands.rounds.place import FILES
from reprocast.errors import UsageError
from reprocast.registry.refit import FOLDER, POINTER
from reprocast.stages.publish import STATE, write_file
from reprocast.stages.stage import PARAMS

JOURNAL = STATE / "round.json"
"""There while a round changes what git keeps: its commit, and params.yaml as the round wrote it."""


def begin(base: str, params: str) -> None:
    """Notes what is about to be changed, so that it can be told from what somebody edits later."""
    write_file(JOURNAL, json.dumps({"base": base, "params_sha256": _sha256(params.encode())}))


def put_back(*, outputs: bool = True) -> bool:
    """Makes what a round has changed as it was before; returns whether there was anything to do.

    Vintages stay: they are answers of the source, and the next round commits them.

    Args:
        outputs: whether to bring back the outputs as well. A round that goes on has no need of them, and the
            journal stays for its own end.

    Raises:
        UsageError: params.yaml was edited since; nothing was touched.
    """
    if not JOURNAL.exists():
        return False
    _refuse_edited(json.loads(JOURNAL.read_text(encoding="utf-8"))["params_sha256"])
    Path(git("rev-parse", "--git-path", "index.lock")).unlink(
        missing_ok=True
    )  # git was killed with the round
    git("reset", "--quiet")
    kept = [name for name in (*FILES, "ledger") if succeeds("cat-file", "-e", f"HEAD:{name}")]
    git("checkout", "--quiet", "HEAD", "--", *kept)
    git("clean", "--quiet", "--force", "-d", "--", "ledger", *(name for name in FILES if name not in kept))
    clear_leftovers()
    if not Path(POINTER).exists():
        shutil.rmtree(FOLDER, ignore_errors=True)
    if outputs:
        dvc("checkout", "--quiet", "--force", quiet=True)
        JOURNAL.unlink()
    return True


def finished() -> None:
    """Forgets the round: what it changed is in git."""
    JOURNAL.unlink(missing_ok=True)


def _refuse_edited(ours: str) -> None:
    now = PARAMS.read_bytes() if PARAMS.exists() else None
    if now not in (None, content("HEAD", PARAMS.as_posix())) and _sha256(now) != ours:
        raise UsageError(
            f"{PARAMS}: was edited after a round that did not end; commit it, or `git checkout -- {PARAMS}`"
        )


def _sha256(data: bytes | None) -> str:
    return hashlib.sha256(data or b"").hexdigest()
