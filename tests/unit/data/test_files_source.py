"""What the source `files` makes of columns: typed ones of Parquet, text that stays, text that is left out."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reprocast.data.sources.answer import Answer
from reprocast.data.sources.files import ask, request
from reprocast.errors import DataError
from reprocast.params.data import FilesData
from reprocast.params.operations import Operations


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def block(path: str, **more: Any) -> FilesData:
    usual = {"id": "id", "end": "2100-01-01", "calendar": "D", "season": 1}
    return FilesData(source="files", path=path, **{**usual, **more})


def answer(path: str, **more: Any) -> Answer:
    return ask(block(path, **more), Operations())


def written(columns: dict[str, Any]) -> str:
    pq.write_table(pa.table(columns), "mine.parquet")
    return "mine.parquet"


IDS = pa.array(["a", "a"])
DAYS = pa.array([date(2024, 1, 1), date(2024, 1, 2)])


@pytest.mark.parametrize(
    ("values", "meant", "kind"),
    [
        (pa.array([1, 2], pa.int8()), [1, 2], "i"),
        (pa.array([1, None], pa.int32()), [1, np.nan], "f"),
        (pa.array([2**63 - 1, 0], pa.int64()), [2**63 - 1, 0], "i"),
        (pa.array([2**64 - 1, 0], pa.uint64()), [float(2**64 - 1), 0], "f"),
        (pa.array([True, False]), [1, 0], "i"),
        (pa.array([0.1, None], pa.float32()), [float(np.float32(0.1)), np.nan], "f"),
        (pa.array([Decimal("0.10"), None]), [0.1, np.nan], "f"),
        (pa.array([None, None]), [np.nan, np.nan], "f"),
        (pa.array(["0.10", "NA"]), [0.1, np.nan], "f"),
        (pa.array(["7", "8"]).dictionary_encode(), [7, 8], "i"),
    ],
)
def test_typed_values_of_parquet(values: Any, meant: list[float], kind: str) -> None:
    found = answer(written({"id": IDS, "ds": DAYS, "x": values})).panel.columns["x"]
    assert found.dtype.kind == kind
    np.testing.assert_array_equal(found, meant)


@pytest.mark.parametrize(
    "ids",
    [
        pa.array([7, 7]),
        pa.array(["7", " 7"]),
        pa.array(["7", "7"]).dictionary_encode(),
        pa.array([7, 7], pa.int8()),
    ],
)
def test_typed_names_of_parquet(ids: Any) -> None:
    assert answer(written({"id": ids, "ds": DAYS, "x": [1, 2]})).panel.ids == ("7",)


@pytest.mark.parametrize(
    ("times", "zone", "meant"),
    [
        (DAYS, None, "2024-01-01"),
        (pa.array(["2024-01-01", "2024-01-02"]), None, "2024-01-01"),
        (DAYS.cast(pa.timestamp("ns")), None, "2024-01-01"),
        (DAYS.cast(pa.timestamp("s")), "Europe/Berlin", "2023-12-31T23:00"),
        (DAYS.cast(pa.timestamp("ms")).cast(pa.timestamp("ms", "Asia/Tokyo")), "Europe/Berlin", "2024-01-01"),
    ],
)
def test_typed_times_of_parquet(times: Any, zone: str | None, meant: str) -> None:
    panel = answer(written({"id": IDS, "ds": times, "x": [1, 2]}), zone=zone).panel
    assert panel.ds[0] == np.datetime64(meant)


@pytest.mark.parametrize(
    ("times", "zone", "said"),
    [
        (pa.array([None, date(2024, 1, 2)]), None, "row 1, column ds: the time is missing"),
        (pa.array([0, 2**60], pa.timestamp("us")), None, "row 2, column ds: 38504-.* is no date"),
        (pa.array(["2024-01-01", None]), None, "row 2, column ds: the time is missing"),
        (
            pa.array([np.datetime64("2024-03-31T02:30", "us")] * 2),
            "Europe/Berlin",
            "row 1, column ds: '2024-03-31T02:30:00.000000' does not exist in Europe/Berlin",
        ),
    ],
)
def test_times_that_are_none(times: Any, zone: str | None, said: str) -> None:
    with pytest.raises(DataError, match=said):
        answer(written({"id": IDS, "ds": times, "x": [1, 2]}), zone=zone)


def test_text_that_is_constant_stays_and_other_columns_are_named() -> None:
    lists = pa.array([[1], [2]])
    columns = {
        "id": IDS,
        "ds": DAYS,
        "x": [1, 2],
        "kind": ["u", "u"],
        "mood": ["b", "c"],
        "list": lists,
        "when": DAYS,
    }
    found = answer(written(columns))
    assert list(found.panel.columns) == ["x"]
    assert found.panel.static["kind"].tolist() == ["u"]
    assert found.notes["left_out"] == {
        "list": "list<element: int64>, not numbers",
        "when": "date32[day], not numbers",
        "mood": "text that varies within series a",
    }


def test_text_is_constant_over_several_files() -> None:
    head = "id,ds,x,kind,mood\n"
    Path("one.csv").write_text(head + "b,2024-01-01,1,u,m\na,2024-01-01,2,v,m\n", encoding="utf-8")
    Path("two.csv").write_text(head + "a,2024-01-02,3,v,n\nc,2024-01-01,4,NA,m\n", encoding="utf-8")
    found = answer("*.csv")
    assert found.panel.ids == ("a", "b", "c")
    assert found.panel.columns["x"].tolist() == [2, 3, 1, 4]
    assert found.panel.static["kind"].tolist() == ["v", "u", ""]
    assert found.notes["left_out"] == {"mood": "text that varies within series a"}


def test_a_wide_series_without_a_value_is_named() -> None:
    Path("mine.csv").write_text(
        "ds,a,b,c\n2024-01-01,,,\n2024-01-02,1,,2\n2024-01-03,,,3\n", encoding="utf-8"
    )
    found = answer("mine.csv", form="wide", id=None)
    assert found.panel.ids == ("a", "c")
    assert found.panel.columns["value"].tolist() == [1, 2, 3]
    assert found.notes["left_out"] == {"b": "no value in any row"}


def test_usual_ways_of_reading_do_not_enter_the_request() -> None:
    """So that a vintage of before these keys is found."""
    Path("mine.csv").write_text("x\n", encoding="utf-8")
    usual = {"source", "files", "form", "id", "time", "steps", "rename"}
    assert request(block("mine.csv")).keys() == usual
    assert request(block("mine.csv", zone="UTC", decimal=",")).keys() == usual | {"zone", "decimal"}


def test_renaming_onto_a_name_that_is_there_is_refused() -> None:
    Path("mine.csv").write_text("id,ds,x,y\na,2024-01-01,1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match="column y stands twice"):
        answer("mine.csv", rename={"x": "y"})
    with pytest.raises(DataError, match="a column of values cannot be called unique_id"):
        answer("mine.csv", rename={"x": "unique_id"})
