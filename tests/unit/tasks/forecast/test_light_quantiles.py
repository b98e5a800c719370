"""An exported model forecasts from raw rows what the panel's forecast says: point, quantiles, intervals."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from drawn_network import HORIZON, LOOK_BACK, drawn
from scipy import stats
from unit.tasks.forecast.test_onnx import panel

from reprocast.errors import DataError
from reprocast.model import Roles, Shown, levels_of
from reprocast.networks.distributions import DISTRIBUTIONS
from reprocast.panel import Panel
from reprocast.tasks.forecast.kept_intervals import Intervals
from reprocast.tasks.forecast.light.counts import count_quantiles
from reprocast.tasks.forecast.onnx_graph import graph_bytes
from reprocast.tasks.forecast.onnx_model import from_onnx
from reprocast.tasks.forecast.onnx_reader import OnnxForecaster
from reprocast.tasks.forecast.onnx_student import student_quantiles
from reprocast.tasks.forecast.predict import forecast_panel
from reprocast.tasks.forecast.streaming import Forecaster

LEVELS = (0.0005, 0.025, 0.1, 0.5, 0.8, 0.975, 0.9999)


def holds(reader: OnnxForecaster, days: Panel, table: pd.DataFrame) -> None:
    """Means, quantiles and times of every series, from its last rows alone."""
    names = [name for name in table if name.startswith("q-")]
    assert [f"q-{level:g}" for level in reader.levels] == names
    for name, rows in days.rows():
        last = slice(rows.stop - LOOK_BACK - 1, rows.stop)  # a return needs the row before
        raw = {column: days.columns[column][last] for column in reader.columns}
        found, expected = reader.forecast_after(name, days.ds[last], raw), table[table["unique_id"] == name]
        assert found.cutoff == expected["cutoff"].iloc[0]
        assert list(found.ds) == expected["ds"].tolist()
        scale = reader.about["scale"][reader.about["series"].index(name)][0]
        assert np.abs(found.mean[:, 0] - expected["mean"]).max() < 1e-5 * scale
        apart = np.abs(found.quantiles[:, 0] - expected[names].to_numpy())
        assert apart.shape == (HORIZON, len(names))
        assert apart.max(initial=0) < 1e-5 * scale


@pytest.mark.parametrize("scaling", ["standard", "window"])
@pytest.mark.parametrize("kind", ["quantiles", "gaussian", "student_t"])
def test_quantiles_of_the_head_are_those_of_the_panel(kind: str, scaling: str) -> None:
    model, days = drawn({"cell": "gru", "head": {"kind": kind}}, scaling=scaling), panel(still=True)
    holds(OnnxForecaster(graph_bytes(model)), days, forecast_panel(model, days))


def test_quantiles_of_counts_are_those_of_the_panel() -> None:
    block, nought = {"cell": "gru", "head": {"kind": "negative_binomial"}}, ((0.0,) * 4,) * 2
    model = drawn(block, scaling="none", loc=nought, scale=((1.0,) * 4,) * 2)
    reader, days = OnnxForecaster(graph_bytes(model)), panel()
    table = forecast_panel(model, days)
    holds(reader, days, table)
    assert table[[f"q-{level:g}" for level in levels_of(model.description)]].to_numpy().max() > 1


def test_a_model_that_streams_says_the_same_from_its_look_back() -> None:
    model, days = drawn({"cell": "lstm", "head": {"kind": "student_t"}}), panel()
    reader, forecaster, streamed = OnnxForecaster(graph_bytes(model)), Forecaster(model, "b"), None
    last = slice(len(days) - LOOK_BACK - 1, len(days))
    raw = {name: days.columns[name][last] for name in reader.columns}
    for t, time in enumerate(days.ds[last]):
        streamed = forecaster.update({name: values[t] for name, values in raw.items()}, time)
    found = reader.forecast_after("b", days.ds[last], raw)
    assert streamed is not None
    assert found.mean == pytest.approx(streamed.mean, rel=1e-5)
    assert found.quantiles == pytest.approx(streamed.quantiles, rel=1e-5)


def intervals(**changes: Any) -> Intervals:
    radii = tuple((0.1 * (h + 1), 0.3 * (h + 1)) for h in range(HORIZON))
    said: dict[str, Any] = {
        "fingerprint": "f" * 64, "coverages": (0.8, 0.95), "errors": {"load": 40},
        "radii": {"load": radii}, "units": {"load": {"a": 10.0}},
    }  # fmt: skip
    return Intervals(**(said | changes)).sealed()


def test_intervals_of_the_backtest_go_with_the_file() -> None:
    model, days, kept = drawn({"cell": "rnn", "instance": "mean"}), panel(), intervals()
    content, table = graph_bytes(model, kept), forecast_panel(model, days, kept)
    reader, last = OnnxForecaster(content), slice(0, 20)
    assert from_onnx(content).intervals == kept
    found = reader.forecast_after("a", days.ds[last], {n: days.columns[n][last] for n in reader.columns})
    names = [f"q-{level:g}" for level in reader.levels]
    assert names == ["q-0.025", "q-0.1", "q-0.9", "q-0.975"]
    assert found.quantiles[:, 0] == pytest.approx(table[names].to_numpy()[:HORIZON], rel=1e-5)
    later = slice(20, 40)
    unknown = reader.forecast_after("b", days.ds[later], {n: days.columns[n][later] for n in reader.columns})
    assert np.isnan(unknown.quantiles).all()
    for wrong in (intervals(fingerprint="other"), kept.model_copy(update={"coverages": (0.8, 0.9)})):
        with pytest.raises(DataError, match="intervals are not those of net"):
            from_onnx(graph_bytes(model, wrong))


def test_strange_rows_and_series_are_refused_by_name() -> None:
    wide = ((-1e9, -1e9, -1.0, -1.0), (0.0, -1.0, -1.0, -1.0))
    high = ((1e9, 1e9, 1.0, 1.0), (200.0, 1.0, 1.0, 1.0))
    shown = Shown(low=wide, high=high, least=((0.0,) * 4,) * 2, most=((1e9,) * 4,) * 2)
    reader, days = OnnxForecaster(graph_bytes(drawn({"cell": "rnn"}, shown=shown))), panel()
    raw = {name: days.columns[name][20:] for name in reader.columns}
    reader.forecast_after("b", days.ds[20:], raw)
    with pytest.raises(DataError, match=r"series b, load: holds .* shown 0 … 200, as if it had another unit"):
        reader.forecast_after("b", days.ds[20:], raw | {"load": raw["load"] * 1000})
    with pytest.raises(DataError, match="series c: not among those that net was trained on"):
        reader.forecast_after("c", days.ds[20:], raw)


def test_students_quantiles_are_a_polynomial() -> None:
    freedom = 2 + np.logspace(-4, 6, 400)[:, None]
    found = student_quantiles(torch.from_numpy(freedom), LEVELS).numpy()
    assert found == pytest.approx(stats.t.ppf(np.asarray(LEVELS), freedom), rel=1e-7, abs=1e-8)


def test_counts_are_found_by_halving() -> None:
    rng = np.random.default_rng(4)
    answers = np.stack([10 ** rng.uniform(-4, 6, 500), 10 ** rng.uniform(-4, 1.5, 500)], axis=-1)
    expected = DISTRIBUTIONS["negative_binomial"].quantiles(torch.from_numpy(answers), LEVELS).numpy()
    found = count_quantiles(answers, LEVELS)
    assert found.shape == (500, len(LEVELS))
    assert (np.abs(found - expected) <= 1e-9 * expected).all()


def test_a_column_alone_needs_no_times_of_a_calendar() -> None:
    roles: dict[str, Any] = {"target": ("load",), "past": (), "future": ()}
    model = drawn(
        {"cell": "rnn"}, features=Roles(**roles), channels=Roles(**roles), calendar="step",
        loc=((50.0,),) * 2, scale=((10.0,),) * 2,
    )  # fmt: skip
    reader, load = OnnxForecaster(graph_bytes(model)), panel().columns["load"][:LOOK_BACK]
    found = reader.forecast_after("a", np.arange(7, 7 + LOOK_BACK), {"load": load})
    assert list(found.ds) == [16, 17, 18]
    assert np.array_equal(found.mean[None], reader.forecast(load[None, :, None], ["a"]))
