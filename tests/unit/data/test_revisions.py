"""What changed between two answers, against a loop over rows and columns."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reprocast.data.adjust import adjust
from reprocast.data.revisions import ROUNDING, Revised, compare
from reprocast.panel import Panel, from_frame

DAYS = pd.date_range("2024-01-01", periods=12)


def panel(n: int = 10, **columns: Any) -> Panel:
    base = {"close": 100.0 + np.arange(12), "volume": 1000.0, "dividend": 0.0, "split": 1.0}
    frame = pd.DataFrame({"unique_id": "A", "ds": DAYS, **(base | columns)})
    return from_frame(frame.iloc[:n])


def changed(values: list[float] | np.ndarray[Any, Any], row: int, value: float) -> np.ndarray[Any, Any]:
    return np.where(np.arange(12) == row, value, values)


def by_loop(before: Panel, after: Panel) -> tuple[set[str], set[str], set[str], set[str]]:
    """Times appended, gone, inserted and revised, without any recorded action."""
    old = {str(time): n for n, time in enumerate(before.ds)}
    new = {str(time): n for n, time in enumerate(after.ds)}
    last = max(old)
    revised = set()
    for time in old.keys() & new.keys():
        for name in before.columns:
            was, now = float(before.columns[name][old[time]]), float(after.columns[name][new[time]])
            near = abs(was - now) <= 1e-12 + ROUNDING * abs(was)
            if not (near or (math.isnan(was) and math.isnan(now))):
                revised.add(time)
    fresh = new.keys() - old.keys()
    return (
        {t for t in fresh if t > last},
        set(old.keys() - new.keys()),
        {t for t in fresh if t < last},
        revised,
    )


ROWS = st.lists(st.booleans(), min_size=12, max_size=12).filter(any)
VALUES = st.lists(
    st.sampled_from([1.0, 1.0 + 1e-9, 1.0 + 1e-4, 2.0, 0.0, math.nan]), min_size=12, max_size=12
)


@settings(max_examples=150, deadline=None)
@given(ROWS, ROWS, VALUES, VALUES)
def test_rows_and_values_are_those_of_a_loop(
    kept_before: list[bool], kept_after: list[bool], x: list[float], y: list[float]
) -> None:
    before, after = (
        panel(12, x=values).take(np.asarray(keep)) for keep, values in ((kept_before, x), (kept_after, y))
    )
    found = compare("A", before, after, raw=False)
    short = [
        {str(np.datetime64(time, "us")) for time in times}
        for times in (found.appended, found.gone, found.inserted, found.times)
    ]
    assert tuple(short) == by_loop(before, after)
    worst = "revised" if found.gone or found.inserted or found.times else None
    assert found.kind == (worst or ("appended" if found.appended else "unchanged"))


def test_the_largest_change_is_named() -> None:
    close = changed(changed(100.0 + np.arange(12), 3, 110.0), 7, 53.5)
    found = compare("A", panel(), panel(close=close), raw=True)
    assert found.times == ("2024-01-04", "2024-01-08")
    assert found.columns == ("close",)
    assert found.largest == Revised("A", "close", "2024-01-08", 107.0, 53.5)
    assert str(found.largest) == "A close 2024-01-08: 107 → 53.5 (-50.00%)"


def test_a_value_that_went_is_the_largest_change() -> None:
    found = compare("A", panel(), panel(close=changed(100.0 + np.arange(12), 3, math.nan)), raw=True)
    assert str(found.largest) == "A close 2024-01-04: 103 → none"


@pytest.mark.parametrize("raw", [True, False])
def test_rounding_alone_is_no_change(raw: bool) -> None:
    found = compare("A", panel(), panel(close=(100.0 + np.arange(12)) * (1 + 4e-7)), raw=raw)
    assert found.kind == "unchanged"


def test_a_split_that_rescales_prices_and_volume_is_accepted_where_values_are_not_raw() -> None:
    split = changed(np.ones(12), 10, 4.0)
    scale = np.where(np.arange(12) < 10, 4.0, 1.0)
    after = panel(11, close=(100.0 + np.arange(12)) / scale, volume=1000.0 * scale, split=split)
    found = compare("A", panel(), after, raw=False)
    assert (found.kind, found.rebased) == ("rebased", ("close", "volume"))
    (action,) = found.actions
    assert (action.kind, action.time, action.factor) == ("split", "2024-01-11", 0.25)
    assert compare("A", panel(), after, raw=True).kind == "revised"


def test_one_row_that_does_not_follow_the_split_is_revised() -> None:
    close = (100.0 + np.arange(12)) / np.where(np.arange(12) < 10, 4.0, 1.0)
    after = panel(11, close=changed(close, 5, 33.0), split=changed(np.ones(12), 10, 4.0))
    found = compare("A", panel(), after, raw=False)
    assert (found.kind, found.times) == ("revised", ("2024-01-06",))


def test_a_dividend_rebases_the_adjusted_close_of_raw_prices_by_our_own_factor() -> None:
    """Against what `adjust` makes of the same dividend."""
    dividend = changed(np.zeros(12), 10, 2.2)
    with_dividend = panel(11, dividend=dividend)
    factor = adjust(with_dividend, "2024-01-11").columns["close"] / with_dividend.columns["close"]
    adjusted = np.append(factor, 1.0) * (100.0 + np.arange(12))
    before = panel(adj_close=100.0 + np.arange(12))
    found = compare("A", before, panel(11, dividend=dividend, adj_close=adjusted), raw=True)
    assert (found.kind, found.rebased) == ("rebased", ("adj_close",))
    assert found.actions[0].factor == pytest.approx(1 - 2.2 / 109)
    assert found.actions[0].factor == pytest.approx(factor[0])
    wrong = np.where(np.arange(12) < 10, adjusted * 0.99, adjusted)
    assert compare("A", before, panel(11, dividend=dividend, adj_close=wrong), raw=True).kind == "revised"


def test_a_dividend_in_rebased_closes_is_recognised_by_the_scaled_close() -> None:
    close, factor = 100.0 + np.arange(12), 1 - 2.2 / 109
    after = panel(
        11, close=np.where(np.arange(12) < 10, close * factor, close), dividend=changed(np.zeros(12), 10, 2.2)
    )
    found = compare("A", panel(), after, raw=False)
    assert (found.kind, found.rebased) == ("rebased", ("close",))


def test_an_action_recorded_late_is_named_and_one_taken_back_is_a_revision() -> None:
    late = panel(dividend=changed(np.zeros(12), 4, 0.5))
    found = compare("A", panel(), late, raw=True)
    assert [str(action) for action in found.actions] == ["dividend of 0.5 on 2024-01-05 (factor 0.995146)"]
    assert (found.kind, found.columns) == ("rebased", ())
    assert compare("A", late, panel(), raw=True).columns == ("dividend",)


def test_a_column_that_is_gone_is_a_revision() -> None:
    found = compare("A", panel(open=1.0), panel(), raw=True)
    assert (found.kind, found.columns, found.largest) == ("revised", ("open",), None)


def test_earlier_rows_are_fine_only_if_they_were_asked_for() -> None:
    before = panel().take(np.arange(10) >= 3)
    assert compare("A", before, panel(), raw=True).inserted == ("2024-01-01", "2024-01-02", "2024-01-03")
    found = compare("A", before, panel(), raw=True, more_asked=True)
    assert (found.kind, found.earlier) == ("appended", 3)


def test_nothing_to_compare_with_is_new() -> None:
    empty = panel().take(np.zeros(10, np.bool_))
    assert compare("A", empty, panel(), raw=True).is_new
