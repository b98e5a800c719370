"""What every stage does around its work: one line for an error, its exit code, die with the pipeline."""

import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

from reprocast.errors import ReprocastError
from reprocast.stages.owner import die_with_owner
from reprocast.stages.publish import STATE

PARAMS = Path("params.yaml")
QUIET = {
    "DVC_NO_ANALYTICS": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
}
"""Environment that keeps dvc, mlflow and great_expectations from reporting home."""


def run(name: str, work: Callable[[], Mapping[str, float] | None]) -> None:
    """Runs a stage's work and leaves the process with 0 or the error's exit code.

    DVC hides a stage's exit code, so a failure is also left in `.reprocast/failure.json`; the time
    taken, and what else the work has measured and returns, goes to `.reprocast/times/`, which the
    report reads and no output depends on.
    """
    os.environ.update(QUIET)
    die_with_owner()
    begun = time.perf_counter()
    try:
        measured = dict(work() or {})
    except ReprocastError as error:
        _fail(name, error.exit_code, str(error))
    except KeyboardInterrupt:
        _fail(name, 130, "interrupted")
    except Exception:
        _keep("traceback.txt", traceback.format_exc())
        last = traceback.format_exc().strip().splitlines()[-1]
        _fail(name, 70, f"our own fault, please report it with .reprocast/traceback.txt: {last}")
    seconds = time.perf_counter() - begun + measured.pop("earlier", 0.0)
    _keep(f"times/{name}.json", json.dumps({"seconds": seconds, **measured}))


def _fail(name: str, code: int, line: str) -> None:
    _keep("failure.json", json.dumps({"stage": name, "code": code, "line": line}))
    print(f"reprocast: {name}: {line}", file=sys.stderr)
    raise SystemExit(code)


def _keep(name: str, text: str) -> None:
    """Keeps a note for `reprocast repro`; a folder that cannot be written must not hide the error itself."""
    try:
        (STATE / name).parent.mkdir(parents=True, exist_ok=True)
        (STATE / name).write_text(text, encoding="utf-8")
    except OSError as error:
        print(f"reprocast: {STATE / name}: {error.strerror}", file=sys.stderr)
