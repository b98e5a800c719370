"""Each expectation: a sound panel meets it, and a planted fault is found by series, count and time."""

import os
import socket

import numpy as np
import pandas as pd
import pytest

from reprocast.data.checking import check
from reprocast.data.expectations import Check, expect, last_instant, rows_needed
from reprocast.data.findings import frame_of
from reprocast.data.outcomes import Outcome
from reprocast.errors import InternalError
from reprocast.panel import Panel
from reprocast.params.data import DataBlock, FilesData
from reprocast.params.validation import Validation
from reprocast.params.window import Split, Window

ROWS = 40
FIRST = np.datetime64("2021-03-01T00:00:00.000000")
DATA = FilesData(
    source="files", path="load.csv", end="2021-04-09", calendar="D", season=7, kind="prices"
)  # 40 days
WINDOW = Window(look_back=8, horizon=3, embargo=2)
SPLIT = Split(test=10, validation=6)
USED = ("close", "volume")


def sound() -> pd.DataFrame:
    """Two series of 40 days: GOOG in rows 0 to 39, IBM in rows 40 to 79."""
    close = 100 + np.sin(np.arange(2 * ROWS))
    columns = {
        "open": close - 0.25,
        "high": close + 1,
        "low": close - 1,
        "close": close,
        "volume": np.arange(2 * ROWS, dtype=np.int64),
    }
    ds = np.tile(FIRST + np.arange(ROWS) * np.timedelta64(1, "D"), 2)
    return frame_of(Panel(("GOOG", "IBM"), np.array([0, ROWS, 2 * ROWS]), ds, columns))


def expected(
    name: str,
    column: str,
    data: DataBlock = DATA,
    validation: Validation = Validation(),  # noqa: B008
    used: tuple[str, ...] = USED,
    there: tuple[str, ...] = ("open", "high", "low", "close", "volume"),
) -> Check:
    """The one expectation of the suite with this name about this column."""
    [found] = [
        one
        for one in expect(data, validation, WINDOW, SPLIT, used, there)
        if (one.name, one.column) == (name, column)
    ]
    return found


def outcome(frame: pd.DataFrame, one: Check) -> Outcome:
    [result] = check(frame, [one]).outcomes
    return result


def planted(column: str, row: int, value: object) -> pd.DataFrame:
    frame = sound()
    frame.loc[row, column] = value  # type: ignore[call-overload]
    return frame


def as_tuples(result: Outcome) -> list[tuple[str, int, int, tuple[str, ...]]]:
    return [(one.series, one.count, one.of, one.first) for one in result.findings]


def test_a_sound_panel_meets_every_expectation() -> None:
    suite = expect(DATA, Validation(), WINDOW, SPLIT, USED, tuple(sound().columns[2:]))
    outcomes = check(sound(), suite).outcomes
    assert [one.expectation for one in outcomes if not one.success] == []
    assert [one.findings for one in outcomes if one.findings] == []
    assert {one.series for one in outcomes} == {2}
    assert len(outcomes) == len(suite) == len({(one.name, one.column) for one in suite})


def test_the_suite_follows_the_kind_of_data() -> None:
    numeric = FilesData(source="files", path="load.csv", end="2021-04-09", calendar="D", season=7)
    names = {one.name for one in expect(numeric, Validation(), WINDOW, SPLIT, ("load",), ("load", "close"))}
    assert names == {
        "column_exists",
        "column_type",
        "time_present",
        "times_increase",
        "not_after_end",
        "enough_rows",
        "times_due",
        "gap_share",
        "fresh",
        "values_finite",
        "missing_share",
    }


FAULTS = [  # expectation, column, fault in row 45 (IBM, 2021-03-06)
    ("values_finite", "close", np.inf),
    ("values_finite", "open", -np.inf),
    ("price_positive", "low", 0.0),
    ("price_positive", "open", -1.0),
    ("high_not_below_low", "high", 1.0),
    ("open_not_below_low", "open", 1.0),
    ("close_not_below_low", "close", 1.0),
    ("high_not_below_open", "high", 1.0),
    ("high_not_below_close", "high", 1.0),
    ("volume_not_negative", "volume", -1),
    ("missing_share", "close", np.nan),
]


@pytest.mark.parametrize(("name", "column", "value"), FAULTS)
def test_a_wrong_value_is_found(name: str, column: str, value: float) -> None:
    result = outcome(planted(column, 45, value), expected(name, column))
    assert not result.success
    assert as_tuples(result) == [("IBM", 1, ROWS, ("2021-03-06",))]


