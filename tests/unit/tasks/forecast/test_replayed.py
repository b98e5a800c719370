"""A fitted model on a later panel: what it says at a cutoff is what it would have said then."""

import numpy as np
import pandas as pd
import pytest

from reprocast.baselines.saved import fit_baseline
from reprocast.errors import DataError
from reprocast.panel import Panel, from_frame
from reprocast.params.baselines import Baseline
from reprocast.params.columns import Columns
from reprocast.params.window import Split, Window
from reprocast.tasks.forecast.cut import cut
from reprocast.tasks.forecast.predict import forecast_panel
from reprocast.tasks.forecast.replayed import Units, forecasts_after, windows_after

DAYS = pd.date_range("2020-01-01", periods=300)
AFTER = np.datetime64("2020-08-31")


def panel(names: str = "AB", scale: float = 1.0, seed: int = 3) -> Panel:
    rng = np.random.default_rng(seed)
    parts = []
    for n, name in enumerate(names):
        load = 50 + 10 * n + scale * np.cumsum(rng.normal(size=len(DAYS)))
        parts.append(
            pd.DataFrame({"unique_id": name, "ds": DAYS, "load": load, "price": rng.normal(size=300)})
        )
    return from_frame(pd.concat(parts))


def fitted(rows: Panel, missing: str = "refuse"):
    columns = Columns(target=("log(load)",), past=("price",), future=("day_of_week",))
    window = Window(look_back=30, horizon=4, embargo=2, scaling="window", missing=missing)
    windows = cut(rows, columns, window, Split(test=60, validation=30), 7, "D")
    return fit_baseline("har", Baseline(kind="har"), windows, 0, "w", "f"), windows


def units(names: tuple[str, ...] = ("A", "B")) -> Units:
    return Units(names, ("log(load)",), np.zeros((len(names), 1)), np.ones((len(names), 1)))


def until(rows: Panel, day: object) -> Panel:
    return rows.take(rows.ds <= day)


@pytest.fixture(scope="module")
def model():
    return fitted(panel())[0]


def test_every_forecast_is_what_was_said_at_its_cutoff(model) -> None:
    """The oracle cuts the panel off at the cutoff and forecasts from that."""
    rows = panel(seed=4)  # later values of the same series, which it was not fitted on
    table = forecasts_after(model, rows, AFTER, units())
    assert len(table) == 2 * (len(DAYS) - 244 - 4 + 1)
    for row in table.iloc[:: len(table) // 12].itertuples():
        said = forecast_panel(model, until(rows, row.cutoff))
        own = said[said["unique_id"] == row.unique_id]
        np.testing.assert_allclose(row.mean, own["mean"], rtol=1e-12)
        assert list(row.ds) == list(own["ds"].to_numpy())


def test_what_comes_after_a_cutoff_moves_nothing_up_to_it(model) -> None:
    rows = panel(seed=4)
    before = forecasts_after(model, rows, AFTER, units())
    cutoff = np.datetime64("2020-09-20")
    later = rows.ds > cutoff
    other = {name: np.where(later, values + 7, values) for name, values in rows.columns.items()}
    after = forecasts_after(model, rows.with_columns(other), AFTER, units())
    known = (before["cutoff"] <= cutoff).to_numpy()
    assert known.any()
    assert list(before.loc[known, "mean"].map(tuple)) == list(after.loc[known, "mean"].map(tuple))
    assert not np.allclose(np.stack(before.loc[~known, "mean"][5:]), np.stack(after.loc[~known, "mean"][5:]))


def test_the_first_target_lies_after_the_end_and_the_last_horizon_is_there(model) -> None:
    table = forecasts_after(model, panel(), AFTER, units())
    assert table["cutoff"].min() == pd.Timestamp(AFTER)
    assert table["cutoff"].max() == DAYS[-1] - pd.Timedelta(days=4)
    answers = np.log(panel().columns["load"][: len(DAYS)])
    first = table[(table["unique_id"] == "A") & (table["cutoff"] == pd.Timestamp(AFTER))].iloc[0]
    np.testing.assert_allclose(first["y"], answers[244:248])


def test_it_agrees_with_what_the_evaluate_stage_scores(model) -> None:
    """On the windows that the model was fitted on, scaled alike."""
    from reprocast.evaluation.forecasting import forecast_windows
    from reprocast.tasks.forecast.tabulating import tabulate

    model, windows = fitted(panel())
    starts = np.asarray(windows.folds[0].starts["test"])
    said = tabulate(
        windows,
        0,
        "test",
        starts,
        forecast_windows(model, windows, windows.folds[0], starts),
        model.description,
    ).set_index(["unique_id", "cutoff"])
    table = forecasts_after(model, panel(), np.datetime64("2020-08-01"), units())
    found = table.set_index(["unique_id", "cutoff"]).loc[said.index]
    np.testing.assert_allclose(np.stack(found["mean"]), np.stack(said["mean"]), rtol=1e-12)
    np.testing.assert_array_equal(np.stack(found["y"]), np.stack(said["y"]))


def test_series_that_it_does_not_know_are_left_out(model) -> None:
    table = forecasts_after(model, panel("ABC"), AFTER, units(("B", "C", "A")))
    assert set(table["unique_id"]) == {"A", "B"}
    only = forecasts_after(model, panel(), AFTER, units(("B",)))
    assert set(only["unique_id"]) == {"B"}
    with pytest.raises(DataError, match="none of its series"):
        forecasts_after(model, panel("CD"), AFTER, units(("C", "D")))


def test_losses_are_in_the_units_that_are_given(model) -> None:
    given = Units(("A", "B"), ("log(load)",), np.zeros((2, 1)), np.array([[2.0], [5.0]]))
    table = forecasts_after(model, panel(), AFTER, given)
    assert dict(zip(table["unique_id"], table["scale"], strict=True)) == {"A": 2.0, "B": 5.0}


@pytest.mark.parametrize("missing", ["leave_out", "forward_fill"])
def test_gaps_are_filled_or_left_out_as_the_model_declares(missing: str) -> None:
    rows = panel()
    load = rows.columns["load"].copy()
    load[260] = np.nan
    gone = rows.with_columns({**rows.columns, "load": load})
    model, _ = fitted(rows, missing)
    table = forecasts_after(model, gone, AFTER, units())
    own = table[table["unique_id"] == "A"]
    hit = [row for row in own.itertuples() if np.isin(DAYS[260].to_datetime64(), row.ds)]
    assert not hit  # a value that nobody has seen is no answer
    lacking = own["cutoff"].isin(DAYS[260:290]).any()
    assert lacking == (missing == "forward_fill")


def test_other_channels_are_refused(model) -> None:
    said = model.description
    other = said.model_copy(update={"channels": said.channels.model_copy(update={"past": ("cost",)})})
    with pytest.raises(DataError, match="but har was trained on"):
        windows_after(other, panel(), AFTER, units())
