"""Each expectation: a sound panel meets it, and a planted fault is found by series, count and time."""

import os
import socket
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from reprocast.data.checking import check
from reprocast.data.expectations import expect
from reprocast.data.expected import Asked, Check
from reprocast.data.findings import frame_of
from reprocast.data.outcomes import Outcome
from reprocast.data.transforms import derive
from reprocast.errors import InternalError
from reprocast.panel import Panel, from_frame
from reprocast.params.columns import Columns
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
COLUMNS = Columns(target=("close",), past=("volume",))
PRICE_COLUMNS = ("open", "high", "low", "close", "volume")


def asked(
    data: DataBlock = DATA,
    validation: Validation = Validation(),  # noqa: B008
    columns: Columns = COLUMNS,
    there: tuple[str, ...] = PRICE_COLUMNS,
    split: Split = SPLIT,
    static_there: tuple[str, ...] = (),
) -> Asked:
    return Asked(data, validation, columns, WINDOW, split, there, static_there)


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


def expected(name: str, column: str, **wanted: Any) -> Check:
    """The one expectation of the suite with this name about this column."""
    [found] = [one for one in expect(asked(**wanted)) if (one.name, one.column) == (name, column)]
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
    suite = expect(asked())
    outcomes = check(sound(), suite).outcomes
    assert [one.expectation for one in outcomes if not one.success] == []
    assert [one.findings for one in outcomes if one.findings] == []
    assert {one.series for one in outcomes} == {2}
    assert len(outcomes) == len(suite) == len({(one.name, one.column) for one in suite})


