"""One series a row: ragged ends, files that follow each other, and one step at which all series end."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from reprocast.data.sources.files import ask, request
from reprocast.data.splitting import fold_spans, time_grid
from reprocast.errors import DataError
from reprocast.panel import Panel
from reprocast.params.data import FilesData
from reprocast.params.operations import Operations
from reprocast.params.window import Split


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def block(*paths: str, **more: Any) -> FilesData:
    usual = {"form": "rows", "end": 9, "calendar": "step", "season": 1}
    return FilesData(source="files", path=paths[0] if len(paths) == 1 else paths, **{**usual, **more})


def panel(*texts: str, **more: Any) -> Panel:
    names = [f"{'zyx'[n]}.csv" for n in range(len(texts))]  # in another order than that of their names
    for name, text in zip(names, texts, strict=True):
        Path(name).write_text(text, encoding="utf-8")
    return ask(block(*names, **more), Operations()).panel


def series(found: Panel) -> dict[str, tuple[list[int], list[float]]]:
    return {
        name: (found.ds[rows].tolist(), found.columns["value"][rows].tolist()) for name, rows in found.rows()
    }


TRAIN = '"V1","V2","V3","V4"\n"a","1","2","3"\n"b","4","",""\n'
TEST = "V1,V2,V3\nb,7,8\na,5,6\n"


def test_the_second_file_goes_on_where_each_row_of_the_first_ends() -> None:
    assert series(panel(TRAIN, TEST)) == {
        "a": ([1, 2, 3, 4, 5], [1.0, 2.0, 3.0, 5.0, 6.0]),
        "b": ([3, 4, 5], [4.0, 7.0, 8.0]),
    }


def test_a_value_that_is_missing_before_the_last_stays_missing() -> None:
    steps, found = series(panel("name,1,2,3,4\na,1,NA,3,\nb,1,2,3,4\n"))["a"]
    assert steps == [2, 3, 4]
    assert found == pytest.approx([1, np.nan, 3], nan_ok=True)


def test_the_column_of_names_may_stand_anywhere() -> None:
    assert series(panel("1,name,2\n5,a,6\n", id="name")) == {"a": ([1, 2], [5.0, 6.0])}


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(4, 12), min_size=1, max_size=5), st.integers(1, 3))
def test_every_series_is_tested_on_the_end_of_its_own(lengths: list[int], horizon: int) -> None:
    """Of a split that counts back from the end, the test span is the second file, whatever the lengths."""
    width = max(lengths)
    head = ",".join(["id", *(f"v{n}" for n in range(width))])
    rows = [f"s{n}," + ",".join([str(100 * n + t) if t < length else "" for t in range(width)])
            for n, length in enumerate(lengths)]  # fmt: skip
    ahead = [f"s{n}," + ",".join(str(-100 * n - t - 1) for t in range(horizon)) for n in range(len(lengths))]
    test = "\n".join([",".join(["id", *(f"v{n}" for n in range(horizon))]), *ahead]) + "\n"
    found = panel("\n".join([head, *rows]) + "\n", test)
    grid = time_grid(found.ds, found.offsets)
    spans = fold_spans(grid, Split(test=horizon, validation=1), 0)[0]
    tested = (found.ds >= grid[spans["test"].begin]) & (found.ds <= grid[spans["test"].end - 1])
    assert (tested == (found.columns["value"] < 0)).all()
    assert grid[-1] == width + horizon


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["id,1\na,1\na,2\n"], "z.csv, line 3, column id: series a stands twice; a series is one row"),
        (["id,1\na,1\nb,\n"], "z.csv, line 3, column id: series b has no value in its row"),
        (["id,1,2\na,1,x\n"], "z.csv, column 2: holds no numbers, but data.form is rows"),
        (["id,1,2\na,1,x\nb,1,2\n"], "z.csv, line 2, column 2: 'x' is not a number"),
        (["id\na\n"], "z.csv: has no column beside the names"),
        ([TRAIN, "id,1\na,1\n"], "y.csv: has no row of series b, which z.csv has"),
        ([TRAIN, "id,1\na,1\nb,1\nc,1\n"], "z.csv: has no row of series c, which y.csv has"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(texts: list[str], said: str) -> None:
    with pytest.raises(DataError) as caught:
        panel(*texts)
    assert said in str(caught.value)


def test_a_column_of_names_that_is_not_there() -> None:
    with pytest.raises(DataError, match=r"z.csv: has no column series \(data.id\); it has V1, V2"):
        panel(TRAIN, id="series")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"calendar": "D", "end": "2024-01-01"}, "form rows has no times, but calendar is D; set `step`"),
        ({"time": "when"}, "leave time and rename out"),
        ({"rename": {"V1": "a"}}, "leave time and rename out"),
        ({"sha256": "0" * 64}, "path and sha256 must both be one, or both be lists"),
        ({"sha256": ("0" * 64,)}, "path names 2 files, sha256 pins 1; pin each or none"),
        ({"path": ("https://x.org/a.csv", "b.csv")}, "a list of URLs is not asked again; pin each of them"),
    ],
)
def test_what_would_do_nothing_is_refused(more: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        FilesData.model_validate({**block("a.csv", "b.csv").model_dump(), **more})
    assert said in str(caught.value)


def test_the_order_of_the_files_is_part_of_the_request() -> None:
    Path("a.csv").write_text(TRAIN, encoding="utf-8")
    Path("b.csv").write_text(TEST, encoding="utf-8")
    one, other = request(block("a.csv", "b.csv")), request(block("b.csv", "a.csv"))
    assert one["files"] == other["files"]
    assert one != other


def test_each_file_of_a_list_has_its_pin() -> None:
    Path("z.csv").write_text(TRAIN, encoding="utf-8")
    Path("y.csv").write_text(TEST, encoding="utf-8")
    pins = tuple(hashlib.sha256(text.encode()).hexdigest() for text in (TRAIN, TEST))
    assert len(panel(TRAIN, TEST, sha256=pins)) == 8
    with pytest.raises(DataError, match=r"z.csv: its sha256 is .*, data.sha256 pins"):
        panel(TRAIN, TEST, sha256=pins[::-1])
