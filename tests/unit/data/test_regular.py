"""A row at every due time."""

import numpy as np
import pytest

from reprocast.data.regular import reaching, refuse_off_calendar, regular
from reprocast.errors import DataError
from reprocast.panel import Panel


def panel(*series: list[int]) -> Panel:
    """Series a, b … with rows at these steps; `load` says which, `count` is whole."""
    steps = np.concatenate([np.array(one, np.int64) for one in series])
    offsets = np.cumsum([0, *map(len, series)])
    columns = {"load": 10.0 * steps, "count": steps}
    return Panel(tuple("abc"[: len(series)]), offsets, steps, columns, {"size": np.arange(len(series)) * 1.0})


def test_a_gap_becomes_rows_without_values() -> None:
    found = regular(panel([1, 2, 5], [7, 8]), "step")
    assert found.ds.tolist() == [1, 2, 3, 4, 5, 7, 8]
    assert found.offsets.tolist() == [0, 5, 7]
    for name, factor in (("load", 10.0), ("count", 1.0)):
        expected = [factor, 2 * factor, np.nan, np.nan, 5 * factor, 7 * factor, 8 * factor]
        assert np.array_equal(found.columns[name], expected, equal_nan=True)
    assert found.static["size"].tolist() == [0.0, 1.0]


def test_a_regular_panel_comes_back_as_it_is() -> None:
    whole = panel([1, 2, 3], [5, 6])
    assert regular(whole, "step") is whole


def test_rows_between_due_times_are_left_out_and_whole_numbers_stay_whole() -> None:
    days = np.array(["2024-01-05", "2024-01-06", "2024-01-08"], "datetime64[us]")  # Friday, Saturday, Monday
    found = regular(Panel(("a",), np.array([0, 3]), days, {"count": np.array([1, 2, 3])}), "B")
    assert found.ds.tolist() == days[[0, 2]].tolist()
    assert found.columns["count"].tolist() == [1, 3]
    assert found.columns["count"].dtype == np.int64


def test_months_of_unequal_length_are_no_gaps() -> None:
    months = np.array(["2024-01-01", "2024-02-01", "2024-03-01", "2024-05-01"], "datetime64[us]")
    found = regular(Panel(("a",), np.array([0, 4]), months, {"load": np.ones(4)}), "MS")
    assert found.ds.astype("datetime64[M]").astype(str).tolist() == [f"2024-0{n}" for n in range(1, 6)]
    assert np.isnan(found.columns["load"]).tolist() == [False, False, False, True, False]


def test_a_series_that_the_calendar_does_not_know_is_named() -> None:
    days = np.array(["2024-01-06", "2024-01-07"], "datetime64[us]")  # a week-end
    with pytest.raises(DataError, match="series a: no row stands at a time due by calendar XNYS"):
        regular(Panel(("a",), np.array([0, 2]), days, {"load": np.ones(2)}), "XNYS")


def test_a_row_at_a_time_that_is_not_due_is_named() -> None:
    days = np.array(["2024-01-05", "2024-01-06", "2024-01-08"], "datetime64[us]")
    friday = Panel(("a",), np.array([0, 3]), days, {"load": np.ones(3)})
    refuse_off_calendar(friday, "D")
    with pytest.raises(
        DataError, match=r"series a: nothing is due at 2024-01-06 by calendar B \(1 such rows\)"
    ):
        refuse_off_calendar(friday, "B")


def test_each_series_reaches_some_steps_beyond_its_cutoff() -> None:
    found = reaching(panel([1, 2, 3, 4, 5], [7, 8]), np.array([2, 2]), 2, "step")
    assert found.ds.tolist() == [1, 2, 3, 4, 7, 8, 9, 10]
    assert np.array_equal(found.columns["load"], [10, 20, 30, 40, 70, 80, np.nan, np.nan], equal_nan=True)
