"""The folder ledger/: one small JSON file a decision, for git; files are added and never changed."""

import subprocess
from pathlib import Path

from pydantic import ValidationError

from reprocast.errors import DataError
from reprocast.registry.ledger import ordered
from reprocast.registry.ledger_entry import Entry
from reprocast.stages.publish import write_file

LEDGER = Path("ledger")


def read_ledger(root: Path, *, committed: bool = False) -> list[Entry]:
    """All entries in order; with `committed` those alone that the commit that is checked out has.

    Raises:
        DataError: a file is not what this program wrote.
    """
    paths = sorted((root / LEDGER).glob("*.json"))
    if committed:
        names = _committed(root)
        paths = [path for path in paths if names is None or path.name in names]
    return ordered(_read(path) for path in paths)


def write_entry(root: Path, entry: Entry) -> Path:
    """Adds an entry; one that stands there already stays as it is."""
    base, text, count = root / LEDGER / entry.file_name(), entry.text(), 1
    path = base
    while path.exists() and path.read_text(encoding="utf-8") != text:
        count += 1
        path = base.with_name(f"{base.stem}-{count}.json")
    if not path.exists():
        write_file(path, text)
    return path


def path_of(root: Path, entry: Entry) -> Path:
    """Where an entry stands."""
    stem, text = Path(entry.file_name()).stem, entry.text()
    found = sorted((root / LEDGER).glob(f"{stem}*.json"))
    return next(
        (path for path in found if path.read_text(encoding="utf-8") == text), root / LEDGER / f"{stem}.json"
    )


def _read(path: Path) -> Entry:
    try:
        return Entry.model_validate_json(path.read_text(encoding="utf-8"))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DataError(
            f"{path}: is not an entry of the ledger: {where}: {first['msg']}; bring it back with "
            f"`git checkout -- {LEDGER}`"
        ) from None


def _committed(root: Path) -> set[str] | None:
    """Names in ledger/ of the commit that is checked out; None outside of git."""
    command = ["git", "-C", str(root), "ls-tree", "--name-only", "HEAD", f"{LEDGER}/"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return {Path(line).name for line in found.stdout.splitlines()} if found.returncode == 0 else None
