"""The store of answers: immutable, found by request, and never trusted when damaged."""

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from reprocast.data.sources.answer import Answer
from reprocast.data.vintage import VINTAGES, Vintage, is_live
from reprocast.data.vintages import add_turn, find, known, pinned
from reprocast.data.vintages import store as store_only
from reprocast.errors import DataError, NoInputError
from reprocast.panel import from_frame

DAYS = pd.date_range("2024-01-01", "2024-01-31")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def answer(*series: str, level: float = 1.0, called: str | None = None, **request: Any) -> Answer:
    frames = [pd.DataFrame({"unique_id": name, "ds": DAYS, "close": level}) for name in series]
    return Answer(from_frame(pd.concat(frames)), live(*series, **request), called)


def store(kept: Answer, accepted: bool = True) -> Vintage:
    """As `acquire` does it: a live source's answer gets its turn."""
    vintage = store_only(kept)
    if not is_live(kept.request):
        return vintage
    return add_turn(
        vintage, called=kept.called or "2024-02-01T00:00:00", change="appended", accepted=accepted
    )


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
    vintage = store(answer("A", called="2024-02-01T00:00:00"))
    manifest = json.loads(Path(f"{vintage.folder}.json").read_text(encoding="utf-8"))
    assert [turn["called"] for turn in manifest["turns"]] == ["2024-02-01T00:00:00"]
    files = {path.name: path.read_bytes() for path in vintage.folder.iterdir()}
    assert set(files) == {"panel.parquet", "request.json"}
    again = store(answer("A", called="2024-03-01T00:00:00"))
    assert again.name == vintage.name
    assert {path.name: path.read_bytes() for path in vintage.folder.iterdir()} == files
    assert [turn.called[:7] for turn in again.turns] == ["2024-02", "2024-03"]


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


def test_the_last_turn_wins_also_that_of_an_earlier_answer() -> None:
    """Whatever the clocks of two machines say."""
    first = store(answer("A", level=2.0, called="2024-03-01T00:00:00"))
    for n in range(3, 9):
        other = store(answer("A", level=float(n), called=f"2024-02-0{n}T00:00:00"))
        found = find(live("A"))
        assert found is not None
        assert found.name == other.name
    assert store(answer("A", level=2.0)).name == first.name
    found = find(live("A"))
    assert found is not None
    assert found.name == first.name


def test_an_unaccepted_revision_answers_nothing_but_a_pin() -> None:
    good = store(answer("A"))
    waiting = store(answer("A", level=2.0), accepted=False)
    found = find(live("A"))
    assert found is not None
    assert found.name == good.name
    assert waiting.waits
    assert pinned(waiting.name).name == waiting.name


def test_a_folder_without_its_turn_answers_nothing() -> None:
    """Killed between the two: nobody has compared it yet."""
    store_only(answer("A"))
    assert find(live("A")) is None
    assert store(answer("A")).turn == 1


def test_a_clone_without_the_rows_knows_what_it_lacks() -> None:
    older, newer = store(answer("A", level=2.0)), store(answer("A"))
    shutil.rmtree(newer.folder)
    found = find(live("A"))
    assert found is not None
    assert found.name == newer.name != older.name
    with pytest.raises(NoInputError, match=rf"{newer.name}: the answer of 2024-02-01 .*`dvc pull`"):
        found.panel()


def test_an_edited_manifest_is_none() -> None:
    vintage = store(answer("A"))
    path = Path(f"{vintage.folder}.json")
    path.write_text(path.read_text(encoding="utf-8").replace("2024-01-01", "2023-01-01"), encoding="utf-8")
    assert find(live("A")) is None
    assert [vintage.turns for vintage in known()] == [()]


def test_bars_within_a_day_do_not_prove_that_the_day_is_whole() -> None:
    frame = pd.DataFrame({"unique_id": "A", "ds": pd.date_range("2024-01-30 09:00", periods=20, freq="h")})
    panel = from_frame(frame.assign(close=1.0))
    store(Answer(panel, live("A", end="2024-02-05")))
    assert find(live("A", end="2024-01-31")) is None
    assert find(live("A", end="2024-01-30")) is not None


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
    error, said = (NoInputError, "not here") if damage == "gone" else (DataError, "missing or damaged")
    with pytest.raises(error, match=said):
        vintage.panel()
    assert store(answer("A")).name == vintage.name
    assert path.read_bytes() == whole


@pytest.mark.parametrize("asked", [live("A"), {"source": "files", "files": {"a.csv": "00"}}])
def test_an_edited_request_is_no_vintage(asked: dict[str, Any]) -> None:
    vintage = store(Answer(answer("A").panel, asked))
    path = VINTAGES / vintage.name / "request.json"
    path.write_text(path.read_text(encoding="utf-8").replace("2024-01-01", "2023-01-01"), encoding="utf-8")
    found = find(asked)
    assert (found is None) == ("files" in asked)
    with pytest.raises(DataError, match="damaged"):
        vintage.panel()
