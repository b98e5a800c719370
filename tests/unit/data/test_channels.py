import numpy as np
import pytest

from reprocast.data.channels import derive_channels
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


@pytest.mark.parametrize("name", ["rain", "log_return", "tomorrow"])
def test_a_future_covariate_must_be_known_ahead(panel: Panel, name: str) -> None:
    with pytest.raises(ParamsError) as error:
        derive_channels(panel, Channels(("load",), (), (name,)))
    assert (
        str(error.value) == f"columns.future: {name!r} is not known ahead; allowed: day_of_week, hour, month"
    )


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
