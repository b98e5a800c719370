"""An edited file of one's own is taken in, and so is going back to what it was."""

from pathlib import Path

import pytest

from reprocast.commands.fresh import acquire, acquire_changed_files
from reprocast.data.vintages import VINTAGES
from reprocast.errors import DataError, NoInputError
from reprocast.params.data import FilesData
from reprocast.stages import pull

PARAMS = "data: {source: files, path: x.csv, id: id, time: ds, end: 3, calendar: step, season: 1}\n"
DATA = FilesData(source="files", path="x.csv", id="id", time="ds", end=3, calendar="step", season=1)
FILE = "id,ds,x\na,1,1.5\na,2,2.5\na,3,3.5\n"


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(PARAMS, encoding="utf-8")
    Path("x.csv").write_text(FILE, encoding="utf-8")


def dependency() -> dict[str, bytes]:
    """What DVC sees of the folder of vintages; the time of a call is left out by .dvcignore."""
    files = [path for path in sorted(VINTAGES.rglob("*")) if path.is_file() and path.name != "call.json"]
    return {path.as_posix(): path.read_bytes() for path in files}


def pulled() -> bytes:
    pull.main()
    return Path("data/raw/panel.parquet").read_bytes()


def test_an_edit_and_going_back_are_both_noticed() -> None:
    acquire_changed_files(DATA)
    first, panel = dependency(), pulled()
    acquire_changed_files(DATA)
    assert dependency() == first
    Path("x.csv").write_text(FILE.replace("3.5", "9.5"), encoding="utf-8")
    acquire_changed_files(DATA)
    second = dependency()
    assert second != first
    assert pulled() != panel
    Path("x.csv").write_text(FILE, encoding="utf-8")
    acquire_changed_files(DATA)
    assert dependency() != second
    assert pulled() == panel


def test_acquire_says_whether_there_is_anything_new() -> None:
    assert acquire().startswith("new vintage ")
    assert acquire().startswith("nothing new: vintage ")
    Path("x.csv").write_text(FILE + "a,4,4.5\n", encoding="utf-8")
    assert acquire().endswith("last row 4; `reprocast repro` takes it")


def test_a_broken_or_missing_file_changes_nothing() -> None:
    acquire_changed_files(DATA)
    before = dependency()
    Path("x.csv").write_text(FILE + "a,4,four\n", encoding="utf-8")
    with pytest.raises(DataError, match="four"):
        acquire_changed_files(DATA)
    Path("x.csv").unlink()
    with pytest.raises(NoInputError, match=r"x\.csv"):
        acquire_changed_files(DATA)
    assert dependency() == before


def test_a_pinned_vintage_is_left_alone() -> None:
    acquire_changed_files(DATA.model_copy(update={"vintage": "0123456789abcdef"}))
    assert not VINTAGES.exists()
