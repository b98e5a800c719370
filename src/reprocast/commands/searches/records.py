"""The folder tuning/: what each finished search left, for git to keep."""

from pathlib import Path

from pydantic import ValidationError

from reprocast.deterministic import canonical_json
from reprocast.errors import DataError
from reprocast.evaluation.tuned import Record
from reprocast.stages.publish import write_file

RECORDS = Path("tuning")


def read_records(root: Path) -> dict[str, Record]:
    """The records of a project, by architecture.

    Raises:
        DataError: a file is none.
    """
    found = {}
    for path in sorted((root / RECORDS).glob("*.json")):
        try:
            found[path.stem] = Record.model_validate_json(path.read_text(encoding="utf-8"))
        except (ValidationError, UnicodeDecodeError):
            raise DataError(
                f"{path}: is no record of `reprocast tune`; remove it, or bring it back from git"
            ) from None
    return found


def write_record(record: Record) -> None:
    """Writes tuning/<architecture>.json; the bytes depend on the record only."""
    path = RECORDS / f"{record.architecture}.json"
    write_file(path, canonical_json(record.model_dump(mode="json")))
