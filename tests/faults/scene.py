"""A folder in which a fault happens: what is there before, what the command says, and what is there after."""

import hashlib
import io
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from reprocast import cli
from reprocast.stages.publish import STATE
from reprocast.stages.stage import run

PARAMS = {
    "schema_version": "1",
    "task": "forecast",
    "seeds": "[1]",
    "data": '{source: files, path: mine.csv, id: unique_id, end: "2024-12-31", calendar: D, season: 7}',
    "validation": "{}",
    "columns": "{target: [load]}",
    "window": "{look_back: 5, horizon: 2}",
    "split": "{test: 10, validation: 10}",
    "architectures": "{gru: {cell: gru, hidden: 2}}",
    "train": "{max_epochs: 1}",
    "baselines": "{naive: {}}",
    "compare": "{}",
    "runtime": "{}",
}


@dataclass(frozen=True)
class Played:
    """What came of a command."""

    code: int
    """Exit code."""
    said: str
    """What it wrote to stderr."""
    printed: str
    """What it wrote to stdout."""
    lost: frozenset[str]
    """Files that were there before and are gone or changed."""
    made: frozenset[str]
    """Files that were not there before."""


@dataclass
class Scene:
    """The folder is the current one; `monkeypatch` undoes what a scene changes in the process."""

    monkeypatch: pytest.MonkeyPatch
    before: dict[str, str] = field(default_factory=dict)

    def params(self, **blocks: str) -> None:
        """Writes params.yaml: PARAMS with other text for some blocks."""
        lines = [f"{name}: {text}" for name, text in (PARAMS | blocks).items()]
        Path("params.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def write(self, name: str, content: str | bytes) -> None:
        """Writes a file, its folders too."""
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(content.encode() if isinstance(content, str) else content)

    def command(self, *arguments: str) -> Played:
        """Runs `reprocast …` in this process."""
        self.monkeypatch.setattr(sys, "argv", ["reprocast", *arguments])
        return self.play(cli.main)

    def stage(self, name: str, main: Callable[[], None]) -> Played:
        """Runs a stage as its module does."""
        return self.play(lambda: run(name, main))

    def play(self, act: Callable[[], None]) -> Played:
        """Runs anything, and notes what it said, left and changed."""
        before, said, printed, code = _files(), io.StringIO(), io.StringIO(), 0
        with redirect_stderr(said), redirect_stdout(printed):
            try:
                act()
            except SystemExit as left:
                code = int(left.code or 0)
        after = _files()
        lost = frozenset(name for name, digest in before.items() if after.get(name) != digest)
        return Played(code, said.getvalue(), printed.getvalue(), lost, frozenset(after) - frozenset(before))


def _files() -> dict[str, str]:
    """Every file with its hash, but for the project's own notes."""
    files = (path for path in Path().rglob("*") if path.is_file() and path.parts[0] != STATE.name)
    return {path.as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