def test_the_suite_follows_the_kind_of_data() -> None:
    numeric = FilesData(source="files", path="load.csv", end="2021-04-09", calendar="D", season=7)
    load = Columns(target=("load",))
    names = {one.name for one in expect(asked(numeric, columns=load, there=("load", "close")))}
    assert names == {
        "column_exists",
        "column_type",
        "time_present",
        "times_increase",
        "not_after_end",
        "enough_times",
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
    suite = expect(asked())
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
    one = expected("column_exists", "load", columns=Columns(target=("load",)))
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
    suite = expect(asked(stepwise))
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


def ends_at(end: str | int) -> Asked:
    return asked(DATA.model_copy(update={"end": end}))


def test_an_end_without_a_time_means_its_whole_day() -> None:
    assert ends_at("2021-04-09").end == "2021-04-09T23:59:59.999999"
    assert ends_at("2021-04-09T16:00").end == "2021-04-09T16:00:00"
    assert ends_at(17).end == 17


NEEDED = 8 + 3 + 10 + 6 + 2 * 2


def test_times_are_needed_for_a_window_and_the_splits() -> None:
    assert asked().rows_needed == NEEDED
    one = expected("enough_times", "ds")
    enough = sound().groupby("unique_id", observed=True).head(NEEDED).reset_index(drop=True)
    assert outcome(enough, one).success
    few = sound().groupby("unique_id", observed=True).head(NEEDED - 1).reset_index(drop=True)
    assert as_tuples(outcome(few, one)) == [("GOOG", 1, NEEDED, ()), ("IBM", 1, NEEDED, ())]


def test_one_series_must_hold_a_window() -> None:
    frame = sound()
    ibm = (np.arange(len(frame)) >= ROWS).astype(int)
    apart = frame[(np.arange(len(frame)) % 2 == ibm)].reset_index(drop=True)  # every other day each
    assert outcome(apart, expected("enough_times", "ds")).success
    many = [apart.assign(unique_id=str(n))[n * 4 : n * 4 + 4] for n in range(10)]
    result = outcome(pd.concat(many, ignore_index=True), expected("enough_times", "ds"))
    assert not result.success
    assert [(one.count, one.of) for one in result.findings] == [(7, 11)] * 10


@pytest.mark.parametrize(
    ("columns", "lost"),
    [
        (Columns(target=("close",), past=("log_volume",)), 0),
        (Columns(target=("close",), past=("log_return",)), 1),
        (Columns(target=("diff(close)",), past=("log_return",)), 1),
        (Columns(target=("close",), future=("day_of_week",)), 0),
    ],
)
def test_lags_lose_rows(columns: Columns, lost: int) -> None:
    assert asked(columns=columns).rows_needed == NEEDED + lost
    panel = from_frame(sound())
    some = [derive(panel, name) for name in columns.target + columns.past]
    leading = max(np.isnan(values[:ROWS]).argmin() for one in some for values in one.values())
    assert leading == lost


def test_folds_need_rows_for_each_step_back() -> None:
    assert asked(split=Split(test=10, validation=6, folds=3)).rows_needed == NEEDED + 20
    assert asked(split=Split(test=10, validation=6, folds=3, step=12)).rows_needed == NEEDED + 24


def test_splits_by_date_or_fraction_ask_for_one_window() -> None:
    assert asked(split=Split(validation="2021-03-20", test="2021-04-01")).rows_needed == 11
    assert asked(split=Split(validation=0.2, test=0.2)).rows_needed == 11


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
    names = [one.name for one in expect(asked())]
    first = {name: names.index(name) for name in names}
    assert first["column_exists"] < first["times_increase"] < first["gap_share"] < first["high_not_below_low"]


def test_an_expectation_can_be_checked_again_and_alone() -> None:
    suite = expect(asked())
    frame = planted("high", 45, 1.0)
    alone = [outcome(frame, one) for one in suite if one.column == "high"]
    together = [one for one in check(frame, suite).outcomes if one.column == "high"]
    assert alone == together


OFF = [
    ("missing_share", "missing_share"),
    ("gap_share", "gap_share"),
    ("off_calendar_share", "times_due"),
    ("stale_steps", "fresh"),
]


@pytest.mark.parametrize(("key", "name"), OFF)
def test_null_switches_an_expectation_off(key: str, name: str) -> None:
    there = {one.name for one in expect(asked())}
    left = {one.name for one in expect(asked(validation=Validation(**{key: None})))}
    assert there - left == {name}


def test_rows_off_the_calendar_may_be_allowed() -> None:
    exchange = DATA.model_copy(update={"calendar": "XNYS"})
    for share, success in [(0.27, False), (0.275, True)]:  # 11 of 40
        one = expected("times_due", "ds", data=exchange, validation=Validation(off_calendar_share=share))
        assert outcome(sound(), one).success is success


def of_kind(kind: str) -> DataBlock:
    return DATA.model_copy(update={"kind": kind})


@pytest.mark.parametrize("kind", ["counts", "events"])
@pytest.mark.parametrize(("value", "success"), [(-1.0, False), (2.5, False), (0.0, True), (7.0, True)])
def test_counts_are_whole_and_not_negative(kind: str, value: float, success: bool) -> None:
    columns = Columns(target=("volume",), past=("close",))  # a past covariate may be anything
    one = expected("whole_numbers", "volume", data=of_kind(kind), columns=columns)
    frame = sound()
    frame["volume"] = frame["volume"].astype(float)
    frame.loc[45, "volume"] = value
    result = outcome(frame, one)
    assert result.success is success
    assert as_tuples(result) == ([] if success else [("IBM", 1, ROWS, ("2021-03-06",))])
    about = [
        one.column for one in expect(asked(of_kind(kind), columns=columns)) if one.name == "whole_numbers"
    ]
    assert about == ["volume"]


def test_a_missing_count_is_left_to_missing_share() -> None:
    one = expected("whole_numbers", "volume", data=of_kind("counts"), columns=Columns(target=("volume",)))
    frame = sound()
    frame["volume"] = frame["volume"].where(np.arange(2 * ROWS) != 45)
    assert outcome(frame, one).success


def test_events_come_when_they_come() -> None:
    names = {one.name for one in expect(asked(of_kind("events")))}
    assert not names & {"times_due", "gap_share", "fresh"}
    assert {"times_increase", "whole_numbers", "missing_share", "not_after_end"} <= names
    frame = sound().iloc[::3].reset_index(drop=True)
    frame["volume"] %= 2
    events = asked(of_kind("events"), columns=Columns(target=("volume",)), split=Split(test=3, validation=3))
    window = WINDOW.model_copy(update={"look_back": 2, "embargo": 0})
    assert check(frame, expect(replace(events, window=window))).success


AHEAD = Columns(target=("close",), future=("plan",))


def with_plan(steps: int) -> pd.DataFrame:
    """The sound panel with a column that is known `steps` days past the end, where nothing else is."""
    parts = []
    for _, rows in sound().groupby("unique_id", observed=True):
        later = rows.iloc[:steps].copy()
        later["ds"] = rows["ds"].iloc[-1] + pd.to_timedelta(np.arange(1, steps + 1), "D")
        later[list(PRICE_COLUMNS)] = np.nan
        parts += [rows, later]
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(ds=frame["ds"].astype("datetime64[us]"), plan=np.arange(len(frame)) * 1.0)


def planned(**wanted: Any) -> Any:
    return asked(columns=AHEAD, there=(*PRICE_COLUMNS, "plan"), **wanted)


def test_what_is_known_ahead_may_stand_after_the_end() -> None:
    outcomes = check(with_plan(3), expect(planned())).outcomes
    assert [one.expectation for one in outcomes if not one.success] == []
    assert [one.findings for one in outcomes if one.findings] == []


def test_what_is_known_ahead_must_reach_the_horizon() -> None:
    one = expected("known_ahead", "plan", columns=AHEAD, there=(*PRICE_COLUMNS, "plan"))
    short = with_plan(2)
    assert as_tuples(outcome(short, one)) == [(name, 1, 3, ("2021-04-12",)) for name in ("GOOG", "IBM")]
    hole = with_plan(3)
    hole.loc[ROWS + 1, "plan"] = np.nan
    assert as_tuples(outcome(hole, one)) == [("GOOG", 1, 3, ("2021-04-11",))]
    early = with_plan(3)
    early.loc[ROWS - 5 : ROWS - 1, "close"] = np.nan  # the last target of GOOG is earlier: that counts
    assert outcome(early, one).success


def test_only_what_is_known_ahead_may_stand_after_the_end() -> None:
    one = expected("not_after_end", "ds", columns=AHEAD, there=(*PRICE_COLUMNS, "plan"))
    told = with_plan(3)
    told.loc[ROWS + 2, "volume"] = 5.0
    assert as_tuples(outcome(told, one)) == [("GOOG", 1, ROWS + 3, ("2021-04-12",))]


def test_rows_after_the_end_are_no_gap_and_nothing_missing() -> None:
    wanted = planned(validation=Validation(stale_steps=0))
    short = with_plan(3).drop(index=[ROWS - 1]).reset_index(drop=True)  # GOOG lacks the last day of all
    failed = [one for one in check(short, expect(wanted)).outcomes if not one.success]
    assert [(one.expectation, one.findings[0].first) for one in failed] == [
        ("fresh", ("2021-04-09",)),
        ("known_ahead", ("2021-04-09",)),
    ]


STATIC = Columns(target=("close",), static=("area",))


def test_a_static_column_has_one_value_in_a_series() -> None:
    one = expected("static_constant", "area", columns=STATIC, there=(*PRICE_COLUMNS, "area"))
    frame = sound().assign(area=np.repeat([2.0, 3.0], ROWS))
    assert outcome(frame, one).success
    frame.loc[[0, 5], "area"] = np.nan  # what is not there is told by the other rows
    assert outcome(frame, one).success
    other = frame.assign(area=frame["area"].where(np.arange(2 * ROWS) != 45, 9.0))
    assert as_tuples(outcome(other, one)) == [("IBM", 1, ROWS, ("2021-03-06",))]
    frame.loc[:39, "area"] = np.nan
    assert [(one.series, one.count) for one in outcome(frame, one).findings] == [("GOOG", ROWS)]


def test_static_text_must_be_there() -> None:
    panel = replace(from_frame(sound()), static={"area": np.asarray(["north", ""], object)})
    one = expected("static_constant", "area", columns=STATIC, static_there=("area",))
    result = outcome(frame_of(panel, ("area",)), one)
    assert [(one.series, one.count) for one in result.findings] == [("IBM", ROWS)]
    whole = replace(panel, static={"area": np.asarray(["north", "south"], object)})
    assert check(frame_of(whole, ("area",)), expect(asked(columns=STATIC, static_there=("area",)))).success


def test_a_static_column_that_is_not_there_is_named() -> None:
    assert not outcome(sound(), expected("column_exists", "area", columns=STATIC)).success


def test_severity_is_great_expectations_own() -> None:
    failed = check(planted("high", 45, 1.0), expect(asked())).run
    assert failed.get_max_severity_failure() == "critical"
