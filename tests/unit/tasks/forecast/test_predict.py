from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from property.linear import Linear, fit
from property.panels import COLUMNS, day, prices

from reprocast.data.windows import Batch, Windows, gather
from reprocast.errors import DataError, ParamsError
from reprocast.model import Description
from reprocast.panel import Panel
from reprocast.params.window import Split, Window
from reprocast.tasks.forecast.cut import cut
from reprocast.tasks.forecast.predict import forecast_panel

LENGTHS = (90, 70, 90)
"""Days of series a, b and c, which all end on day 89."""


@pytest.fixture(scope="module")
def panel() -> Panel:
    days = np.concatenate([[day(n) for n in range(90 - length, 90)] for length in LENGTHS])
    offsets = np.concatenate([[0], np.cumsum(LENGTHS)])
    return Panel(("a", "b", "c"), offsets, days, prices(np.random.default_rng(3), sum(LENGTHS)))


@pytest.fixture(scope="module")
def windows(panel: Panel) -> Windows:
    window = Window(look_back=6, horizon=3, embargo=2)
    return cut(panel, COLUMNS, window, Split(test=20, validation=15), 5, "D")


class Naive:
    """The last value seen, at every step."""

    def __init__(self, description: Description) -> None:
        self.description = description

    def forecast(self, batch: Batch) -> np.ndarray:
        K = len(self.description.channels.target)
        return np.repeat(batch.past[None, :, -1:, :K], self.description.horizon, axis=2)


class TwoSeeds(Linear):
    """A linear map and the same plus 2: their mean is the map plus 1."""

    def forecast(self, batch: Batch) -> np.ndarray:
        one = super().forecast(batch)
        return np.concatenate([one, one + 2])


def until(panel: Panel, n: int) -> Panel:
    return panel.take(panel.ds <= day(n))


@pytest.mark.parametrize("n", [40, 41, 42, 43, 44, 60, 75, 86])
def test_it_is_what_the_model_says_of_the_window_with_that_cutoff(
    panel: Panel, windows: Windows, n: int
) -> None:
    fold, L, H = windows.folds[0], windows.look_back, windows.horizon
    starts = np.flatnonzero(windows.ds == day(n)) - L + 1
    batch = gather(windows, fold, starts)
    linear = fit(windows)
    for model in (Naive(linear.description), linear):
        scaled = model.forecast(batch)[0]  # -> (B, H, K)
        found = forecast_panel(model, until(panel, n))
        for b, name in enumerate(windows.ids):
            for k, target in enumerate(windows.channels.target):
                rows = found[(found["unique_id"] == name) & (found["target"] == target)]
                expected = scaled[b, :, k] * fold.scale[b, k] + fold.loc[b, k]
                assert rows["mean"].to_numpy() == pytest.approx(expected, rel=1e-9, abs=1e-12)
                assert rows["ds"].to_list() == [pd.Timestamp(day(n + h)) for h in range(1, H + 1)]
                assert set(rows["cutoff"]) == {pd.Timestamp(day(n))}


def test_naive_repeats_the_last_value_in_its_own_units(panel: Panel, windows: Windows) -> None:
    found = forecast_panel(Naive(fit(windows).description), panel)
    load = found[found["target"] == "load"]
    expected = np.repeat(panel.columns["load"][panel.offsets[1:] - 1], windows.horizon)
    assert load["mean"].to_numpy() == pytest.approx(expected)


def test_the_form_of_the_answer(panel: Panel, windows: Windows) -> None:
    found = forecast_panel(fit(windows), panel)
    assert list(found.columns) == ["unique_id", "cutoff", "ds", "target", "mean"]
    assert len(found) == 3 * 2 * windows.horizon
    assert not found.isna().to_numpy().any()


def test_seeds_are_averaged(panel: Panel, windows: Windows) -> None:
    linear = fit(windows)
    one = forecast_panel(linear, panel)
    mean = forecast_panel(TwoSeeds(linear.description, linear.weights), panel)
    scale = {
        (name, target): windows.folds[0].scale[n, k]
        for n, name in enumerate(windows.ids)
        for k, target in enumerate(windows.channels.target)
    }
    added = [scale[pair] for pair in zip(one["unique_id"], one["target"], strict=True)]
    assert (mean["mean"] - one["mean"]).to_numpy() == pytest.approx(added)


def test_each_series_goes_on_from_its_own_end(panel: Panel, windows: Windows) -> None:
    keep = (panel.series_of_rows() != 1) | (panel.ds <= day(50))
    found = forecast_panel(fit(windows), panel.take(keep)).groupby("unique_id")["ds"].min()
    assert found.to_dict() == {name: pd.Timestamp(day(n)) for name, n in (("a", 90), ("b", 51), ("c", 90))}


def test_some_of_the_series_suffice(panel: Panel, windows: Windows) -> None:
    model = fit(windows)
    some = panel.take(panel.series_of_rows() == 2)
    every = forecast_panel(model, panel)
    expected = every[every["unique_id"] == "c"]["mean"].to_numpy()
    assert forecast_panel(model, some)["mean"].to_numpy() == pytest.approx(expected)


def test_only_the_look_back_matters(panel: Panel, windows: Windows) -> None:
    load = panel.columns["load"].copy()
    load[panel.ds < day(89 - windows.look_back)] = np.nan  # one row more, for the difference
    model = fit(windows)
    found = forecast_panel(model, panel.with_columns(dict(panel.columns) | {"load": load}))
    assert found["mean"].to_list() == forecast_panel(model, panel)["mean"].to_list()


def test_an_unseen_series_is_named(panel: Panel, windows: Windows) -> None:
    strange = Panel(("a", "b", "x"), panel.offsets, panel.ds, panel.columns)
    with pytest.raises(DataError, match=r"series x: not among those that linear was trained on \(a, b, c\)"):
        forecast_panel(fit(windows), strange)


def test_a_short_series_is_named(panel: Panel, windows: Windows) -> None:
    keep = (panel.series_of_rows() != 1) | (panel.ds > day(84))
    with pytest.raises(DataError, match="series b: has 5 rows, but linear looks back 6"):
        forecast_panel(fit(windows), panel.take(keep))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_missing_value_in_the_look_back_is_named(panel: Panel, windows: Windows, value: float) -> None:
    load = panel.columns["load"].copy()
    load[panel.offsets[2] - 2] = value
    with pytest.raises(
        DataError, match=r"series b, load at 2022-03-25: no finite value within the look-back"
    ):
        forecast_panel(fit(windows), panel.with_columns(dict(panel.columns) | {"load": load}))


def test_a_missing_column_is_named(panel: Panel, windows: Windows) -> None:
    columns = {name: values for name, values in panel.columns.items() if name != "volume"}
    with pytest.raises(ParamsError, match="'log_volume' needs column 'volume'"):
        forecast_panel(fit(windows), panel.with_columns(columns))


def test_another_meaning_of_a_name_is_noticed(panel: Panel, windows: Windows) -> None:
    model = fit(windows)
    names = {"target": ("load",), "past": (), "future": ()}
    other = model.description.model_copy(
        update={"features": model.description.features.model_copy(update=names)}
    )
    with pytest.raises(DataError, match="the panel gives the channels load, but linear was trained on"):
        forecast_panel(replace(model, description=other), panel)


def test_an_empty_panel_is_refused(panel: Panel, windows: Windows) -> None:
    with pytest.raises(DataError, match="the panel has no rows"):
        forecast_panel(fit(windows), panel.take(np.zeros(len(panel), bool)))
