"""The panel's form: what is refused at the door, and what comes back from disk."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from reprocast.errors import DataError, NoInputError
from reprocast.panel import from_frame, read_panel, time_text, write_panel


def frame(**changes: object) -> pd.DataFrame:
    days = pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-01", "2020-01-03"])
    columns = {"unique_id": ["b", "b", "a", "a"], "ds": days, "x": [1.0, np.nan, 3.0, 4.0], "n": [1, 2, 3, 4]}
    return pd.DataFrame({**columns, **changes})


def test_series_stand_one_after_the_other_sorted_by_id() -> None:
    panel = from_frame(frame())
    assert panel.ids == ("a", "b")
    assert panel.offsets.tolist() == [0, 2, 4]
    assert panel.columns["n"].tolist() == [3, 4, 1, 2]
    assert panel.series_of_rows().tolist() == [0, 0, 1, 1]


def test_what_is_written_comes_back_and_the_bytes_depend_on_the_panel_only(tmp_path: Path) -> None:
    panel = from_frame(frame())
    write_panel(panel, tmp_path / "one.parquet")
    write_panel(from_frame(frame().iloc[::-1].iloc[[1, 0, 3, 2]]), tmp_path / "two.parquet")
    back = read_panel(tmp_path / "one.parquet")
    pd.testing.assert_frame_equal(back.to_frame(), panel.to_frame())
    assert back.columns["n"].dtype == np.int64
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()
    assert pq.ParquetFile(tmp_path / "one.parquet").num_row_groups == 2


def test_integer_steps_and_zones() -> None:
    assert from_frame(frame(ds=[1, 2, 1, 3])).ds.tolist() == [1, 3, 1, 2]
    zoned = frame()["ds"].dt.tz_localize("America/New_York")
    assert from_frame(frame(ds=zoned)).ds[0] == np.datetime64("2020-01-01T05:00")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"ds": pd.to_datetime(["2020-01-01", "2020-01-01", "2020-01-01", "2020-01-03"])},
            "series b, row 1.*twice",
        ),
        (
            {"ds": pd.to_datetime(["2020-01-02", "2020-01-01", "2020-01-01", "2020-01-03"])},
            "series b, row 1.*comes after",
        ),
        (
            {"ds": pd.to_datetime(["2020-01-01", None, "2020-01-01", "2020-01-03"])},
            "series b, row 1: the time is missing",
        ),
        ({"ds": ["x", "y", "z", "w"]}, "neither a timestamp nor"),
        ({"x": ["1", "2", "three", "4"]}, "column x: holds str, not numbers"),
    ],
)
def test_what_breaks_the_form_is_refused_with_series_row_and_reason(
    changes: dict[str, object], said: str
) -> None:
    with pytest.raises(DataError, match=said):
        from_frame(frame(**changes))


def test_take_keeps_rows_and_drops_series_left_empty() -> None:
    panel = from_frame(frame()).take(np.array([False, False, True, True]))
    assert panel.ids == ("b",)
    assert panel.offsets.tolist() == [0, 2]
    empty = panel.take(np.array([False, False]))
    assert (empty.ids, len(empty)) == ((), 0)
    assert empty.take(np.zeros(0, bool)).ids == ()


def test_unreadable_files_say_so(tmp_path: Path) -> None:
    with pytest.raises(NoInputError, match="no such file"):
        read_panel(tmp_path / "none.parquet")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(DataError, match="is not a Parquet file"):
        read_panel(tmp_path / "bad.parquet")
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "other.parquet")
    with pytest.raises(DataError, match="has no column ds, unique_id"):
        read_panel(tmp_path / "other.parquet")


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (np.datetime64("2013-03-01T00:00:00.000000"), "2013-03-01"),
        (np.datetime64("2013-03-01T09:30:00.000000"), "2013-03-01T09:30"),
        (pd.Timestamp("2013-03-01 09:30:05"), "2013-03-01T09:30:05"),
        (np.int64(17), 17),
        (0, 0),
    ],
)
def test_a_time_is_said_as_short_as_it_can_be(time: object, text: str | int) -> None:
    assert time_text(time) == text
