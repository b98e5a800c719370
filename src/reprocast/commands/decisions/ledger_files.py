"""The folder ledger/: one small JSON file a decision, for git; files are added and never changed."""

import json
import subprocess
from pathlib import Path

from pydantic import ValidationError

from reprocast.errors import DataError
from reprocast.params.operations import OPERATIONS, Operations
from reprocast.params.reading import read
from reprocast.registry.ledger import ordered
from reprocast.registry.ledger_entry import SCHEMA, Entry
from reprocast.stages.publish import write_file

LEDGER = Path("ledger")


def read_ledger(root: Path, *, committed: bool = False) -> list[Entry]:
    """The entries about the registered model of operations.yaml, in order.

    Decisions about another `registry.model` are another question's: they have a champion and a budget of
    their own.

    Args:
        root: the project.
        committed: those alone that the commit that is checked out has.

    Raises:
        DataError: a file is not what this program wrote.
        ParamsError: operations.yaml is wrong.
    """
    paths = sorted((root / LEDGER).glob("*.json"))
    if committed:
        names = _committed(root)
        paths = [path for path in paths if names is None or path.name in names]
    own = _registered_model(root)
    return ordered(entry for entry in (_read(path) for path in paths) if entry.name == own)


def write_entry(root: Path, entry: Entry) -> Path:
    """Adds an entry, unless it stands there already, under whatever name; its file."""
    path, text = root / LEDGER / entry.file_name(), entry.text()
    for other in sorted(path.parent.glob(f"{str(entry.as_of)[:10]}-*.json")):
        if other.is_file() and other.read_bytes() == text.encode():
            return other
    write_file(path, text)
    return path


def _registered_model(root: Path) -> str:
    path = root / OPERATIONS
    return (read(path, Operations) if path.exists() else Operations()).registry.model


def _read(path: Path) -> Entry:
    """An entry.

    Raises:
        DataError: it is none, or one of a newer version of this program.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return Entry.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        fault = f"{where}: {first['msg']}" if where else first["msg"]
        raise DataError(_refused(path, text, fault)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(_refused(path, "", str(error))) from None


def _refused(path: Path, text: str, fault: str) -> str:
    newer = f"{path}: was written by a newer Reprocast (schema_version {{}}); upgrade this one"
    try:
        version = json.loads(text)["schema_version"]
        if isinstance(version, int) and version > SCHEMA:
            return newer.format(version)
    except (ValueError, KeyError, TypeError):
        pass
    return (
        f"{path}: is not an entry of the ledger: {fault}; bring it back with `git checkout -- {LEDGER}`, or "
        "take it away if no commit has it"
    )


def _committed(root: Path) -> set[str] | None:
    """Names in ledger/ of the commit that is checked out; None outside of git."""
    command = ["git", "-C", str(root), "ls-tree", "--name-only", "HEAD", f"{LEDGER}/"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return {Path(line).name for line in found.stdout.splitlines()} if found.returncode == 0 else None
