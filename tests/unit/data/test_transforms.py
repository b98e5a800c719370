import math
from collections.abc import Callable

import numpy as np
import pytest

from reprocast.data.transforms import (
    CALENDAR,
    FEATURES,
    LEAST_VOLATILITY,
    calendar_channels,
    derive,
    is_known_ahead,
    needed_columns,
)
from reprocast.errors import DataError, ParamsError
from reprocast.panel import Panel

MONDAY = np.datetime64("2024-01-01", "us")


def panel(**columns: list[float]) -> Panel:
    """Series a (3 rows) and b (2 rows), both from Monday, 1 January 2024."""
    days = MONDAY + np.array([0, 1, 2, 0, 1]) * np.timedelta64(1, "D")
    return Panel(("a", "b"), np.array([0, 3, 5]), days, {name: np.array(v) for name, v in columns.items()})


CLOSE = [10.0, 11.0, 9.0, 100.0, 50.0]


@pytest.mark.parametrize(
    ("name", "oracle"),
    [
        ("close", lambda now, before: now),
        ("log(close)", lambda now, before: math.log(now)),
        ("diff(close)", lambda now, before: now - before),
        ("log_return", lambda now, before: math.log(now / before)),
        ("log_return(close)", lambda now, before: math.log(now / before)),
    ],
)
def test_a_feature_of_one_column(name: str, oracle: Callable[[float, float], float]) -> None:
    before = [math.nan, 10.0, 11.0, math.nan, 100.0]  # of the same series
    expected = [oracle(*pair) for pair in zip(CLOSE, before, strict=True)]
    values = derive(panel(close=CLOSE), name)[name]
    assert values == pytest.approx(expected, nan_ok=True)
    assert values.dtype == np.float64


def test_log_volatility_is_garman_and_klass() -> None:
    rows = [
        (10, 11, 9, 10.5),
        (10.5, 10.9, 10.1, 10.2),
        (10, 10, 10, 10),
        (99, 101, 98, 100),
        (100, 107, 99, 99),
    ]
    opening, high, low, close = (list(map(float, column)) for column in zip(*rows, strict=True))
    expected = []
    for o, h, lo, c in rows:
        variance = 0.5 * math.log(h / lo) ** 2 - (2 * math.log(2) - 1) * math.log(c / o) ** 2
        expected.append(math.log(max(math.sqrt(variance), LEAST_VOLATILITY)))
    values = derive(panel(open=opening, high=high, low=low, close=close), "log_volatility")["log_volatility"]
    assert values == pytest.approx(expected)
    assert values[2] == pytest.approx(math.log(1e-4))  # a day without range


def test_log_volatility_finds_the_volatility_of_a_random_walk() -> None:
    rng = np.random.default_rng(0)
    paths = np.exp(rng.normal(0, 0.02 / math.sqrt(2000), (400, 2000)).cumsum(axis=1))
    opening = np.ones(400)
    days = MONDAY + np.arange(400) * np.timedelta64(1, "D")
    columns = {"open": opening, "high": np.maximum(paths.max(1), 1), "low": np.minimum(paths.min(1), 1)}
    walk = Panel(("a",), np.array([0, 400]), days, columns | {"close": paths[:, -1]})
    variance = np.exp(2 * derive(walk, "log_volatility")["log_volatility"])
    assert math.sqrt(variance.mean()) == pytest.approx(0.02, rel=0.05)


def test_a_day_without_trade_has_a_log_volume() -> None:
    values = derive(panel(volume=[0.0, 1.0, 9.0, 3.0, 4.0]), "log_volume")["log_volume"]
    assert values == pytest.approx([math.log(1 + v) for v in (0, 1, 9, 3, 4)])


@pytest.mark.parametrize("name", [*FEATURES])
def test_a_missing_value_stays_missing_and_goes_no_further_than_the_next_row(name: str) -> None:
    columns = {c: [math.nan, 2.0, 3.0, 4.0, 5.0] for c in ("open", "high", "low", "close", "volume")}
    shown = name if FEATURES[name].columns else f"{name}(close)"
    values = derive(panel(**columns), shown)[shown]
    assert np.isnan(values[0])
    assert not np.isnan(values[[2, 4]]).any()


