import numpy as np
import pytest
from property.panels import day, prices

from reprocast.data.windows import Channels
from reprocast.errors import DataError, ParamsError
from reprocast.panel import Panel
from reprocast.params.columns import Columns
from reprocast.params.window import Split, Window
from reprocast.tasks.forecast.cut import cut

COLUMNS = Columns(target=("log_return",), past=("load",), future=("month",))
WINDOW = Window(look_back=4, horizon=2, embargo=1)


@pytest.fixture
def panel() -> Panel:
    days = np.array([day(n) for n in range(40)])
    return Panel(("a",), np.array([0, 40]), days, prices(np.random.default_rng(0), 40))


def test_windows_carry_what_they_were_cut_by(panel: Panel) -> None:
    windows = cut(panel, COLUMNS, WINDOW, Split(test=8, validation=6), 3, "D")
    assert windows.features == Channels(("log_return",), ("load",), ("month",))
    assert windows.channels == Channels(("log_return",), ("load",), ("month_sin", "month_cos"))
    assert (windows.look_back, windows.horizon, windows.embargo, windows.season) == (4, 2, 1, 3)
    assert (windows.calendar, windows.ids, list(windows.folds)) == ("D", ("a",), [0])
    # test forecasts days 32…39; validation 25…30; train up to 23; the first return is missing
    assert windows.folds[0].starts["test"][:].tolist() == list(range(28, 35))
    assert windows.folds[0].starts["validation"][:].tolist() == list(range(21, 26))
    assert windows.folds[0].starts["train"][:].tolist() == list(range(1, 19))
    assert windows.folds[0].left_out["train"].tolist() == [1]


def test_dates_and_steps_cut_alike(panel: Panel) -> None:
    steps = cut(panel, COLUMNS, WINDOW, Split(test=8, validation=6), 3, "D").folds[0]
    split = Split(test=str(day(32).astype("datetime64[D]")), validation=str(day(25).astype("datetime64[D]")))
    dates = cut(panel, COLUMNS, WINDOW, split, 3, "D").folds[0]
    assert dates.bounds == steps.bounds
    assert {k: v[:].tolist() for k, v in dates.starts.items()} == {
        k: v[:].tolist() for k, v in steps.starts.items()
    }


def test_without_scaling(panel: Panel) -> None:
    window = WINDOW.model_copy(update={"scaling": "none"})
    fold = cut(panel, COLUMNS, window, Split(test=8, validation=6), 3, "D").folds[0]
    assert fold.loc.tolist() == [[0.0] * 4]
    assert fold.scale.tolist() == [[1.0] * 4]


def test_too_little_data_is_bad_data(panel: Panel) -> None:
    with pytest.raises(DataError, match="split train: holds no window of 4"):
        cut(panel, COLUMNS, WINDOW, Split(test=30, validation=20), 3, "D")


def test_an_unknown_column_is_a_fault_of_params(panel: Panel) -> None:
    with pytest.raises(ParamsError, match=r"columns\.target: 'price' is not there"):
        cut(panel, Columns(target=("price",)), WINDOW, Split(test=8, validation=6), 3, "D")
