"""How far a panel reaches, as the data.end that takes in just that."""

import numpy as np
import pandas as pd
import pytest

from reprocast.data.asof import over_by, until
from reprocast.data.newest import asked_up_to, instant, last_end
from reprocast.errors import DataError
from reprocast.panel import Panel, from_frame
from reprocast.params.data import FilesData


def panel(times: object, **columns: object) -> Panel:
    ds = pd.Index(times)  # type: ignore[call-overload]
    return from_frame(pd.DataFrame({"unique_id": "a", "ds": ds, "y": np.arange(float(len(ds))), **columns}))


def data(calendar: str, end: str | int = "2030-01-01") -> FilesData:
    values = {"source": "files", "path": "x.csv", "end": end, "calendar": calendar, "season": 1}
    return FilesData.model_validate(values)


@pytest.mark.parametrize(
    ("calendar", "as_of", "asked"),
    [
        ("XNYS", "2024-06-08", "2024-06-07"),  # Saturday
        ("XNYS", "2024-07-04", "2024-07-03"),  # a holiday
        ("XNYS", "2024-06-07T19:59", "2024-06-06"),  # New York closes at 20:00 UTC in summer
        ("XNYS", "2024-06-07T20:00", "2024-06-07"),
        ("XNYS@15min", "2024-06-09T12:00", "2024-06-07"),
        ("D", "2024-06-08", "2024-06-08"),
        ("step", 12, 12),
    ],
)
def test_a_source_is_asked_up_to_the_last_session(calendar: str, as_of: str | int, asked: str | int) -> None:
    assert asked_up_to(calendar, as_of) == asked


CASES = {
    "XNYS": (pd.to_datetime(["2024-06-05", "2024-06-06", "2024-06-07"]), "2024-06-07T21:00", "2024-06-07"),
    "D": (pd.date_range("2024-06-01", periods=9), "2024-06-05", "2024-06-05"),
    "B": (pd.bdate_range("2024-06-03", periods=9), "2024-06-09", "2024-06-07"),
    "MS": (pd.date_range("2024-01-01", periods=6, freq="MS"), "2024-05-15", "2024-04-30"),
    "h": (pd.date_range("2024-06-01", periods=40, freq="h"), "2024-06-01T10:30", "2024-06-01T10:00:00"),
    "15min": (pd.date_range("2024-06-01", periods=96, freq="15min"), "2024-06-01", "2024-06-01"),
    "step": (range(5, 20), 11, 11),
}


@pytest.mark.parametrize("calendar", CASES)
def test_the_end_takes_in_what_was_over_and_nothing_else(calendar: str) -> None:
    times, as_of, end = CASES[calendar]
    found = panel(times)
    assert last_end(found, data(calendar, 99 if calendar == "step" else "2030-01-01"), as_of) == end
    seen = over_by(until(found, as_of), calendar, as_of)
    assert len(over_by(until(found, end), calendar, end)) == len(seen) > 0


def test_rows_of_plans_alone_are_no_data() -> None:
    plans = panel(pd.date_range("2024-06-01", periods=4), plan=[1.0, 2.0, 3.0, 4.0])
    values = plans.columns["y"].copy()
    values[2:] = np.nan
    plans = Panel(plans.ids, plans.offsets, plans.ds, {**plans.columns, "y": values}, plans.static)
    assert last_end(plans, data("D"), "2024-06-10", ("plan",)) == "2024-06-02"


def test_before_the_first_row_there_is_no_end() -> None:
    with pytest.raises(DataError, match="has no row up to 2023-01-01; the first is of 2024-06-01"):
        last_end(panel(pd.date_range("2024-06-01", periods=4)), data("D"), "2023-01-01")


def test_a_day_ends_when_the_next_begins() -> None:
    assert instant("2024-06-01") == instant("2024-06-02T00:00") > instant("2024-06-01T23:59")
    assert instant(3) < instant(4)
