"""Asking a source and keeping its answer: by `pull` when nothing stored fits, and by `reprocast acquire`."""

import json
from dataclasses import dataclass
from pathlib import Path

from reprocast.data.differences import Differences, differences
from reprocast.data.quarantine import put_aside
from reprocast.data.sources import SOURCES
from reprocast.data.sources.answer import Answer
from reprocast.data.vintage import Vintage, is_live
from reprocast.data.vintages import add_turn, find, pinned, store
from reprocast.errors import DataError, ReprocastError, TryAgainError
from reprocast.params.data import DataBlock
from reprocast.params.operations import read_operations
from reprocast.stages.acquire_report import REPORT, acquire_report
from reprocast.stages.locked import locked
from reprocast.stages.publish import write_file

MANIFEST = Path("data/raw/manifest.json")
ACCEPTED = "--accept-revision"


@dataclass(frozen=True)
class Acquired:
    """What came of asking a source."""

    vintage: Vintage
    """The vintage that is used from now on."""
    differences: Differences
    """How the answer differs from what was in use before."""
    is_news: bool
    """Whether anything was written."""


def acquire(data: DataBlock) -> Vintage:
    """Asks the source and keeps what it answers; raises like `ask_again`."""
    return ask_again(data).vintage


def ask_again(data: DataBlock, *, accept: bool = False) -> Acquired:
    """Asks the source and keeps what it answers; the same answer again changes nothing.

    A live source's answer is compared with what it answered before: rows added and history rebased by a
    recorded split or dividend are taken; other changes of history are kept, but used only once accepted.

    Raises:
        DataError: the source's own faults (data/sources); a partial answer, put aside; a revised history.
        NoInputError, TryAgainError: the source's own faults; another process is asking.
        CannotCreateError, DiskError: the vintage cannot be written.
    """
    with locked("acquire.lock", "another process of this folder is asking the source"):
        answer = _ask(data)
        if answer.lacking:
            _refuse_partial(answer, data)
        found = differences(answer, _used(), raw=data.kind == "prices")
        current = find(answer.request)
        if found.kind == "unchanged" and current:
            return Acquired(current, found, is_news=False)
        vintage = store(answer)
        if is_live(answer.request):
            vintage = _take_turn(vintage, answer, found, data, accept=accept)
        elif found.against and found.kind != "unchanged":
            write_file(REPORT, acquire_report(vintage, found))
        return Acquired(vintage, found, is_news=vintage != current)


def _ask(data: DataBlock) -> Answer:
    """The source's answer; a failure says which vintage is there all the same."""
    try:
        return SOURCES[data.source].ask(data, read_operations())
    except TryAgainError as error:
        raise TryAgainError(f"{error}{_in_use(data)}") from None


def _in_use(data: DataBlock) -> str:
    try:
        current = stored(data)
    except ReprocastError:
        return ""
    if current is None or not current.folder.is_dir():
        return ""
    return f"; vintage {current.name}, up to {current.last}, stays in use"


def _refuse_partial(answer: Answer, data: DataBlock) -> None:
    reason = answer.complaint()
    folder = put_aside(answer, reason)
    raise DataError(f"{reason}; a partial answer is not used, it is put aside in {folder}{_in_use(data)}")


def _take_turn(
    vintage: Vintage, answer: Answer, found: Differences, data: DataBlock, *, accept: bool
) -> Vintage:
    """Records in the manifest that the source's answer is now this one, and whether it may be used."""
    revised = found.kind == "revised"
    accepted = not revised or (accept and not found.changed_since)
    reasons = (*found.reasons, ACCEPTED) if revised and accepted else found.reasons
    if accepted or not vintage.waits:
        vintage = add_turn(
            vintage,
            called=answer.called or "",
            change=found.kind if found.against else "first",
            accepted=accepted,
            against=found.against,
            reasons=reasons,
        )
    if found.against:
        write_file(REPORT, acquire_report(vintage, found))
    if not accepted:
        again = ", again and otherwise than in the revision that waits" if found.changed_since else ""
        raise DataError(
            f"{data.source}: history was revised without a recorded reason{again}: {found.revision}; vintage "
            f"{vintage.name} is kept and not used{_in_use(data)}; see {REPORT}, then `reprocast acquire "
            f"{ACCEPTED}`"
        )
    return vintage


def _used() -> str | None:
    """The vintage that data/raw was made from."""
    return json.loads(MANIFEST.read_text(encoding="utf-8"))["vintage"] if MANIFEST.is_file() else None


def stored(data: DataBlock) -> Vintage | None:
    """The pinned vintage, or the newest that answers the request; asks nobody.

    Raises:
        NoInputError: the pinned vintage or a file of one's own is not there.
        DataError: the pin fits several.
    """
    if data.vintage is not None:
        return pinned(data.vintage)
    return find(SOURCES[data.source].request(data))


def stored_or_acquired(data: DataBlock) -> Vintage:
    """What is stored, or else the source's answer; raises like both."""
    return stored(data) or acquire(data)
