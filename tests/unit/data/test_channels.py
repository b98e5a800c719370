import numpy as np
import pytest

from reprocast.data.channels import derive_channels, known_columns, last_seen
from reprocast.data.windows import Channels
from reprocast.errors import ParamsError
from reprocast.panel import Panel


@pytest.fixture
def panel() -> Panel:
    days = np.datetime64("2024-01-01", "us") + np.arange(3) * np.timedelta64(1, "D")
    columns = {
        "load": np.array([1.0, 2.0, 4.0]),
        "rain": np.array([7, 8, 9]),
        "month": np.array([5.0, 6.0, 7.0]),
    }
    return Panel(("a",), np.array([0, 3]), days, columns)


def test_channels_stand_in_the_order_of_roles(panel: Panel) -> None:
    values, channels = derive_channels(panel, Channels(("load",), ("diff(load)", "rain"), ("day_of_week",)))
    assert channels == Channels(("load",), ("diff(load)", "rain"), ("day_of_week_sin", "day_of_week_cos"))
    assert values.shape == (3, 5)
    assert values.flags.c_contiguous
    assert values[1, :3].tolist() == [2.0, 1.0, 8.0]


def test_a_future_covariate_comes_from_the_calendar_even_where_a_column_has_its_name(panel: Panel) -> None:
    values, channels = derive_channels(panel, Channels(("load",), (), ("month",)))
    assert channels.future == ("month_sin", "month_cos")
    assert values[:, 1:].tolist() == [[0.0, 1.0]] * 3  # January


def test_a_column_may_be_known_ahead_and_features_of_it(panel: Panel) -> None:
    values, channels = derive_channels(panel, Channels(("load",), (), ("rain", "diff(rain)")))
    assert channels.future == ("rain", "diff(rain)")
    assert values[:, 1].tolist() == [7, 8, 9]
    assert values[1:, 2].tolist() == [1, 1]


@pytest.mark.parametrize("name", ["load", "diff(load)"])
def test_what_is_forecast_is_not_known_ahead(panel: Panel, name: str) -> None:
    target = "log(load)" if name == "load" else "load"
    with pytest.raises(ParamsError) as error:
        derive_channels(panel, Channels((target,), (), (name,)))
    assert str(error.value).startswith(
        f"columns.future: {name!r} reads load, which columns.target forecasts;"
    )


@pytest.mark.parametrize(
    ("name", "lacks"), [("log_return", "needs column 'close'"), ("wind", "is not there")]
)
def test_a_future_covariate_must_be_there(panel: Panel, name: str, lacks: str) -> None:
    with pytest.raises(ParamsError, match=rf"^columns\.future: '{name}' {lacks}"):
        derive_channels(panel, Channels(("load",), (), (name,)))


def test_channels_say_what_was_observed(panel: Panel) -> None:
    rain = panel.with_columns(dict(panel.columns) | {"rain": np.array([7.0, np.nan, 9.0])})
    features = Channels(("load", "diff(load)"), ("rain",), ("month",))
    values, channels = derive_channels(rain, features, mask=True)
    assert channels.observed == ("observed(load)", "observed(diff(load))", "observed(rain)")
    assert values[:, channels.observed_index].tolist() == [[1, 0, 1], [1, 1, 0], [1, 1, 1]]
    assert channels.names[channels.future_index] == ("month_sin", "month_cos")


def tail() -> Panel:
    """a: load to its 2nd row, rain to its 3rd; b: load to its 2nd of 2 rows; c: no load at all."""
    nan = np.nan
    columns = {
        "load": np.array([1.0, 2.0, nan, nan, 1.0, 2.0, nan]),
        "rain": np.array([nan, nan, 3.0, nan, nan, nan, nan]),
        "plan": np.arange(7.0),
    }
    return Panel(("a", "b", "c"), np.array([0, 4, 6, 7]), np.array([0, 1, 2, 3, 0, 1, 0]), columns)


def test_rows_that_hold_only_what_is_known_ahead_are_still_to_come() -> None:
    assert last_seen(tail(), Channels(("load",), (), ("plan",))).tolist() == [2, 2, 0]
    assert last_seen(tail(), Channels(("load",), ("rain",), ("plan",))).tolist() == [3, 2, 0]
    # a past covariate that is known ahead as well says nothing about the last step seen
    assert last_seen(tail(), Channels(("load",), ("log(rain)",), ("plan", "rain"))).tolist() == [2, 2, 0]


def test_without_columns_known_ahead_every_row_has_been_seen() -> None:
    assert last_seen(tail(), Channels(("load",), ("plan",), ("month",))).tolist() == [4, 2, 1]


def test_columns_known_ahead_are_those_that_future_reads() -> None:
    features = Channels(("load",), ("rain",), ("month", "plan", "diff(plan)", "log(rain)"))
    assert known_columns(features, tail().columns) == ("plan", "rain")
    assert known_columns(Channels(("load",), (), ("month",)), tail().columns) == ()


def test_a_target_must_not_be_known_ahead(panel: Panel) -> None:
    with pytest.raises(ParamsError, match=r"columns\.target: 'day_of_week' is known ahead"):
        derive_channels(panel, Channels(("day_of_week",)))


def test_a_wrong_name_is_blamed_on_its_role(panel: Panel) -> None:
    with pytest.raises(
        ParamsError, match=r"^columns\.past: 'wind' is not there; .*: load, month, rain; features"
    ):
        derive_channels(panel, Channels(("load",), ("wind",)))


def test_two_columns_that_become_one_channel(panel: Panel) -> None:
    both = panel.with_columns(dict(panel.columns) | {"day_of_week_sin": np.zeros(3)})
    with pytest.raises(ParamsError, match="two of them become the channel 'day_of_week_sin'"):
        derive_channels(both, Channels(("load",), ("day_of_week_sin",), ("day_of_week",)))
