"""Adjusted prices against hand computations, and against what came later."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reprocast.data.adjust import adjust, later_product
from reprocast.errors import DataError
from reprocast.panel import Panel, from_frame

SAMPLE = Path(__file__).parents[3] / "data" / "samples" / "stocks.csv"


def stock(**columns: list[float]) -> Panel:
    """Five days of one stock; prices of a day are all the same unless given."""
    close = columns.get("close", [100.0, 102.0, 50.0, 51.0, 52.0])
    frame = {
        "open": close,
        "high": close,
        "low": close,
        "close": close,
        "volume": [10.0, 10.0, 20.0, 20.0, 20.0],
    }
    days = pd.date_range("2024-01-01", periods=len(close))
    return from_frame(pd.DataFrame({"unique_id": "A", "ds": days, **frame, **columns}))


SPLIT = [1.0, 1.0, 2.0, 1.0, 1.0]
DIVIDEND = [0.0, 0.0, 0.0, 0.5, 0.0]


def test_a_split_and_a_dividend_by_hand() -> None:
    """2:1 on the third day; 0.50 on the fourth, 1 % of the third day's close of 50."""
    panel = adjust(stock(split=SPLIT, dividend=DIVIDEND), "2024-01-05")
    assert tuple(panel.columns) == ("open", "high", "low", "close", "volume")
    expected = [100 / 2 * 0.99, 102 / 2 * 0.99, 50 * 0.99, 51, 52]
    for name in ("open", "high", "low", "close"):
        np.testing.assert_allclose(panel.columns[name], expected, rtol=1e-15)
        assert panel.columns[name].dtype == np.float64
    np.testing.assert_array_equal(panel.columns["volume"], [20, 20, 20, 20, 20])


def test_a_dividend_on_the_day_of_a_split_is_paid_on_new_shares() -> None:
    """Close 102 is 51 in new shares; 0.51 of it is 1 %."""
    panel = adjust(stock(split=SPLIT, dividend=[0.0, 0.0, 0.51, 0.0, 0.0]), "2024-01-05")
    np.testing.assert_allclose(panel.columns["close"][:2], [100 / 2 * 0.99, 102 / 2 * 0.99], rtol=1e-15)


@pytest.mark.parametrize("end", ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"])
def test_nothing_after_the_end_matters(end: str) -> None:
    """Later prices and actions are replaced by others: not a bit of the result moves."""
    panel = stock(split=SPLIT, dividend=DIVIDEND)
    later = panel.ds > np.datetime64(end)
    rng = np.random.default_rng(7)
    scrambled = panel.with_columns(
        {
            name: np.where(later, rng.uniform(1, 3, len(panel)), values)
            for name, values in panel.columns.items()
        }
    )
    one, other = adjust(panel, end), adjust(scrambled, end)
    assert len(one) == (~later).sum()
    for name in one.columns:
        np.testing.assert_array_equal(one.columns[name], other.columns[name])
    for name in ("close", "volume"):
        assert one.columns[name][-1] == panel.columns[name][~later][-1]


def sample() -> Panel:
    return from_frame(pd.read_csv(SAMPLE, parse_dates=["ds"]))


def test_later_actions_within_adj_close_drop_out() -> None:
    """A split after the end multiplies the whole column adj_close: the prices up to the end stay."""
    panel = sample()
    rescaled = panel.with_columns({**panel.columns, "adj_close": panel.columns["adj_close"] / 7})
    one, other = adjust(panel, "2010-06-30"), adjust(rescaled, "2010-06-30")
    np.testing.assert_allclose(one.columns["close"], other.columns["close"], rtol=1e-13)


def test_both_ways_agree_where_there_are_splits_only() -> None:
    """Apple paid no dividend between 1996 and August 2012."""
    panel = sample().take(sample().series_of_rows() == 0)
    assert panel.ids == ("AAPL",)
    by_close = adjust(panel, "2012-07-31")
    actions = {name: values for name, values in panel.columns.items() if name != "adj_close"}
    by_splits = adjust(panel.with_columns(actions), "2012-07-31")
    np.testing.assert_allclose(by_close.columns["close"], by_splits.columns["close"], rtol=1e-9)
    np.testing.assert_array_equal(by_close.columns["volume"], by_splits.columns["volume"])
    assert by_splits.columns["close"][0] == 130.31 / 4


def test_what_has_no_actions_is_left_as_it_is() -> None:
    panel = stock()
    adjusted = adjust(panel, "2024-01-05")
    for name in panel.columns:
        np.testing.assert_array_equal(adjusted.columns[name], panel.columns[name])


def test_other_columns_are_left_as_they_are() -> None:
    panel = adjust(stock(split=SPLIT, mood=[1.0, 2.0, 3.0, 4.0, 5.0]), "2024-01-05")
    np.testing.assert_array_equal(panel.columns["mood"], [1, 2, 3, 4, 5])


def test_missing_prices_stay_missing_and_harm_no_other_row() -> None:
    close = [100.0, np.nan, 50.0, 51.0, 52.0]
    panel = adjust(stock(close=close, adj_close=[10.0, np.nan, 10.0, 10.2, 10.4]), "2024-01-05")
    np.testing.assert_allclose(panel.columns["close"], [50, np.nan, 50, 51, 52])


def test_a_dividend_above_the_price_is_refused() -> None:
    with pytest.raises(DataError, match="series A: a dividend of 60 is not below the price before it"):
        adjust(stock(dividend=[0.0, 0.0, 0.0, 60.0, 0.0]), "2024-01-05")


def test_the_product_of_later_steps() -> None:
    np.testing.assert_array_equal(later_product(np.array([5.0, 2.0, 3.0])), [6, 3, 1])
    np.testing.assert_array_equal(later_product(np.array([5.0])), [1])