@pytest.mark.parametrize(
    ("name", "time", "share"),
    [
        ("day_of_week", "2024-01-01T23:59", 0),
        ("day_of_week", "2024-01-07", 6 / 7),
        ("day_of_week", "1969-12-31", 2 / 7),
        ("day_of_year", "2023-01-01T12:00", 0),
        ("day_of_year", "2023-02-28", 58 / 366),
        ("day_of_year", "2024-02-29", 59 / 366),
        ("day_of_year", "2023-03-01", 60 / 366),
        ("day_of_year", "2024-12-31", 365 / 366),
        ("month", "2023-01-31", 0),
        ("month", "2023-12-01", 11 / 12),
        ("hour", "2023-05-05T00:00", 0),
        ("hour", "2023-05-05T18:00", 0.75),
        ("hour", "2023-05-05T00:15", 1 / 96),
    ],
)
def test_calendar_features_go_round_a_circle(name: str, time: str, share: float) -> None:
    channels = calendar_channels(name, np.array([time], "datetime64[us]"))
    assert list(channels) == [f"{name}_sin", f"{name}_cos"]
    found = [float(values[0]) for values in channels.values()]
    assert found == pytest.approx([math.sin(2 * math.pi * share), math.cos(2 * math.pi * share)], abs=1e-12)


def test_a_column_of_a_features_name_is_used_as_it_is() -> None:
    values = derive(panel(log_return=CLOSE, hour=CLOSE), "log_return")["log_return"]
    assert values.tolist() == CLOSE
    assert list(derive(panel(hour=CLOSE), "hour")) == ["hour"]


def test_whole_numbers_become_floats() -> None:
    values = derive(panel(close=[1, 2, 3, 4, 5]), "close")["close"]
    assert values.dtype == np.float64


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (["log_volatility", "close"], ("open", "high", "low", "close")),
        (["log_return", "log_volume"], ("close", "volume")),
        (["log(load)", "diff(load)", "log_return(rain)"], ("load", "rain")),
        (["load", "day_of_week", "month", "hour"], ("load",)),
        ([], ()),
    ],
)
def test_needed_columns(names: list[str], columns: tuple[str, ...]) -> None:
    assert needed_columns(names) == columns


def test_needed_columns_know_a_column_of_a_features_name() -> None:
    assert needed_columns(["log_return", "month"], {"log_return", "month"}) == ("log_return", "month")


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (
            "squared(load)",
            "'squared(load)' is not a feature; features: day_of_week, day_of_year, diff(column)",
        ),
        ("log", "'log': log needs a column: log(…)"),
        ("log_volatility(load)", "log_volatility reads open, high, low, close and takes no brackets"),
        ("hour(load)", "'hour(load)' is not a feature"),
        ("a b", "'a b' is neither a column nor a feature"),
    ],
)
def test_a_name_that_means_nothing(name: str, line: str) -> None:
    with pytest.raises(ParamsError) as error:
        needed_columns([name])
    assert line in str(error.value)


def test_an_unknown_name_names_what_exists() -> None:
    with pytest.raises(ParamsError) as error:
        derive(panel(close=CLOSE, load=CLOSE), "laod", "columns.past")
    assert str(error.value).startswith(
        "columns.past: 'laod' is not there; columns of the panel: close, load;"
    )
    assert "log_return" in str(error.value)


def test_a_feature_without_its_column() -> None:
    with pytest.raises(
        ParamsError, match="columns: 'log_volume' needs column 'volume'; columns of the panel: close"
    ):
        derive(panel(close=CLOSE), "log_volume")


@pytest.mark.parametrize("name", ["log_return", "log(close)"])
def test_the_logarithm_of_nothing_is_refused_with_its_place(name: str) -> None:
    with pytest.raises(DataError, match=r"series b, close at 2024-01-02: .* has no value for -1\.0 \(1 such"):
        derive(panel(close=[10.0, 11.0, 9.0, 100.0, -1.0]), name)


def test_hours_need_timestamps() -> None:
    with pytest.raises(ParamsError, match=r"columns\.future: 'hour' needs timestamps"):
        calendar_channels("hour", np.arange(3))


def test_only_the_calendar_is_known_ahead() -> None:
    assert all(is_known_ahead(name) for name in CALENDAR)
    assert not any(is_known_ahead(name) for name in [*FEATURES, "load", "log(load)"])
