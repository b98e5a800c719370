"""Takes in new answers: an edited file at every run, a live source when `reprocast acquire` asks for it."""

from pathlib import Path

from reprocast.data.sources import SOURCES
from reprocast.data.vintages import VINTAGES
from reprocast.deterministic import canonical_json
from reprocast.params.base import Block
from reprocast.params.data import Data, DataBlock
from reprocast.params.reading import read
from reprocast.stages.acquire import acquire as ask
from reprocast.stages.acquire import stored
from reprocast.stages.publish import write_file
from reprocast.stages.stage import PARAMS

FILES = VINTAGES / "files.json"
"""Hashes of the user's files at the last run: `pull` depends on this folder, so an edit makes it run."""


class AcquireParams(Block):
    """What asking a source needs."""

    data: Data
    """Where the series come from."""


def acquire() -> str:
    """Asks the source of params.yaml again; says what came of it.

    Raises:
        ParamsError, DataError, NoInputError, TryAgainError: as the source says.
    """
    data = read(PARAMS, AcquireParams, part=True).data
    before = None if data.vintage else stored(data)
    vintage = ask(data)
    _note_files(data)
    last = max(str(span["last"]) for span in vintage.series.values())
    if before and before.name == vintage.name:
        return f"nothing new: vintage {vintage.name}, last row {last}"
    return f"new vintage {vintage.name}, last row {last}; `reprocast repro` takes it"


def acquire_changed_files(data: DataBlock) -> None:
    """Where the source is the user's own files, takes them in as they are now; raises like the source."""
    if data.source != "files" or data.vintage:
        return
    if stored(data) is None:
        ask(data)
    _note_files(data)


def _note_files(data: DataBlock) -> None:
    """Keeps the files' hashes, so that going back to an earlier version is noticed, too."""
    text = canonical_json(SOURCES[data.source].request(data)) if data.source == "files" else None
    if text and _text(FILES) != text:
        write_file(FILES, text)


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
