"""One stored answer of a source: what names it, where it lies, and when it was the answer.

`panel.parquet` holds the raw values, `request.json` what was asked, the panel's hash and its series. The
folder's name is the hash of `request.json`. Beside a live source's vintage stands its manifest
(data/turns.py).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reprocast.data.turns import Turn
from reprocast.deterministic import sha256_of_file, sha256_of_text
from reprocast.errors import DataError, NoInputError
from reprocast.panel import Panel, read_panel

VINTAGES = Path("data/vintages")
DIGITS = 16
"""Digits of the hash in a folder's name."""
NARROWING = ("series", "start", "end")
"""Keys of a request that another request may exceed."""


@dataclass(frozen=True)
class Vintage:
    """One stored answer."""

    name: str
    """The folder's name."""
    request: Mapping[str, Any]
    """What was asked."""
    series: Mapping[str, Mapping[str, Any]]
    """Rows, first and last time of each series."""
    panel_sha256: str
    """Hash of panel.parquet."""
    notes: Mapping[str, Any] = field(default_factory=dict)
    """What else the source said of its answer."""
    turns: tuple[Turn, ...] = ()
    """When it was the source's answer; none for a source that is no live one."""

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return VINTAGES / self.name

    @property
    def last(self) -> str:
        """Time of the last row of all."""
        return str(max(span["last"] for span in self.series.values()))

    @property
    def turn(self) -> int:
        """Number of its last accepted turn; 0 without one."""
        return max((turn.number for turn in self.turns if turn.accepted), default=0)

    @property
    def waits(self) -> bool:
        """Whether it is a revision that nobody has accepted since."""
        return bool(self.turns) and not self.turns[-1].accepted

    def is_whole(self) -> bool:
        """Whether its files are here and those that were stored."""
        panel, request = self.folder / "panel.parquet", self.folder / "request.json"
        if not panel.is_file() or not request.is_file():
            return False
        named = name_of(request.read_text(encoding="utf-8")) == self.name
        return named and sha256_of_file(panel) == self.panel_sha256

    def panel(self) -> Panel:
        """The raw values.

        Raises:
            NoInputError: it is known, but its files are not here (a clone before `dvc pull`).
            DataError: the file is not the one that was stored (a cut or edited copy).
        """
        path = self.folder / "panel.parquet"
        if self.turns and not path.is_file():
            raise NoInputError(
                f"{self.folder}: the answer of {self.turns[-1].called[:10]} is in use, but not here; "
                "`dvc pull` brings it, or `reprocast acquire` asks again and compares"
            )
        if not self.is_whole():
            raise DataError(
                f"{path}: is missing or damaged (its hash is not that in request.json); remove "
                f"{self.folder} and run `reprocast acquire`"
            )
        return read_panel(path)

    def content(self) -> dict[str, Any]:
        """What its name is the hash of."""
        always = {"request": self.request, "series": self.series, "panel_sha256": self.panel_sha256}
        return always | ({"notes": self.notes} if self.notes else {})


def is_live(request: Mapping[str, Any]) -> bool:
    """Whether the same request may be answered otherwise another day: no hashes of files are in it."""
    return "files" not in request


def options(request: Mapping[str, Any]) -> dict[str, Any]:
    """What is the same in two requests whose answers may be compared: all but which part of the data."""
    return {key: value for key, value in request.items() if key not in (*NARROWING, "files")}


def parse(text: str) -> Vintage:
    """From the text of request.json."""
    return Vintage(name=name_of(text), **json.loads(text))


def name_of(text: str) -> str:
    """The name of the vintage with this request.json."""
    return sha256_of_text(text)[:DIGITS]
