"""The immutable store of what sources answered: a folder an answer (data/vintage.py), found by request."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

from reprocast.data.asof import spans
from reprocast.data.sources.answer import Answer
from reprocast.data.turns import Turn, parse_turns, write_manifest
from reprocast.data.vintage import DIGITS, NARROWING, VINTAGES, Vintage, is_live, name_of, options, parse
from reprocast.deterministic import canonical_json
from reprocast.errors import DataError, NoInputError
from reprocast.panel import write_panel
from reprocast.stages.publish import new_folder


def store(answer: Answer) -> Vintage:
    """Keeps an answer under the hash of its content; one that is already there, whole, stays untouched.

    Raises:
        CannotCreateError, DiskError: the folder cannot be written.
    """
    content, data = packed(answer)
    vintage = parse(canonical_json(content))
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
        if name_of(text) == path.parent.name:
            yield parse(text)


def _manifest(path: Path) -> Vintage | None:
    content = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    turns = parse_turns(content.pop("turns", []))
    text = canonical_json(content)
    return replace(parse(text), turns=turns) if turns and name_of(text) == path.stem else None


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
