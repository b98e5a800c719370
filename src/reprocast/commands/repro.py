"""`reprocast repro`: check, rebuild what changed, keep old results on failure, record, report, conclude."""

import hashlib
import json
import os
import subprocess
from pathlib import Path

from reprocast.commands.folder.alone import alone
from reprocast.commands.folder.leftovers import clear_leftovers
from reprocast.commands.folder.stale import prune
from reprocast.commands.folder.writable import refuse_unwritable
from reprocast.commands.repository.dvc import dvc
from reprocast.commands.searches.records import RECORDS
from reprocast.commands.summary import print_summary
from reprocast.errors import InternalError, NoInputError, ReprocastError
from reprocast.params.operations import OPERATIONS, Operations, read_operations
from reprocast.params.reading import read
from reprocast.params.root import Params
from reprocast.stages.publish import STATE, write_file
from reprocast.stages.stage import PARAMS

UNCACHED = Path("metrics.json")
"""The one output that git keeps instead of DVC's cache; DVC deletes it before its stage runs."""
FAILURE = STATE / "failure.json"
RECORDED = STATE / "recorded.json"


class StageFailedError(ReprocastError):
    """A stage failed; carries the stage's own exit code, which DVC hides."""

    def __init__(self, stage: str, code: int, line: str) -> None:
        super().__init__(f"{stage}: {line}")
        self.exit_code = code  # type: ignore[misc]  # differs from failure to failure


def repro(*, force: bool = False) -> None:
    """Rebuilds everything that params.yaml, data or code have changed, then records and reports it.

    Raises:
        ParamsError: params.yaml or operations.yaml is wrong; nothing was touched.
        NoInputError: this folder is no project.
        CannotCreateError: a folder cannot be written; nothing was touched.
        TryAgainError: another run is going on in this folder.
        StageFailedError: a stage failed; its old outputs are back in place.
    """
    params = read(PARAMS, Params)
    operations = read_operations()
    refuse_elsewhere()
    refuse_unwritable()
    with alone("repro"):
        _take_in(params)
        rebuild(params, operations, force=force)
    print_summary()


def rebuild(params: Params, operations: Operations, *, force: bool = False, pull: bool = False) -> None:
    """Rebuilds, records and reports, for a caller that holds the folder; raises like `repro`.

    Args:
        params: params.yaml.
        operations: operations.yaml.
        force: whether to run every stage again.
        pull: whether DVC may take what is missing here from its remote.
    """
    prune(params)
    run_stages(*(["--force"] if force else []), *(["--pull"] if pull else []))
    _record(operations.tracking.uri)


def refuse_elsewhere() -> None:
    """Refuses a folder that is no project.

    Raises:
        NoInputError: DVC or git do not know this folder.
    """
    if not Path("dvc.yaml").is_file() or not Path(".dvc").is_dir():
        raise NoInputError(f"{Path.cwd()}: is no project (dvc.yaml and .dvc are missing); run in a clone")
    inside = subprocess.run(["git", "rev-parse", "--git-dir"], capture_output=True, check=False)
    if inside.returncode:
        raise NoInputError(f"{Path.cwd()}: is not under git, which DVC needs; `git init` it, or clone it")


def _take_in(params: Params) -> None:
    """Takes in an edited file of one's own, and asks a live source for what nothing stored answers."""
    if params.data.source != "sample":
        # Imported late: pandas costs most of the time of a run that has nothing to do.
        from reprocast.commands.acquire import take_in

        take_in(params.data)


def run_stages(*arguments: str) -> None:
    """`dvc repro …`; where it fails or is stopped, the outputs of before come back.

    Raises:
        StageFailedError: a stage failed, with its own exit code.
        InternalError: DVC failed.
    """
    clear_leftovers()
    FAILURE.unlink(missing_ok=True)
    kept = UNCACHED.read_bytes() if UNCACHED.exists() else None
    try:
        code = dvc("repro", *arguments).returncode
    except BaseException:  # we are stopped: DVC and its stages have ended
        _bring_back(kept)
        raise
    if code == 0:
        return
    _bring_back(kept)
    if FAILURE.exists():
        note = json.loads(FAILURE.read_text(encoding="utf-8"))
        raise StageFailedError(note["stage"], note["code"], note["line"])
    raise InternalError(f"dvc repro ended with code {code}; its own message stands above")


def _bring_back(kept: bytes | None) -> None:
    """Puts the outputs that DVC deleted before the failed stage back from its cache."""
    if kept is not None and not UNCACHED.exists():
        write_file(UNCACHED, kept)
    clear_leftovers()
    dvc("checkout", "--quiet", "--force", quiet=True)


def _record(uri: str) -> None:
    """Brings MLflow and the report in line with the outputs, unless nothing changed since the last time."""
    seen = json.dumps({"outputs": _digest(), "store": os.environ.get("MLFLOW_TRACKING_URI", uri)})
    if (
        RECORDED.exists()
        and RECORDED.read_text(encoding="utf-8") == seen
        and Path("reports/report.html").exists()
    ):
        return
    # Imported late: a run that has nothing to do must not wait for mlflow and matplotlib.
    from reprocast.commands.record import record

    record()
    write_file(RECORDED, seen)


def _digest() -> str:
    """Hash over what the record is made from: dvc.lock, YAML files, tuning records, measured times."""
    folders = (RECORDS, STATE / "times")
    measured = [path for folder in folders for path in sorted(folder.glob("*.json"))]
    files = [Path("dvc.lock"), PARAMS, OPERATIONS, *measured]
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()
