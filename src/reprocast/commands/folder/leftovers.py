"""Clears what a killed run left behind, so that the next one can begin."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from reprocast.stages.publish import SCRATCH

DVC_LOCKS = Path(".dvc/tmp/rwlock")
"""DVC notes here which process reads or writes an output; it takes a zombie for a living one."""
UNNAMED = {
    Path(): (".params.yaml-????????", ".metrics.json-????????"),
    Path("ledger"): (".*.json-????????",),
    Path("data/vintages"): (".*.json-????????",),
}
"""Files that git would see and that were not whole yet when their writer was killed."""


def clear_leftovers() -> None:
    """Removes DVC's notes and half-written outputs, if every process named in the notes has ended."""
    if not any(_lives(pid) for pid in _pids(_noted())):
        DVC_LOCKS.unlink(missing_ok=True)
        shutil.rmtree(SCRATCH, ignore_errors=True)
        for folder, patterns in UNNAMED.items():
            for path in [path for pattern in patterns for path in folder.glob(pattern)]:
                path.unlink()


def _noted() -> Any:
    try:
        return json.loads(DVC_LOCKS.read_text(encoding="utf-8") or "{}")
    except (FileNotFoundError, ValueError):  # DVC was killed while it wrote
        return {}


def _pids(noted: Any) -> Iterator[int]:
    if isinstance(noted, dict):
        if isinstance(noted.get("pid"), int):
            yield noted["pid"]
        for inner in noted.values():
            yield from _pids(inner)
    elif isinstance(noted, list):
        for inner in noted:
            yield from _pids(inner)


def _lives(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
