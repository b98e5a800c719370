"""The store of answers: immutable, found by request, and never trusted when damaged."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from reprocast.data.sources.answer import Answer
from reprocast.data.vintages import VINTAGES, find, pinned, store
from reprocast.errors import DataError, NoInputError
from reprocast.panel import from_frame

DAYS = pd.date_range("2024-01-01", "2024-01-31")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def answer(*series: str, level: float = 1.0, called: str | None = None, **request: Any) -> Answer:
    frames = [pd.DataFrame({"unique_id": name, "ds": DAYS, "close": level}) for name in series]
    return Answer(from_frame(pd.concat(frames)), live(*series, **request), called)


def live(
    *series: str, start: str | None = "2024-01-01", end: str = "2024-01-31", **other: Any
) -> dict[str, Any]:
    return {"source": "yahoo", "series": list(series), "start": start, "end": end, **other}


def test_the_same_content_has_the_same_name_and_is_written_once() -> None:
    first = store(answer("A"))
    written = (first.folder / "panel.parquet").stat()
    assert store(answer("A")).name == first.name
    assert (first.folder / "panel.parquet").stat().st_mtime_ns == written.st_mtime_ns
    assert store(answer("A", level=2.0)).name != first.name
    assert store(answer("A", start="2023-12-31")).name != first.name


def test_the_time_of_the_call_is_beside_the_content() -> None:
    one, two = answer("A", called="2024-02-01T00:00:00"), answer("A")
    vintage = store(one)
    assert json.loads((vintage.folder / "call.json").read_text(encoding="utf-8")) == {
        "called": "2024-02-01T00:00:00"
    }
    assert store(two).name == vintage.name


def test_what_was_stored_comes_back() -> None:
    vintage = store(answer("B", "A"))
    panel = vintage.panel()
    assert panel.ids == ("A", "B")
    assert len(panel) == 62


@pytest.mark.parametrize(
    ("request_", "fits"),
    [
        (live("A", "B"), True),
        (live("A"), True),
        (live("A", start="2024-01-05", end="2024-01-20"), True),
        (live("A", "C"), False),
        (live("A", start="2023-12-31"), False),
        (live("A", start=None), False),
        (live("A", end="2024-02-01"), False),
        (live("A", calendar="XLON"), False),
        ({"source": "sample", "files": {}}, False),
    ],
)
def test_a_vintage_answers_what_lies_within_it(request_: dict[str, Any], fits: bool) -> None:
    vintage = store(answer("A", "B"))
    found = find(request_)
    assert (found is not None and found.name == vintage.name) == fits


def test_days_that_had_not_come_are_not_answered() -> None:
    """Asked in January for the time up to June, the source had January only."""
    store(answer("A", end="2024-06-30"))
    assert find(live("A", end="2024-06-30")) is not None
    assert find(live("A", end="2024-01-31")) is not None
    assert find(live("A", end="2024-05-31")) is None


def test_a_files_vintage_answers_the_same_files_only() -> None:
    asked = {"source": "files", "files": {"a.csv": "00"}}
    store(Answer(answer("A").panel, asked))
    assert find(asked) is not None
    assert find({"source": "files", "files": {"a.csv": "01"}}) is None


def test_the_newest_wins() -> None:
    newest = store(answer("A", level=2.0, called="2024-03-01T00:00:00"))
    for n in range(3, 9):
        store(answer("A", level=float(n), called=f"2024-02-0{n}T00:00:00"))
    found = find(live("A"))
    assert found is not None
    assert found.name == newest.name


def test_a_pin_is_found_by_its_first_digits() -> None:
    vintage = store(answer("A"))
    store(answer("A", level=2.0))
    assert pinned(vintage.name[:8]).name == vintage.name
    with pytest.raises(NoInputError, match=r"data\.vintage: no vintage 00000000"):
        pinned("00000000")
    with pytest.raises(DataError, match="fits several"):
        pinned("")


@pytest.mark.parametrize("damage", ["cut", "changed", "gone"])
def test_a_damaged_panel_is_refused_and_stored_again(damage: str) -> None:
    vintage = store(answer("A"))
    path = vintage.folder / "panel.parquet"
    whole = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(whole[:-10] if damage == "cut" else whole[:100] + b"?" + whole[101:])
    with pytest.raises(DataError, match="missing or damaged"):
        vintage.panel()
    assert store(answer("A")).name == vintage.name
    assert path.read_bytes() == whole


def test_an_edited_request_is_no_vintage() -> None:
    vintage = store(answer("A"))
    path = VINTAGES / vintage.name / "request.json"
    path.write_text(path.read_text(encoding="utf-8").replace("2024-01-01", "2023-01-01"), encoding="utf-8")
    assert find(live("A")) is None