def test_a_low_above_the_open_is_found_from_the_side_of_the_low_too() -> None:
    result = outcome(planted("low", 3, 1000.0), expected("open_not_below_low", "open"))
    assert as_tuples(result) == [("GOOG", 1, ROWS, ("2021-03-04",))]


def test_equal_open_high_low_and_close_are_consistent() -> None:
    frame = sound()
    for column in ("open", "high", "low"):
        frame[column] = frame["close"]
    suite = expect(DATA, Validation(), WINDOW, SPLIT, USED, tuple(frame.columns[2:]))
    assert check(frame, suite).success


def test_a_missing_price_does_not_count_as_inconsistent() -> None:
    for name, column in [("high_not_below_low", "high"), ("close_not_below_low", "close")]:
        assert outcome(planted(column, 45, np.nan), expected(name, column)).success


def test_counts_and_first_times_are_by_series() -> None:
    frame = sound()
    frame.loc[[0, 10, 20, 30, 70], "volume"] = -5
    result = outcome(frame, expected("volume_not_negative", "volume"))
    assert as_tuples(result) == [
        ("GOOG", 4, ROWS, ("2021-03-01", "2021-03-11", "2021-03-21")),
        ("IBM", 1, ROWS, ("2021-03-31",)),
    ]
    assert result.count == 5


def test_missing_shares_are_by_series_and_may_be_allowed() -> None:
    frame = sound()
    frame.loc[40:47, "close"] = np.nan  # 8 of IBM's 40 rows; over both series it were a tenth only
    for share, success in [(0.1, False), (0.199, False), (0.2, True)]:
        one = expected("missing_share", "close", validation=Validation(missing_share=share))
        result = outcome(frame, one)
        assert result.success is success
        assert as_tuples(result) == [("IBM", 8, 40, ("2021-03-01", "2021-03-02", "2021-03-03"))]


def test_a_column_that_is_not_there_is_named() -> None:
    one = expected("column_exists", "load", used=("load",))
    result = outcome(sound(), one)
    assert not result.success
    assert result.count == 1
    assert one.expectation.description == "column load must exist"


@pytest.mark.parametrize("column", ["ds", "close"])
def test_text_is_no_time_and_no_number(column: str) -> None:
    frame = sound()
    frame[column] = frame[column].astype(str)
    assert not outcome(frame, expected("column_type", column)).success


def test_integer_steps_are_the_times_of_calendar_step_only() -> None:
    frame = sound()
    frame["ds"] = np.tile(np.arange(ROWS), 2)
    stepwise = FilesData(source="files", path="load.csv", end=ROWS - 1, calendar="step", season=1)
    assert outcome(frame, expected("column_type", "ds", data=stepwise)).success
    assert not outcome(sound(), expected("column_type", "ds", data=stepwise)).success
    suite = expect(stepwise, Validation(), WINDOW, SPLIT, USED, tuple(frame.columns[2:]))
    assert check(frame, suite).success


def test_a_row_without_a_time_is_found() -> None:
    result = outcome(planted("ds", 45, pd.NaT), expected("time_present", "ds"))
    assert not result.success
    assert [(one.series, one.count) for one in result.findings] == [("IBM", 1)]


def test_a_time_that_stands_twice_or_goes_back_is_found() -> None:
    one = expected("times_increase", "ds")
    twice = planted("ds", 45, np.datetime64("2021-03-05"))
    assert as_tuples(outcome(twice, one)) == [("IBM", 1, ROWS, ("2021-03-05",))]
    back = planted("ds", 45, np.datetime64("2021-03-02"))
    assert as_tuples(outcome(back, one)) == [("IBM", 1, ROWS, ("2021-03-02",))]


def test_series_may_be_interleaved_but_each_in_order() -> None:
    frame = sound().sort_values(["ds", "unique_id"], ignore_index=True)
    assert outcome(frame, expected("times_increase", "ds")).success
    frame.loc[2, "volume"] = -1  # GOOG's second day
    result = outcome(frame, expected("volume_not_negative", "volume"))
    assert as_tuples(result) == [("GOOG", 1, ROWS, ("2021-03-02",))]


def test_nothing_may_be_later_than_the_as_of_date() -> None:
    early = DATA.model_copy(update={"end": "2021-04-07"})
    result = outcome(sound(), expected("not_after_end", "ds", data=early))
    assert as_tuples(result) == [
        ("GOOG", 2, ROWS, ("2021-04-08", "2021-04-09")),
        ("IBM", 2, ROWS, ("2021-04-08", "2021-04-09")),
    ]


