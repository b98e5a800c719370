"""Takes in new answers: an edited file at every run, a live source when `reprocast acquire` asks for it."""

from pathlib import Path

from reprocast.commands.folder.alone import alone
from reprocast.commands.folder.retention import retire
from reprocast.commands.repository.tracked import push, track
from reprocast.data.calendars import is_exchange
from reprocast.data.differences import counted
from reprocast.data.sources import SOURCES
from reprocast.data.vintage import VINTAGES, is_live
from reprocast.data.vintages import known
from reprocast.deterministic import canonical_json
from reprocast.errors import DataError
from reprocast.params.base import Block
from reprocast.params.data import Data, DataBlock
from reprocast.params.operations import Vintages, read_operations
from reprocast.params.reading import read
from reprocast.stages.acquire import Acquired, ask_again, stored
from reprocast.stages.publish import write_file
from reprocast.stages.stage import PARAMS

FILES = VINTAGES / "files.json"
"""Hashes of the user's files at the last run: `pull` depends on this folder, so an edit makes it run."""
SHOWN = 3
"""Recorded actions that the message names."""


class AcquireParams(Block):
    """What asking a source needs."""

    data: Data
    """Where the series come from."""


def acquire(*, accept: bool = False) -> str:
    """Asks the source of params.yaml again; says what came of it.

    Raises:
        ParamsError, DataError, NoInputError, TryAgainError: as the source says; a revised or partial answer.
        CannotCreateError, DiskError: the answer cannot be written.
    """
    data, policy = read(PARAMS, AcquireParams, part=True).data, read_operations().vintages
    with alone("acquire"):
        acquired, removed = newest(data, policy, accept=accept)
    lines = [said(acquired, data)]
    if acquired.is_news and data.vintage:
        lines.append(f"data.vintage pins {data.vintage}, which stays in use")
    if removed:
        lines.append(f"removed {counted(len(removed), 'old vintage')} (operations.yaml, vintages.keep)")
    return "\n".join(lines)


def newest(data: Data, policy: Vintages, *, accept: bool = False) -> tuple[Acquired, list[str]]:
    """Asks the source, for a caller that holds the folder; what came of it, and which old vintages went.

    Raises like `acquire`.
    """
    try:
        acquired = ask_again(data, accept=accept)
    except DataError:
        _keep(policy, news=True)  # a revision that waits is kept like any other
        raise
    _note_files(data)
    return acquired, _keep(policy, news=acquired.is_news)


def take_in(data: DataBlock) -> None:
    """Before a run: takes in files of one's own as they are now, and what a live source has never been asked.

    Raises:
        DataError, NoInputError, TryAgainError: the source's faults; the vintage in use is not here.
        CannotCreateError, DiskError: a vintage cannot be written.
    """
    found = stored(data)
    vintage = found or ask_again(data).vintage
    if vintage.turns and not vintage.folder.is_dir():
        vintage.panel()  # says that it is not here, and what to do
    if not data.vintage:
        _note_files(data)
    _keep(read_operations().vintages, news=found is None)


def _keep(policy: Vintages, *, news: bool) -> list[str]:
    """Lets DVC track and push what is new, and removes what is too old; returns what was removed."""
    tracked = track(known())
    removed = retire(policy.keep) if news or tracked else []
    if policy.push:
        push()
    return removed


def said(acquired: Acquired, data: DataBlock) -> str:
    """What came of asking, in a line."""
    vintage, found = acquired.vintage, acquired.differences
    row = "session" if is_exchange(data.calendar) else "row"
    if not acquired.is_news:
        return f"no new {row} since {vintage.last}; vintage {vintage.name} stays in use"
    times = {time for change in found.changes for time in change.appended}
    if not found.against:
        what = f"first answer: {len(vintage.series):,} series, the last {row} {vintage.last}"
    elif times:
        what = f"{counted(len(times), f'new {row}')}, the last {max(times)}"
    else:
        what = f"a new answer, the last {row} {vintage.last}"
    if found.kind == "revised":
        how = "revision accepted" if is_live(vintage.request) else "history edited"
        what = f"{how} ({found.revision}); {what}"
    elif found.reasons and found.against:
        how = "history rebased" if found.kind == "rebased" else "newly recorded"
        what = f"{what}; {how}: {'; '.join(found.reasons[:SHOWN])}"
    if found.shifts:
        what = f"{what}; {counted(len(found.shifts), 'column')} distributed otherwise (reports/acquire.md)"
    return f"{what}: vintage {vintage.name}; `reprocast repro` uses it"


def _note_files(data: DataBlock) -> None:
    """Keeps the files' hashes, so that going back to an earlier version is noticed, too."""
    text = canonical_json(SOURCES[data.source].request(data)) if data.source == "files" else None
    if text and _text(FILES) != text:
        write_file(FILES, text)


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
