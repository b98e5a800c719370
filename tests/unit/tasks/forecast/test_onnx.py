"""Networks as ONNX: onnxruntime says what PyTorch says, for every cell, encoder, decoder and head it can."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from drawn_network import CHANNELS, FEATURES, HORIZON, LOC, LOOK_BACK, SCALE, described, drawn

from reprocast.data.tensors import to_tensors
from reprocast.data.windows import Batch
from reprocast.errors import DataError, NoInputError, UsageError
from reprocast.model import Roles
from reprocast.panel import Panel, from_frame
from reprocast.tasks.forecast.onnx_graph import graph_bytes
from reprocast.tasks.forecast.onnx_model import from_onnx
from reprocast.tasks.forecast.onnx_reader import OnnxForecaster
from reprocast.tasks.forecast.predict import _batch, _seen, forecast_panel
from reprocast.tasks.networks import SavedNetworks

DEFAULTS: list[dict[str, Any]] = [{"cell": cell, "instance": "mean"} for cell in ("rnn", "lstm", "gru")]
OTHERS: list[dict[str, Any]] = [
    {"cell": "relu_rnn", "look_back": 7},
    {"cell": "jordan", "learned_state": True},
    {"cell": "norm_rnn", "decoder": {"kind": "positional"}},
    {"cell": "norm_lstm", "series_embedding": 3},
    {"cell": "norm_gru", "dilation": 2},
    {"cell": "lstm", "bidirectional": True, "instance": "median"},
    {"cell": "gru", "layers": 2, "skip": "highway", "dropout": 0.1, "every": [1, 3], "instance": "last"},
    {"cell": "lstm", "layers": 2, "skip": "residual", "dilation": [1, 3], "normalisation": "layer"},
    {"cell": "gru", "normalisation": "batch", "truncate": 4, "learned_state": True, "state_dropout": 0.2},
    {"cell": "gru", "segment": 4, "decoder": {"kind": "positional", "piece": 2}},
    {"cell": "rnn", "decoder": {"kind": "steps"}, "head": {"kind": "quantiles"}},
    {"cell": "gru", "decoder": {"kind": "autoregressive"}, "head": {"kind": "quantiles"}, "instance": "mean"},
    {"cell": "lstm", "decoder": {"kind": "steps", "attention": "additive"}, "head": {"kind": "gaussian"}},
    {"cell": "gru", "decoder": {"kind": "autoregressive", "attention": "multiplicative"}},
    {"cell": "gru", "decoder": {"paths": ["last", "seasonal", "linear"]}, "head": {"kind": "student_t"}},
    {"cell": "gru", "head": {"kind": "negative_binomial"}},
]


def panel(days: int = 20, seed: int = 3, still: bool = False) -> Panel:
    """Load and price of both series; the first one's load may stand still."""
    rng, parts = np.random.default_rng(seed), []
    for name, level, spread in (("a", 50.0, 10.0), ("b", 80.0, 20.0)):
        load, price = rng.normal(level, spread, days), np.exp(rng.normal(0.0, 0.1, days).cumsum())
        load = np.full(days, 42.0) if still and name == "a" else load
        times = pd.date_range("2024-01-01", periods=days)
        parts.append(pd.DataFrame({"unique_id": name, "ds": times, "load": load, "price": price}))
    return from_frame(pd.concat(parts))


def batch_of(model: SavedNetworks, days: Panel) -> Batch:
    places = np.asarray([model.description.series.index(name) for name in days.ids])
    return _batch(_seen(days, model.description), model.description, places)


@pytest.mark.parametrize("block", DEFAULTS + OTHERS, ids=lambda block: "-".join(map(str, block.values())))
def test_it_answers_as_pytorch_does(block: dict[str, Any]) -> None:
    model = drawn(block, seeds=(1,))
    exported = from_onnx(graph_bytes(model))
    batch = batch_of(model, panel())
    assert np.abs(exported.forecast(batch) - model.forecast(batch)).max() < 1e-5
    if model.description.block["head"]["kind"] != "point":
        assert np.abs(exported.quantiles(batch) - model.quantiles(batch)).max() < 1e-5
    assert np.abs(model.forecast(batch)).max() > 0.01


@pytest.mark.parametrize("scaling", ["standard", "window"])
@pytest.mark.parametrize("head", ["point", "quantiles", "gaussian"])
def test_values_in_units_become_forecasts_in_units(scaling: str, head: str) -> None:
    model, days = drawn({"cell": "gru", "head": {"kind": head}}, scaling=scaling), panel(still=True)
    reader, seen = OnnxForecaster(graph_bytes(model)), _seen(days, model.description)
    rows = seen.cutoffs[:, None] + 1 + np.arange(-LOOK_BACK, HORIZON)
    values = seen.values[rows]
    past, future = values[:, :LOOK_BACK], values[:, LOOK_BACK:, -2:]
    table = forecast_panel(model, days)
    found = reader.forecast(past, days.ids, future)
    assert found[:, :, 0].ravel() == pytest.approx(table["mean"].to_numpy(), rel=1e-5)
    if head != "point":
        levels = [name for name in table if name.startswith("q-")]
        expected = table[levels].to_numpy().reshape(2, HORIZON, -1)
        assert reader.quantiles(past, days.ids, future)[:, :, 0] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("scaling", ["standard", "window", "none"])
