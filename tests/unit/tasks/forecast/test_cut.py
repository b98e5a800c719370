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


def missing(panel: Panel, column: str, rows: slice) -> Panel:
    values = panel.columns[column].astype(float)
    values[rows] = np.nan
    return panel.with_columns(dict(panel.columns) | {column: values})


def test_missing_values_are_refused_unless_declared_otherwise(panel: Panel) -> None:
    with pytest.raises(DataError, match=r"series a, load at 2022-01-06: no value \(2 in all\)"):
        cut(missing(panel, "load", slice(10, 12)), COLUMNS, WINDOW, Split(test=8, validation=6), 3, "D")
    without = panel.take(np.arange(40) != 20)  # a gap in time is a missing value, too
    with pytest.raises(DataError, match=r"series a, close at 2022-01-16: no value \(1 in all\)"):
        cut(without, COLUMNS, WINDOW, Split(test=8, validation=6), 3, "D")


def test_a_past_covariate_that_is_missing_within_the_horizon_does_not_matter(panel: Panel) -> None:
    window = WINDOW.model_copy(update={"missing": "leave_out"})
    found = cut(missing(panel, "load", slice(20, 21)), COLUMNS, window, Split(test=8, validation=6), 3, "D")
    train = set(range(1, 19))
    assert set(found.folds[0].starts["train"][:].tolist()) == train - set(range(17, 21))
    assert found.folds[0].left_out["train"].tolist() == [1 + 2]


def test_a_split_without_any_observed_target_is_refused(panel: Panel) -> None:
    columns = Columns(target=("load",), past=("log_return",))
    window = WINDOW.model_copy(update={"missing": "mask"})
    with pytest.raises(DataError, match="split validation: none of its 5 windows has an observed target"):
        cut(missing(panel, "load", slice(25, 31)), columns, window, Split(test=8, validation=6), 3, "D")


def test_scalers_see_what_was_observed_only(panel: Panel) -> None:
    gone = missing(panel, "load", slice(5, 15))
    columns = Columns(target=("load",))
    for policy in ("leave_out", "forward_fill", "interpolate", "mask"):
        window = WINDOW.model_copy(update={"missing": policy, "fill_steps": 9})
        found = cut(gone, columns, window, Split(test=8, validation=6), 3, "D")
        seen = np.delete(panel.columns["load"][:24], range(5, 15))
        assert found.folds[0].loc[0, 0] == pytest.approx(seen.mean())
        assert found.folds[0].scale[0, 0] == pytest.approx(seen.std())
        assert (found.missing, found.fill_steps) == (policy, 9)


def test_rows_that_only_know_what_is_ahead_are_no_windows(panel: Panel) -> None:
    plan = np.arange(40.0)
    ahead = missing(panel.with_columns({"load": panel.columns["load"], "plan": plan}), "load", slice(37, 40))
    columns = Columns(target=("load",), future=("plan",))
    window = WINDOW.model_copy(update={"missing": "mask"})
    found = cut(ahead, columns, window, Split(test=8, validation=6), 3, "D")
    assert len(found.ds) == 37
    assert found.folds[0].bounds["test"][1] == day(36)


def test_no_window_sees_a_line_drawn_to_a_value_after_its_cutoff(panel: Panel) -> None:
    columns, window = Columns(target=("load",)), WINDOW.model_copy(update={"missing": "interpolate"})
    gap = missing(panel, "load", slice(10, 13))
    moved = gap.columns["load"].copy()
    moved[13] += 1000  # the end of the gap
    one, other = (
        cut(each, columns, window, Split(test=8, validation=6), 3, "D")
        for each in (gap, gap.with_columns({"load": moved}))
    )
    assert (one.values[10:13] != other.values[10:13]).all()
    starts = one.folds[0].starts["train"][:]
    cutoffs = starts + window.look_back - 1
    assert {7, 13} <= set(cutoffs.tolist())
    assert not {10, 11, 12} & set(cutoffs.tolist())
    for start, cutoff in zip(starts, cutoffs, strict=True):
        if cutoff < 13:
            rows = slice(start, cutoff + 1)
            assert one.values[rows].tolist() == other.values[rows].tolist()