def test_an_end_without_a_time_means_its_whole_day() -> None:
    assert last_instant("2021-04-09") == "2021-04-09T23:59:59.999999"
    assert last_instant("2021-04-09T16:00") == "2021-04-09T16:00:00"
    assert last_instant(17) == 17


def test_a_short_series_is_found() -> None:
    needed = 8 + 3 + 10 + 6 + 2 * 2
    assert rows_needed(WINDOW, SPLIT) == needed
    frame = sound().iloc[: ROWS + needed]
    assert outcome(frame, expected("enough_rows", "ds")).success
    result = outcome(frame.iloc[:-1], expected("enough_rows", "ds"))
    assert as_tuples(result) == [("IBM", 1, needed, ())]


def test_splits_by_date_ask_for_one_window() -> None:
    assert rows_needed(WINDOW, Split(validation="2021-03-20", test="2021-04-01")) == 11


def test_gaps_are_found_and_may_be_allowed() -> None:
    frame = sound().drop(index=[44, 45, 50, 51]).reset_index(drop=True)
    for share, success in [(0.0, False), (0.099, False), (0.1, True)]:
        one = expected("gap_share", "ds", validation=Validation(gap_share=share))
        result = outcome(frame, one)
        assert result.success is success
        assert as_tuples(result) == [("IBM", 4, 40, ("2021-03-05", "2021-03-06", "2021-03-11"))]


def test_weekends_and_holidays_are_no_gaps_in_an_exchange_calendar() -> None:
    closed = ("2021-04-02",)  # Good Friday
    frame = sound()
    open_days = (frame["ds"].dt.day_of_week < 5) & ~frame["ds"].isin(pd.to_datetime(closed))
    frame = frame[open_days].reset_index(drop=True)
    exchange = DATA.model_copy(update={"calendar": "XNYS"})
    for name in ("gap_share", "times_due", "fresh"):
        assert outcome(frame, expected(name, "ds", data=exchange)).findings == ()
    without_a_session = frame.drop(index=[2]).reset_index(drop=True)
    result = outcome(without_a_session, expected("gap_share", "ds", data=exchange))
    assert [(one.series, one.first) for one in result.findings] == [("GOOG", ("2021-03-03",))]


def test_rows_between_the_due_times_are_found() -> None:
    exchange = DATA.model_copy(update={"calendar": "XNYS"})
    result = outcome(sound(), expected("times_due", "ds", data=exchange))
    assert [(one.series, one.count, one.first) for one in result.findings] == [
        ("GOOG", 11, ("2021-03-06", "2021-03-07", "2021-03-13")),  # five weekends and Good Friday
        ("IBM", 11, ("2021-03-06", "2021-03-07", "2021-03-13")),
    ]


def test_staleness_is_counted_in_due_times_up_to_the_as_of_date() -> None:
    frame = sound().iloc[: 2 * ROWS - 4]  # IBM ends on Monday, 2021-04-05
    for steps, success in [(3, False), (4, True)]:
        one = expected("fresh", "ds", validation=Validation(stale_steps=steps))
        result = outcome(frame, one)
        assert result.success is success
        assert as_tuples(result) == [("IBM", 4, 0, ("2021-04-06", "2021-04-07", "2021-04-08"))]


def test_an_expectation_that_raises_inside_is_our_fault_and_no_finding() -> None:
    """Great Expectations calls it a failure: here a column that is not there."""
    one = expected("price_positive", "low")
    with pytest.raises(InternalError, match="price_positive of low could not be computed"):
        check(sound().drop(columns="low"), [one])


def test_nothing_is_sent_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert check(sound(), [expected("times_increase", "ds")]).success
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"


def test_order_is_by_importance() -> None:
    names = [one.name for one in expect(DATA, Validation(), WINDOW, SPLIT, USED, tuple(sound().columns[2:]))]
    first = {name: names.index(name) for name in names}
    assert first["column_exists"] < first["times_increase"] < first["gap_share"] < first["high_not_below_low"]


def test_an_expectation_can_be_checked_again_and_alone() -> None:
    suite = expect(DATA, Validation(), WINDOW, SPLIT, USED, tuple(sound().columns[2:]))
    frame = planted("high", 45, 1.0)
    alone = [outcome(frame, one) for one in suite if one.column == "high"]
    together = [one for one in check(frame, suite).outcomes if one.column == "high"]
    assert alone == together