def test_a_panel_is_forecast_without_pytorch_as_with_it(scaling: str) -> None:
    model = drawn({"cell": "lstm", "head": {"kind": "quantiles"}}, scaling=scaling)
    exported = from_onnx(graph_bytes(model))
    expected, found = forecast_panel(model, panel()), forecast_panel(exported, panel())
    assert list(found) == list(expected)
    numbers = expected.select_dtypes("number")
    assert found[list(numbers)].to_numpy() == pytest.approx(numbers.to_numpy(), rel=1e-5)


@pytest.mark.parametrize("scaling", ["standard", "window"])
def test_a_new_series_is_forecast_as_pytorch_does(scaling: str) -> None:
    even = {"loc": (LOC[0],) * 2, "scale": (SCALE[0],) * 2} if scaling == "standard" else {}
    model, frame = drawn({"cell": "gru"}, scaling=scaling, **even), panel().to_frame()
    days = from_frame(frame.assign(unique_id=frame["unique_id"].replace({"b": "new"})))
    exported = from_onnx(graph_bytes(model))
    expected, found = forecast_panel(model, days), forecast_panel(exported, days)
    assert found["mean"].to_numpy() == pytest.approx(expected["mean"].to_numpy(), rel=1e-5)


def test_statics_and_masks_are_in_the_graph() -> None:
    roles = {"target": ("load",), "past": (), "future": ()}
    features = Roles(**roles, static=("size",))
    channels = Roles(**roles, observed=("observed(load)",), static=("size",))
    model = drawn(
        {"cell": "gru"}, features=features, channels=channels, static=((0.5,), (-1.5,)), missing="mask",
        loc=((50.0, 0.0), (80.0, 0.0)), scale=((10.0, 1.0), (20.0, 1.0)),
    )  # fmt: skip
    reader = OnnxForecaster(graph_bytes(model))
    assert reader.channels == ("load", "observed(load)")
    past = np.stack([np.full((LOOK_BACK, 2), 1.0)] * 2)
    past[:, :, 0] = np.linspace(40, 60, LOOK_BACK)
    found, batch = reader.forecast(past, ["a", "b"]), (past - [[[50, 0]], [[80, 0]]]) / [[[10, 1]], [[20, 1]]]
    none = np.empty((2, HORIZON, 0))
    told = Batch(batch, none, none, np.arange(2), np.asarray([[0.5], [-1.5]]), *[np.empty(0)] * 2, None)  # type: ignore[arg-type]
    with torch.no_grad():
        scaled = (
            torch.stack([network(to_tensors(told)) for network in model.networks]).double().mean(0).numpy()
        )
    expected = scaled * [[[10]], [[20]]] + [[[50]], [[80]]]
    assert found == pytest.approx(expected, rel=1e-5)


def test_the_same_model_gives_the_same_bytes_without_places() -> None:
    first, again = (graph_bytes(drawn({"cell": "gru"})) for _ in range(2))
    assert first == again
    assert b"reprocast/networks" not in first
    assert b".py" not in first


def test_what_onnx_has_no_operator_for_is_refused_by_name() -> None:
    for cell in ("min_gru", "min_lstm"):
        with pytest.raises(UsageError, match=f"net: cell {cell} .* no operator"):
            graph_bytes(drawn({"cell": cell}))


@pytest.fixture(scope="module")
def reader() -> OnnxForecaster:
    return OnnxForecaster(graph_bytes(drawn({"cell": "rnn"})))


PAST, FUTURE = np.zeros((1, LOOK_BACK, 4)), np.zeros((1, HORIZON, 2))


@pytest.mark.parametrize(
    ("past", "series", "future", "said"),
    [
        (PAST, ["c"], FUTURE, "series c: not among those that net was trained on"),
        (PAST[:, 1:], ["a"], FUTURE, r"past: has shape \(1, 8, 4\), the model reads \(1, 9, 4\)"),
        (PAST, ["a"], None, r"future: has shape \(0,\), the model reads \(1, 3, 2\)"),
        (np.where(np.arange(4) == 1, np.nan, PAST), ["a"], FUTURE, r"past: no finite value at \(0, 0, 1\)"),
        (PAST, ["a"], FUTURE + np.inf, r"future: no finite value at \(0, 0, 0\)"),
    ],
)
def test_it_refuses_what_it_cannot_forecast_from(
    reader: OnnxForecaster, past: Any, series: list[str], future: Any, said: str
) -> None:
    with pytest.raises(DataError, match=said):
        reader.forecast(past, series, future)


def test_a_point_has_no_quantiles(reader: OnnxForecaster) -> None:
    with pytest.raises(DataError, match="head point has no quantiles"):
        reader.quantiles(PAST, ["a"], FUTURE)


def test_a_file_that_was_not_exported_is_refused(tmp_path: Any) -> None:
    import onnx

    with pytest.raises(DataError, match="not an ONNX file"):
        OnnxForecaster(b"no graph")
    with pytest.raises(NoInputError, match="no such file"):
        OnnxForecaster.read(tmp_path / "none.onnx")
    value = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1])
    other = onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1])
    node = onnx.helper.make_node("Identity", ["x"], ["y"])
    graph = onnx.helper.make_graph([node], "other", [value], [other])
    opsets = [onnx.helper.make_opsetid("", 17)]
    strange = onnx.helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()
    with pytest.raises(DataError, match="holds no description"):
        OnnxForecaster(strange)


def test_the_description_is_in_the_file(reader: OnnxForecaster) -> None:
    model = drawn({"cell": "rnn"})
    assert from_onnx(graph_bytes(model)).description == model.description
    assert reader.about["features"]["target"] == list(FEATURES.target)
    assert reader.channels == CHANNELS.target + CHANNELS.past + CHANNELS.future
    assert described({"cell": "rnn"}).name == "net"
