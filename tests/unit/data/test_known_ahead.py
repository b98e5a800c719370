"""Rows after the as-of date: what is known ahead, as far as is forecast, and nothing else."""

import numpy as np
import pytest

from reprocast.data.asof import until
from reprocast.data.known_ahead import with_known
from reprocast.panel import Panel

NAN = np.nan


@pytest.fixture
def raw() -> Panel:
    """a has rows 1 … 6, b 1, 2, 3 and 6; the plan of a is known to 5."""
    columns = {
        "load": np.arange(10.0),
        "plan": np.array([0.0, 1, 2, 3, 4, NAN, 10, 11, 12, 13]),
        "count": np.arange(10),
    }
    steps = np.array([1, 2, 3, 4, 5, 6, 1, 2, 3, 6])
    return Panel(("a", "b"), np.array([0, 6, 10]), steps, columns, {"size": np.array([1.0, 2.0])})


def test_what_is_known_ahead_is_added_and_all_else_is_missing(raw: Panel) -> None:
    found = with_known(until(raw, 3), raw, ["plan"], 3, "step")
    assert found.ds.tolist() == [1, 2, 3, 4, 5, 1, 2, 3, 6]
    assert found.offsets.tolist() == [0, 5, 9]
    assert found.columns["plan"].tolist() == [0, 1, 2, 3, 4, 10, 11, 12, 13]
    expected = [0, 1, 2, NAN, NAN, 6, 7, 8, NAN]
    assert np.array_equal(found.columns["load"], expected, equal_nan=True)
    assert np.array_equal(found.columns["count"], expected, equal_nan=True)
    assert found.static["size"].tolist() == [1.0, 2.0]


def test_no_further_than_is_forecast(raw: Panel) -> None:
    found = with_known(until(raw, 3), raw, ["plan"], 1, "step")
    assert found.ds.tolist() == [1, 2, 3, 4, 1, 2, 3]


def test_each_series_goes_on_from_its_own_last_row(raw: Panel) -> None:
    short = raw.take((raw.ds <= 3) & ~((raw.series_of_rows() == 0) & (raw.ds == 3)))
    found = with_known(short, raw, ["plan"], 2, "step")
    assert found.ds.tolist() == [1, 2, 3, 4, 1, 2, 3]
    assert np.array_equal(found.columns["load"], [0, 1, NAN, NAN, 6, 7, 8], equal_nan=True)


@pytest.mark.parametrize("known", [[], ["elsewhere"]])
def test_without_such_columns_nothing_is_added(raw: Panel, known: list[str]) -> None:
    cut = until(raw, 3)
    assert with_known(cut, raw, known, 3, "step") is cut


def test_whole_numbers_that_are_known_ahead_stay_whole(raw: Panel) -> None:
    found = with_known(until(raw, 3), raw, ["count"], 3, "step")
    assert found.columns["count"].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert found.columns["count"].dtype == np.int64


def test_a_series_that_was_not_asked_for_stays_away(raw: Panel) -> None:
    only = until(raw, 3).take(np.array([False] * 3 + [True] * 3))
    found = with_known(only, raw, ["plan"], 3, "step")
    assert found.ids == ("b",)
    assert found.ds.tolist() == [1, 2, 3, 6]
