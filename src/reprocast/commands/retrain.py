"""`reprocast retrain`: one scheduled round, at any moment, however the last one ended."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC

from reprocast.commands.folder.alone import alone
from reprocast.commands.folder.leftovers import clear_leftovers
from reprocast.commands.folder.stopping import CODE, Stopped
from reprocast.commands.folder.whose import Whose
from reprocast.commands.folder.writable import refuse_unwritable
from reprocast.commands.repro import refuse_elsewhere
from reprocast.commands.rounds.round import Round
from reprocast.commands.rounds.status import begun, changed
from reprocast.commands.rounds.steps import put_back, through
from reprocast.commands.rounds.webhook import tell, tell_of_killed
from reprocast.commands.rounds.words import write_summary
from reprocast.errors import DataError, InternalError, ReprocastError, UsageError
from reprocast.params.base import Block, Instant
from reprocast.params.operations import Operations, read_operations
from reprocast.params.reading import read
from reprocast.params.retrain import Retrain
from reprocast.params.root import Params
from reprocast.stages.stage import PARAMS

NEWEST = sys.maxsize
"""As-of step where time is counted in steps and none is named."""


def retrain(*, propose: bool | None = None, as_of: str | None = None) -> str:
    """Does one round; returns what came of it, in a line.

    Args:
        propose: whether to push a proposal instead; none: as operations.yaml says, and else in CI.
        as_of: nothing later is looked at: a date, a time (UTC) or a step; none: now.

    Raises:
        TryAgainError: another command holds the folder (nothing was written); source or remote are down.
        DataError: the challenger was refused; the round is whole, and says so.
        ReprocastError: any other failure; everything is as it was, run_status.json and the webhook are told.
    """
    refuse_elsewhere()
    refuse_unwritable()
    with alone("retrain") as mine:
        one = _begun(mine)
        with _told(one):
            one.operations = read_operations()
            if one.status.killed:
                tell_of_killed(one.status.killed, one.policy)
            one.as_of = _as_of(as_of, mine)
            one.proposes = _proposes(propose, one.policy)
            through(one)
    if one.status.exit_code:
        raise DataError(one.status.line)
    return one.status.line


def _begun(mine: Whose) -> Round:
    """A new round; the killed one before it is marked as such."""
    one = Round(Operations(), proposes=False, as_of=NEWEST, status=begun(mine))
    clear_leftovers()
    if killed := one.status.killed:
        said = f"process {killed['pid']} on {killed['host']}, since {killed['since']}, at {killed['step']}"
        one.notes.append(f"The round before this one was killed ({said}).")
    return one


def _proposes(wish: bool | None, policy: Retrain) -> bool:
    wishes = (wish, policy.propose, bool(os.environ.get("CI")))
    proposes = next(one for one in wishes if one is not None)
    if proposes and policy.remote is None:
        raise UsageError("retrain: --propose needs a remote to push to (operations.yaml, retrain.remote)")
    return proposes


def _as_of(text: str | None, mine: Whose) -> str | int:
    """The as-of date; now where none is named, the one place where a round reads the clock."""
    counts = isinstance(read(PARAMS, Params).data.end, int)
    if text is None:
        return NEWEST if counts else mine.since.astimezone(UTC).replace(tzinfo=None).isoformat()[:19]
    try:
        return int(text) if counts else Dated.model_validate({"as_of": text}).as_of
    except ValueError:
        what = (
            "a step like 1200" if counts else "a date like 2013-03-01 or a time (UTC) like 2013-03-01T21:00"
        )
        raise UsageError(f"--as-of: {text!r} is not {what}") from None


class Dated(Block):
    """An as-of date as a user writes it."""

    as_of: Instant
    """Date, or time without a zone."""


@contextmanager
def _told(one: Round) -> Iterator[None]:
    """Says in run_status.json and run_summary.md how it ended; after a failure puts everything back first."""
    try:
        yield
    except BaseException as error:
        ended_badly(one, error)
        raise
    code = DataError.exit_code if one.status.action == "refuse" else 0
    one.status = changed(one.status, state="done", exit_code=code)
    write_summary(one.status, one.acquired, one.notes, one.results)
    if code:
        tell(one.status, one.policy)


def ended_badly(one: Round, error: BaseException) -> None:
    """The round failed or was stopped."""
    code, line = _code_and_line(error)
    state = "stopped" if isinstance(error, Stopped | KeyboardInterrupt) else "failed"
    put_back(one, code)
    one.status = changed(one.status, state=state, outcome="failed", exit_code=code, line=line)
    write_summary(one.status, one.acquired, one.notes, one.results)
    tell(one.status, one.policy)


def _code_and_line(error: BaseException) -> tuple[int, str]:
    if isinstance(error, ReprocastError):
        return error.exit_code, str(error).replace("\n", "; ")
    if isinstance(error, Stopped):
        return CODE, "stopped by SIGTERM"
    if isinstance(error, KeyboardInterrupt):
        return 130, "interrupted"
    return InternalError.exit_code, f"our own fault: {error!r}"
