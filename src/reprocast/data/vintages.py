"""The immutable store of what sources answered: a folder an answer, named by the hash of its content.

`panel.parquet` holds the raw values, `request.json` what was asked, the panel's hash and its series,
`call.json` the time of the call to a live source. The folder's name is the hash of `request.json`.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from reprocast.data.asof import spans
from reprocast.data.sources.answer import Answer
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

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return VINTAGES / self.name

    def panel(self) -> Panel:
        """The raw values.

        Raises:
            DataError: the file is not the one that was stored (a cut or edited copy).
        """
        path = self.folder / "panel.parquet"
        if not path.is_file() or sha256_of_file(path) != self.panel_sha256:
            raise DataError(
                f"{path}: is missing or damaged (its hash is not that in request.json); remove "
                f"{self.folder} and run `reprocast acquire`"
            )
        return read_panel(path)


def store(answer: Answer) -> Vintage:
    """Keeps an answer under the hash of its content; one that is already there, whole, stays untouched.

    Raises:
        CannotCreateError, DiskError: the folder cannot be written.
    """
    stream = BytesIO()
    write_panel(answer.panel, stream)
    content = {
        "request": answer.request,
        "series": spans(answer.panel),
        "panel_sha256": hashlib.sha256(stream.getvalue()).hexdigest(),
    }
    text = canonical_json(content)
    vintage = _parse(text)
    if not _is_whole(vintage):
        with new_folder(vintage.folder) as folder:
            (folder / "panel.parquet").write_bytes(stream.getvalue())
            (folder / "request.json").write_text(text, encoding="utf-8")
            if answer.called is not None:
                (folder / "call.json").write_text(canonical_json({"called": answer.called}), encoding="utf-8")
    return vintage


def find(request: Mapping[str, Any]) -> Vintage | None:
    """The newest vintage that answers the request, or none.

    Source, options and hashes of files must be the same. A live source's vintage may hold more series and a
    longer span: then what it lacks of the request is nothing but rows to leave out.
    """
    fitting = [vintage for vintage in _all() if _answers(vintage, request)]
    return max(fitting, key=lambda vintage: (_called(vintage), vintage.name), default=None)


def pinned(prefix: str) -> Vintage:
    """The vintage whose name begins with `prefix` (as far as names go).

    Raises:
        NoInputError: there is none.
        DataError: there are several.
    """
    found = [vintage for vintage in _all() if vintage.name.startswith(prefix[:DIGITS])]
    if not found:
        raise NoInputError(
            f"data.vintage: no vintage {prefix} in {VINTAGES}; bring it back (`dvc pull` or a copy), or set "
            "data.vintage: null to take what fits"
        )
    if len(found) > 1:
        names = ", ".join(vintage.name for vintage in found)
        raise DataError(f"data.vintage: {prefix} fits several vintages ({names}); give more digits")
    return found[0]


def _all() -> list[Vintage]:
    """Every stored vintage, by name; a folder whose request.json does not have its name's hash is none."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(VINTAGES.glob("*/request.json"))]
    folders = [path.parent.name for path in sorted(VINTAGES.glob("*/request.json"))]
    return [_parse(text) for text, name in zip(texts, folders, strict=True) if _name(text) == name]


def _parse(text: str) -> Vintage:
    content = json.loads(text)
    return Vintage(_name(text), content["request"], content["series"], content["panel_sha256"])


def _name(text: str) -> str:
    return sha256_of_text(text)[:DIGITS]


def _is_whole(vintage: Vintage) -> bool:
    files = [vintage.folder / "panel.parquet", vintage.folder / "request.json"]
    return all(path.is_file() for path in files) and sha256_of_file(files[0]) == vintage.panel_sha256


def _called(vintage: Vintage) -> str:
    path = vintage.folder / "call.json"
    return str(json.loads(path.read_text(encoding="utf-8"))["called"]) if path.is_file() else ""


def _answers(vintage: Vintage, wanted: Mapping[str, Any]) -> bool:
    has = vintage.request
    if has == wanted:
        return True
    options = [
        {key: value for key, value in asked.items() if key not in NARROWING} for asked in (has, wanted)
    ]
    if options[0] != options[1] or not set(wanted) & set(NARROWING):
        return False
    covers_start = has["start"] is None or (wanted["start"] is not None and has["start"] <= wanted["start"])
    # A vintage may have been asked for days to come: only rows up to the wanted end prove that it has them.
    last = max(str(span["last"]) for span in vintage.series.values())
    covers_end = has["end"] >= wanted["end"] and last >= wanted["end"]
    return set(has["series"]) >= set(wanted["series"]) and covers_start and covers_end
