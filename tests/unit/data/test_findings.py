"""Findings against loops over single rows, on panels with faults at random places."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from reprocast.data.findings import (
    Finding,
    frame_of,
    in_rows,
    out_of_order,
    panel_of,
    time_text,
    too_short,
    unseen,
)
from reprocast.data.time_findings import gaps, not_due, stale
from reprocast.panel import Panel

Rows = dict[str, list[date]]


def ragged(seed: int) -> Rows:
    """Three series of business days, of different lengths, with days left out, repeated and swapped."""
    rng = np.random.default_rng(seed)
    rows: Rows = {}
    for name in ("a", "b", "c"):
        first = date(2022, 1, 3) + timedelta(days=int(rng.integers(0, 7)))
        days = [first + timedelta(days=n) for n in range(int(rng.integers(20, 40)))]
        rows[name] = [day for day in days if rng.random() > 0.2] or days
        if rng.random() < 0.5:
            place = int(rng.integers(1, len(rows[name])))
            rows[name][place] = rows[name][place - 1]
    return rows


def panel(rows: Rows) -> Panel:
    lengths = [len(days) for days in rows.values()]
    ds = np.asarray([day for days in rows.values() for day in days], "datetime64[us]")
    return Panel(tuple(rows), np.concatenate([[0], np.cumsum(lengths)]), ds, {"y": np.arange(len(ds)) * 1.0})


def finding(name: str, offending: list[date], of: int, accepted: bool = False) -> Finding:
    return Finding(name, len(offending), of, tuple(day.isoformat() for day in offending[:3]), accepted)


def due(first: date, last: date, weekdays: int) -> list[date]:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if day.weekday() < weekdays]


@pytest.mark.parametrize("seed", range(20))
def test_order(seed: int) -> None:
    rows = ragged(seed)
    slow = []
    for name, days in rows.items():
        wrong = [days[n] for n in range(1, len(days)) if days[n] <= days[n - 1]]
        if wrong:
            slow.append(finding(name, wrong, len(days)))
    assert out_of_order(panel(rows)) == slow


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(("calendar", "weekdays"), [("D", 7), ("B", 5)])
def test_gaps_and_rows_that_are_not_due(seed: int, calendar: str, weekdays: int) -> None:
    rows = ragged(seed)
    missing, extra = [], []
    for name, days in rows.items():
        wanted = due(min(days), max(days), weekdays)
        without = [day for day in wanted if day not in days]
        if without:
            missing.append(finding(name, without, len(wanted), len(without) / len(wanted) <= 0.2))
        between = [day for day in days if day not in wanted]
        if between:
            extra.append(finding(name, between, len(days)))
    assert gaps(panel(rows), calendar, 0.2) == missing
    assert not_due(panel(rows), calendar) == extra


@pytest.mark.parametrize("seed", range(10))
def test_staleness(seed: int) -> None:
    rows = ragged(seed)
    end = date(2022, 2, 10)
    slow = []
    for name, days in rows.items():
        after = [day for day in due(max(days), end, 5) if day > max(days)]
        if after:
            slow.append(finding(name, after, 0, len(after) <= 6))
    assert stale(panel(rows), "B", np.datetime64(end, "us"), 6) == slow


def test_a_share_is_compared_as_it_is_written() -> None:
    """29 of 100 is a share of 0.29, though 0.29 × 100 is a little less than 29 in floating point."""
    ds = np.arange(100, dtype=np.int64)
    for count, accepted in [(29, True), (30, False)]:
        [found] = in_rows(Panel(("a",), np.array([0, 100]), ds, {}), ds < count, 0.29)
        assert found == Finding("a", count, 100, ("0", "1", "2"), accepted)


def test_a_series_lacks_what_is_between_its_length_and_the_need() -> None:
    rows = {"a": [date(2022, 1, 3)] * 4, "b": [date(2022, 1, 3)] * 5}
    assert too_short(panel(rows), 5) == [Finding("a", 1, 5, ())]


def test_frame_and_panel_are_the_same_thing() -> None:
    before = panel(ragged(1))
    after = panel_of(frame_of(before))
    assert after.ids == before.ids
    for name in ("offsets", "ds"):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name))
    np.testing.assert_array_equal(after.columns["y"], before.columns["y"])


def test_interleaved_series_are_put_together_in_their_own_order() -> None:
    frame = pd.DataFrame({"unique_id": ["b", "a", "b", "a"], "ds": [9, 5, 8, 5], "y": [1.0, 2.0, 3.0, 4.0]})
    found = panel_of(frame)
    assert found.ids == ("a", "b")
    assert found.offsets.tolist() == [0, 2, 4]
    assert found.ds.tolist() == [5, 5, 9, 8]
    assert found.columns["y"].tolist() == [2.0, 4.0, 1.0, 3.0]


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (np.datetime64("2022-01-03T00:00:00.000000"), "2022-01-03"),
        (np.datetime64("2022-01-03T09:30:00.000000"), "2022-01-03T09:30:00"),
        (np.int64(17), "17"),
    ],
)
def test_times_read_well(time: np.datetime64 | np.int64, text: str) -> None:
    assert time_text(time) == text


def test_series_that_are_not_known_are_named_in_their_order() -> None:
    assert unseen(("a", "x", "b", "y"), ("b", "a")) == [Finding("x", 1, 0, ()), Finding("y", 1, 0, ())]
