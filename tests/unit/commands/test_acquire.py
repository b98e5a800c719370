"""An edited file of one's own is taken in, and so is going back to what it was."""

from pathlib import Path

import pytest

from reprocast.commands.acquire import acquire, take_in
from reprocast.data.vintage import VINTAGES
from reprocast.errors import DataError, NoInputError
from reprocast.params.data import FilesData
from reprocast.stages import pull

PARAMS = """\
data: {source: files, path: x.csv, id: id, time: ds, end: 3, calendar: step, season: 1}
columns: {target: [x]}
window: {look_back: 1, horizon: 1}
"""
DATA = FilesData(source="files", path="x.csv", id="id", time="ds", end=3, calendar="step", season=1)
FILE = "id,ds,x\na,1,1.5\na,2,2.5\na,3,3.5\n"


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(PARAMS, encoding="utf-8")
    Path("x.csv").write_text(FILE, encoding="utf-8")


def dependency() -> dict[str, bytes]:
    """What DVC sees of the folder of vintages."""
    files = [path for path in sorted(VINTAGES.rglob("*")) if path.is_file()]
    return {path.as_posix(): path.read_bytes() for path in files}


def pulled() -> bytes:
    pull.main()
    return Path("data/raw/panel.parquet").read_bytes()


def test_an_edit_and_going_back_are_both_noticed() -> None:
    take_in(DATA)
    first, panel = dependency(), pulled()
    take_in(DATA)
    assert dependency() == first
    Path("x.csv").write_text(FILE.replace("3.5", "9.5"), encoding="utf-8")
    take_in(DATA)
    second = dependency()
    assert second != first
    assert pulled() != panel
    Path("x.csv").write_text(FILE, encoding="utf-8")
    take_in(DATA)
    assert dependency() != second
    assert pulled() == panel


def test_acquire_says_whether_there_is_anything_new() -> None:
    assert acquire().startswith("first answer: 1 series, the last row 3: vintage ")
    assert acquire().startswith("no new row since 3; vintage ")
    pulled()
    Path("x.csv").write_text(FILE + "a,4,4.5\n", encoding="utf-8")
    assert acquire().startswith("1 new row, the last 4: vintage ")
    assert acquire().startswith("no new row since 4; vintage ")


def test_an_edit_of_the_past_is_told_and_taken() -> None:
    """It is the user's own deed, unlike a live source's."""
    acquire()
    pulled()
    Path("x.csv").write_text(FILE.replace("2.5", "5.0"), encoding="utf-8")
    said = acquire()
    assert said.startswith(
        "history edited (a: 1 row revised in x; largest change a x 2: 2.5 → 5 (+100.00%)); "
    )
    assert "largest change: a x 2: 2.5 → 5" in Path("reports/acquire.md").read_text(encoding="utf-8")
    assert pulled()


def test_a_broken_or_missing_file_changes_nothing() -> None:
    take_in(DATA)
    before = dependency()
    Path("x.csv").write_text(FILE + "a,4,four\n", encoding="utf-8")
    with pytest.raises(DataError, match="four"):
        take_in(DATA)
    Path("x.csv").unlink()
    with pytest.raises(NoInputError, match=r"x\.csv"):
        take_in(DATA)
    assert dependency() == before


def test_a_pinned_vintage_is_left_alone() -> None:
    take_in(DATA)
    before = dependency()
    name = next(path.parent.name for path in VINTAGES.glob("*/request.json"))
    Path("x.csv").write_text(FILE.replace("3.5", "9.5"), encoding="utf-8")
    take_in(DATA.model_copy(update={"vintage": name}))
    assert dependency() == before
    with pytest.raises(NoInputError, match=r"data\.vintage: no vintage 0123456789abcdef"):
        take_in(DATA.model_copy(update={"vintage": "0123456789abcdef"}))
