"""Which vintages go when there are too many: none that is pinned, in use, or the next to be accepted."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from reprocast.commands.repository.tracked import pointer
from reprocast.data.vintage import VINTAGES, Vintage, options
from reprocast.data.vintages import known
from reprocast.deterministic import canonical_json
from reprocast.stages.acquire import MANIFEST

PIN = r"vintage: *[\"']?[0-9a-f]{8,64}"
"""A pinned vintage in a YAML file."""


def retire(keep: int) -> list[str]:
    """Removes the oldest vintages of each kind of request beyond `keep`; returns their names.

    DVC's cache and remote still have those of live sources: an older commit gets them by `dvc checkout`.
    """
    groups: dict[str, list[Vintage]] = {}
    for vintage in known():
        groups.setdefault(canonical_json(options(vintage.request)), []).append(vintage)
    needed = _needed()
    removed = []
    for group in groups.values():
        group.sort(key=_age, reverse=True)
        compared = _compared(group)
        for vintage in group[keep:]:
            if vintage.name not in compared and not _is_named(vintage.name, needed):
                _remove(vintage)
                removed.append(vintage.name)
    return removed


def _age(vintage: Vintage) -> tuple[int, int]:
    """The larger the younger: by turns where there are some, otherwise by when it was written."""
    written = vintage.folder.stat().st_mtime_ns if vintage.folder.is_dir() else 0
    return (vintage.turns[-1].number if vintage.turns else 0, written)


def _compared(group: Iterable[Vintage]) -> set[str]:
    """What the next answer is compared with: the newest accepted one of each series, and what waits."""
    newest: dict[str, Vintage] = {}
    waiting = [vintage for vintage in group if vintage.waits]
    for vintage in sorted(group, key=lambda one: one.turn):
        if vintage.turn:
            newest |= dict.fromkeys(vintage.series, vintage)
    return {vintage.name for vintage in [*newest.values(), *sorted(waiting, key=_age)[-1:]]}


def _needed() -> set[str]:
    """Names, or their first digits, of vintages that this project or its last commit refers to."""
    used = json.loads(MANIFEST.read_text(encoding="utf-8"))["vintage"] if MANIFEST.is_file() else None
    files = [path.read_text(encoding="utf-8") for path in (Path("params.yaml"),) if path.is_file()]
    pins = re.findall(PIN, "\n".join([*files, *_grep(), *_grep("HEAD")]))
    return {pin.rpartition(" ")[2].strip("\"'") for pin in pins} | ({used} if used else set())


def _grep(*commit: str) -> list[str]:
    """Lines of the YAML files and dvc.lock under git that pin a vintage."""
    command = ["git", "grep", "-hoE", PIN, *commit, "--", "*.yaml", "dvc.lock"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()


def _is_named(name: str, needed: set[str]) -> bool:
    return any(name.startswith(prefix[: len(name)]) for prefix in needed)


def _remove(vintage: Vintage) -> None:
    """The manifest goes first: a vintage without one is not used, whatever else is left of it."""
    (VINTAGES / f"{vintage.name}.json").unlink(missing_ok=True)
    pointer(vintage.name).unlink(missing_ok=True)
    shutil.rmtree(vintage.folder, ignore_errors=True)
