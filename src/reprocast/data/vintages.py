"""The immutable store of what sources answered: a folder an answer, named by the hash of its content.

`panel.parquet` holds the raw values, `request.json` what was asked, the panel's hash and its series. The
folder's name is the hash of `request.json`. Beside a live source's vintage stands its manifest
(data/turns.py).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any

from reprocast.data.asof import spans
from reprocast.data.sources.answer import Answer
from reprocast.data.turns import Turn, parse_turns, write_manifest
from reprocast.deterministic import canonical_json, sha256_of_file, sha256_of_text
from reprocast.errors import DataError, NoInputError
from reprocast.panel import Panel, read_panel, write_panel
from reprocast.stages.publish import new_folder

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
        named = _name(request.read_text(encoding="utf-8")) == self.name
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


def store(answer: Answer) -> Vintage:
    """Keeps an answer under the hash of its content; one that is already there, whole, stays untouched.

    Raises:
        CannotCreateError, DiskError: the folder cannot be written.
    """
    content, data = packed(answer)
    vintage = _parse(canonical_json(content))
    if not vintage.is_whole():
        with new_folder(vintage.folder) as folder:
            (folder / "panel.parquet").write_bytes(data)
            (folder / "request.json").write_text(canonical_json(content), encoding="utf-8")
    known = _manifest(VINTAGES / f"{vintage.name}.json")
    return known or vintage


def packed(answer: Answer) -> tuple[dict[str, Any], bytes]:
    """An answer as a vintage keeps it: what names it, and the bytes of its panel."""
    stream = BytesIO()
    write_panel(answer.panel, stream)
    data = stream.getvalue()
    content = {
        "request": answer.request,
        "series": spans(answer.panel),
        "panel_sha256": hashlib.sha256(data).hexdigest(),
    }
    return content | ({"notes": answer.notes} if answer.notes else {}), data


def add_turn(vintage: Vintage, **what: Any) -> Vintage:
    """Writes one more turn into the vintage's manifest; raises like `store`."""
    number = 1 + max((turn.number for other in known() for turn in other.turns), default=0)
    turns = (*vintage.turns, Turn(number=number, **what))
    write_manifest(VINTAGES / f"{vintage.name}.json", vintage.content(), turns)
    return replace(vintage, turns=turns)


def find(request: Mapping[str, Any]) -> Vintage | None:
    """The vintage that answers the request: of a live source the one whose turn came last; or none.

    Source, options and hashes of files must be the same. A live source's vintage may hold more series and a
    longer span: then what it lacks of the request is nothing but rows to leave out. An unaccepted revision
    answers nothing. The vintage may be known only by its manifest: its `panel` then says what to do.
    """
    fitting = [vintage for vintage in usable() if _answers(vintage, request)]
    return max(fitting, key=lambda vintage: (vintage.turn, vintage.name), default=None)


def pinned(prefix: str) -> Vintage:
    """The vintage whose name begins with `prefix` (as far as names go), accepted or not.

    Raises:
        NoInputError: there is none.
        DataError: there are several.
    """
    found = [vintage for vintage in known() if vintage.name.startswith(prefix[:DIGITS])]
    if not found:
        raise NoInputError(
            f"data.vintage: no vintage {prefix} in {VINTAGES}; bring it back (`dvc pull` or a copy), or set "
            "data.vintage: null to take what fits"
        )
    if len(found) > 1:
        names = ", ".join(vintage.name for vintage in found)
        raise DataError(f"data.vintage: {prefix} fits several vintages ({names}); give more digits")
    return found[0]


def usable() -> list[Vintage]:
    """The vintages that a request may be answered from, by name."""
    return [vintage for vintage in known() if vintage.turn or not is_live(vintage.request)]


def known() -> list[Vintage]:
    """Every vintage whose folder or manifest is here, by name; what does not have its name's hash is none."""
    found = {vintage.name: vintage for vintage in _folders()}
    found |= {vintage.name: vintage for vintage in map(_manifest, VINTAGES.glob("*.json")) if vintage}
    return [found[name] for name in sorted(found)]


def _folders() -> Iterator[Vintage]:
    for path in VINTAGES.glob("*/request.json"):
        text = path.read_text(encoding="utf-8")
        if _name(text) == path.parent.name:
            yield _parse(text)


def _manifest(path: Path) -> Vintage | None:
    content = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    turns = parse_turns(content.pop("turns", []))
    text = canonical_json(content)
    return replace(_parse(text), turns=turns) if turns and _name(text) == path.stem else None


def _parse(text: str) -> Vintage:
    return Vintage(name=_name(text), **json.loads(text))


def _name(text: str) -> str:
    return sha256_of_text(text)[:DIGITS]


def _answers(vintage: Vintage, wanted: Mapping[str, Any]) -> bool:
    has = vintage.request
    if has == wanted:
        return True
    if not is_live(has) or options(has) != options(wanted) or not set(wanted) & set(NARROWING):
        return False
    covers_start = has["start"] is None or (wanted["start"] is not None and has["start"] <= wanted["start"])
    # A vintage may have been asked for days to come: only rows up to the wanted end prove that it has them,
    # and of bars within a day only a later day's prove that the day is whole.
    last = vintage.last[:10] if "T" in vintage.last else f"{vintage.last}+"
    covers_end = has["end"] >= wanted["end"] and last > wanted["end"]
    return set(has["series"]) >= set(wanted["series"]) and covers_start and covers_end
