"""A stream says at every step what one pass over everything since its beginning says, and costs the same."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from drawn_network import HORIZON, LOC, LOOK_BACK, SCALE, architecture, drawn, saved

from reprocast.data.channels import derive_channels
from reprocast.data.filling import fill
from reprocast.data.sizes import sizes_of
from reprocast.data.tensors import Tensors
from reprocast.data.windows import Channels
from reprocast.errors import DataError, ParamsError, UsageError
from reprocast.model import Roles, Shown
from reprocast.networks.forecaster import Forecaster as Network
from reprocast.panel import Panel, from_frame
from reprocast.tasks.forecast.streaming import Forecast, Forecaster
from reprocast.tasks.networks import SavedNetworks

FIRST, STEPS = "2024-01-01", 24
CAN: list[dict[str, Any]] = [
    *({"cell": cell} for cell in ("rnn", "relu_rnn", "jordan", "lstm", "gru", "min_gru", "min_lstm")),
    *({"cell": cell, "learned_state": True} for cell in ("norm_rnn", "norm_lstm", "norm_gru")),
    {"cell": "gru", "layers": 3, "skip": "highway", "dropout": 0.1, "normalisation": "layer"},
    {"cell": "lstm", "layers": 2, "dilation": [1, 3], "skip": "residual", "normalisation": "batch"},
    {"cell": "gru", "segment": 4, "layers": 2, "decoder": {"kind": "positional", "piece": 2}},
    {"cell": "lstm", "truncate": 5, "state_dropout": 0.2, "series_embedding": 2, "look_back": 7},
    {"cell": "gru", "decoder": {"kind": "steps"}, "head": {"kind": "quantiles"}},
    {"cell": "lstm", "decoder": {"kind": "autoregressive"}, "head": {"kind": "gaussian"}},
    {"cell": "rnn", "decoder": {"paths": ["last", "seasonal"]}, "head": {"kind": "student_t"}},
    {"cell": "gru", "look_back": 7, "decoder": {"kind": "autoregressive", "paths": ["linear"]}},
]


def days(steps: int = STEPS, seed: int = 3, **more: Any) -> pd.DataFrame:
    """Load and price of series b."""
    rng = np.random.default_rng(seed)
    load, price = rng.normal(80, 20, steps), np.exp(rng.normal(0, 0.1, steps).cumsum())
    times = pd.date_range(FIRST, periods=steps)
    return pd.DataFrame({"unique_id": "b", "ds": times, "load": load, "price": price} | more)


def fed(forecaster: Forecaster, frame: pd.DataFrame, **more: Any) -> list[Forecast | None]:
    columns = [name for name in frame if name not in ("unique_id", "ds")]
    return [
        forecaster.update(dict(zip(columns, row[1:], strict=True)), row[0], **more)
        for row in frame[["ds", *columns]].itertuples(index=False)
    ]


def rows_of(model: SavedNetworks, panel: Panel) -> np.ndarray:
    """All channels of a panel of one series at once, filled as declared."""
    d = model.description
    values, channels = derive_channels(panel, Channels(**dict(d.features)), mask=d.missing == "mask")
    return fill(values, channels, panel.offsets, d.missing, d.fill_steps, None).values


def one_pass(model: SavedNetworks, rows: np.ndarray, future: np.ndarray) -> np.ndarray:
    """What each seed answers (S, H, K, …) after reading all rows (T, C) at once."""
    d, n = model.description, 1
    block = {name: value for name, value in d.block.items() if name != "look_back"}
    sizes = replace(sizes_of(d, len(d.series)), look_back=len(rows))
    loc, scale, F = np.asarray(d.loc[n]), np.asarray(d.scale[n]), future.shape[1]
    seen = torch.from_numpy((rows - loc) / scale).float()[None]
    known = (future - loc[len(loc) - F :]) / scale[len(loc) - F :]
    static = torch.tensor([d.static[n]], dtype=torch.float32)
    batch = Tensors(seen, torch.from_numpy(known).float()[None], seen[:, :0], torch.tensor([n]), static)
    found = []
    for network in model.networks:
        whole = Network(architecture(block), sizes).eval()
        weights = {name: part.clone() for name, part in network.state_dict().items()}
        if "paths.0.bias" in weights:  # what a linear path does not reach weighs nothing
            short = weights["paths.0.weight"]
            weights["paths.0.weight"] = torch.nn.functional.pad(short, (len(rows) - short.shape[2], 0))
        whole.load_state_dict(weights)
        with torch.no_grad():
            answer = whole(batch)
            point = answer if answer.dim() == 3 else whole.family.mean(answer)
        found.append(point[0].double().numpy())
    return np.stack(found)


@pytest.mark.parametrize("block", CAN, ids=lambda block: "-".join(map(str, block.values())))
def test_each_step_equals_one_pass_over_everything(block: dict[str, Any]) -> None:
    model, frame = drawn(block), days()
    forecaster, panel = Forecaster(model, "b"), from_frame(frame)
    found = fed(forecaster, frame)
    rows = rows_of(model, from_frame(days(STEPS + HORIZON)))[1:]  # the first return lacks
    rows[: STEPS - 1] = rows_of(model, panel)[1:]
    assert found[:LOOK_BACK] == [None] * LOOK_BACK
    for t in (LOOK_BACK, LOOK_BACK + 1, LOOK_BACK + 4, STEPS - 1):
        forecast, expected = found[t], one_pass(model, rows[:t], rows[t : t + HORIZON, 2:])
        assert forecast is not None
        assert forecast.cutoff == frame["ds"][t]
        assert list(forecast.ds) == list(pd.date_range(frame["ds"][t], periods=HORIZON + 1)[1:])
        scaled = (forecast.mean - LOC[1][0]) / SCALE[1][0]
        assert np.abs(scaled - expected.mean(axis=0)).max() < 1e-6


def test_the_look_back_alone_says_something_else() -> None:
    """So that the test above can tell a carried state from a fresh one."""
    model, frame = drawn({"cell": "gru"}), days()
    last = fed(Forecaster(model, "b"), frame)[-1]
    short = fed(Forecaster(model, "b"), frame[-LOOK_BACK - 1 :])[-1]
    assert last is not None
    assert short is not None
    assert np.abs(last.mean - short.mean).max() > 1e-3


def test_a_step_costs_the_same_however_long_the_stream() -> None:
    model, lengths, sizes = drawn({"cell": "lstm", "layers": 2}), [], []
    for network in model.networks:
        for level in network.encoder.levels:  # type: ignore[union-attr]
            level.register_forward_hook(lambda _, given, __: lengths.append(given[0].shape[1]))
    forecaster, frame = Forecaster(model, "b"), days(60)
    for n in (20, 40):
        fed(forecaster, frame[n - 20 : n])
        sizes.append(len(forecaster.state()))
    assert set(lengths) == {1}
    assert len(lengths) == (40 - 1) * 4  # the first row has no return yet
    assert sizes[0] == sizes[1]


@pytest.mark.parametrize(
    ("block", "more", "said"),
    [
        ({"instance": "mean"}, {}, "instance: mean sees each look-back relative to itself"),
        ({"instance": "last"}, {}, "instance: last sees"),
        ({}, {"scaling": "window"}, "window.scaling: window scales each look-back by itself"),
        ({"bidirectional": True}, {}, "bidirectional reads backwards"),
        ({"every": 2}, {}, "every counts its steps back"),
        (
            {"decoder": {"kind": "steps", "attention": "additive"}}, {},
            "decoder.attention: additive looks at every state",
        ),
    ],
)  # fmt: skip
def test_what_cannot_stream_is_refused_by_name(block: dict[str, Any], more: Any, said: str) -> None:
    with pytest.raises(UsageError, match=f"net cannot stream: {said}"):
        Forecaster(drawn({"cell": "gru"} | block, **more), "b")


def test_a_new_series_is_followed_where_the_model_can_forecast_it() -> None:
    with pytest.raises(DataError, match="series c: not among"):
        Forecaster(drawn({"cell": "gru"}), "c")
    even = drawn({"cell": "gru"}, loc=(LOC[1],) * 2, scale=(SCALE[1],) * 2)
    frame = days()
    known, new = (fed(Forecaster(even, name), frame)[-1] for name in "bc")
    assert known is not None
    assert new is not None
    assert np.array_equal(new.mean, known.mean)


@pytest.mark.parametrize("block", [CAN[3], CAN[11], CAN[12]], ids=["lstm", "dilated", "segments"])
@pytest.mark.parametrize("steps", [0, 1, 3, 15])
def test_a_stream_goes_on_where_it_was_saved(tmp_path: Path, block: dict[str, Any], steps: int) -> None:
    folder, frame = saved(drawn(block), tmp_path / "net"), days()
    through = Forecaster.load(folder, "b")
    fed(through, frame[:steps])
    content = through.state()
    resumed = Forecaster.load(folder, "b")
    resumed.restore(content)
    assert resumed.state() == content
    for one, other in zip(fed(through, frame[steps:]), fed(resumed, frame[steps:]), strict=True):
        assert (one is None) == (other is None)
        assert one is None or other is None or np.array_equal(one.mean, other.mean)
    assert resumed.state() == through.state()


def test_a_state_of_another_form_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    forecaster = Forecaster(drawn({"cell": "gru"}), "b")
    content = forecaster.state()
    monkeypatch.setattr("reprocast.tasks.forecast.stream_state.SAVED", 2)
    with pytest.raises(DataError, match="a saved stream of form 1, this version reads 2; begin anew"):
        forecaster.restore(content)


def test_a_state_of_something_else_is_refused(tmp_path: Path) -> None:
    folder, frame = saved(drawn({"cell": "gru"}), tmp_path / "net"), days()
    forecaster = Forecaster.load(folder, "b")
    fed(forecaster, frame)
    content = forecaster.state()
    with pytest.raises(DataError, match="of series b, not a"):
        Forecaster.load(folder, "a").restore(content)
    other = saved(drawn({"cell": "gru"}, seeds=(3, 4)), tmp_path / "other")
    with pytest.raises(DataError, match="belongs to another model than net"):
        Forecaster.load(other, "b").restore(content)
    for wrong in (b"", b"nothing of the kind", content[:100], content[:-1]):
        with pytest.raises(DataError, match="not a saved stream"):
            forecaster.restore(wrong)
    assert forecaster.state() == content


WHOLE = {"load": 80.0, "price": 1.0}


@pytest.mark.parametrize(
    ("value", "ds", "error", "said"),
    [
        (WHOLE, "2024-01-24", DataError, "is not later than the last one, 2024-01-24"),
        (WHOLE, "2024-01-25T12", DataError, "nothing is due at 2024-01-25T12:00 by calendar D"),
        (
            WHOLE,
            "2024-01-27",
            DataError,
            r"no value for 2024-01-25, which is due before 2024-01-27 \(2 such\)",
        ),
        ({"load": np.nan, "price": 1.0}, None, DataError, "series b, load at 2024-01-25: no finite value"),
        ({"load": np.inf, "price": 1.0}, None, DataError, "load at 2024-01-25: no finite value"),
        ({"load": 80.0, "price": -1.0}, None, DataError, "has no value for -1.0"),
        ({"load": 80.0}, None, ParamsError, "needs column 'price'|is not there"),
        (80.0, None, DataError, "net reads load, price; give each by its name"),
    ],
)
def test_what_is_refused_leaves_the_stream_as_it_was(value: Any, ds: Any, error: Any, said: str) -> None:
    forecaster = Forecaster(drawn({"cell": "gru"}), "b")
    fed(forecaster, days())
    before = forecaster.state()
    with pytest.raises(error, match=said):
        forecaster.update(value, ds)
    assert forecaster.state() == before
    assert forecaster.update(WHOLE) is not None  # the next one due


def test_values_of_another_unit_are_refused() -> None:
    wide = ((-1e9, -1e9, -1.0, -1.0), (0.0, -1.0, -1.0, -1.0))
    high = ((1e9, 1e9, 1.0, 1.0), (200.0, 1.0, 1.0, 1.0))
    shown = Shown(low=wide, high=high, least=((0.0,) * 4,) * 2, most=((1e9,) * 4,) * 2)
    forecaster, frame = Forecaster(drawn({"cell": "gru"}, shown=shown), "b"), days(LOOK_BACK + 1)
    strange = frame.assign(load=frame["load"] * 1000)
    fed(forecaster, strange[:-1])
    before = forecaster.state()
    with pytest.raises(DataError, match=r"series b, load: holds .* as if it had another unit"):
        fed(forecaster, strange[-1:])
    assert forecaster.stream.steps == LOOK_BACK - 1
    assert forecaster.state() == before


@pytest.mark.parametrize("missing", ["forward_fill", "interpolate", "mask"])
def test_gaps_are_filled_as_in_training(missing: str) -> None:
    roles: dict[str, Any] = {"target": ("load",), "past": ("log_return(price)",), "future": ()}
    observed = ("observed(load)", "observed(log_return(price))") if missing == "mask" else ()
    width = 2 + len(observed)
    model = drawn(
        {"cell": "gru"}, features=Roles(**roles), channels=Roles(**roles, observed=observed), missing=missing,
        fill_steps=3, loc=(tuple([80.0, 0.0, 0.0, 0.0][:width]),) * 2,
        scale=(tuple([20.0, 0.1, 1.0, 1.0][:width]),) * 2,
    )  # fmt: skip
    frame = days()
    frame.loc[[5, 6, 20], "load"] = np.nan
    frame.loc[[16], "price"] = np.nan
    frame.loc[[9, 10], ["load", "price"]] = np.nan  # rows that are never given
    found = fed(Forecaster(model, "b"), frame.drop(index=[9, 10]))
    rows = rows_of(model, from_frame(frame))[1:]
    for t in (LOOK_BACK + 2, LOOK_BACK + 4, STEPS - 1):
        forecast = found[t - 2]
        expected = one_pass(model, rows[:t], np.empty((HORIZON, 0))).mean(axis=0)
        assert forecast is not None
        assert (forecast.mean - 80.0) / 20.0 == pytest.approx(expected, abs=1e-6)


def test_a_gap_that_training_would_not_have_filled_is_refused() -> None:
    model = drawn({"cell": "gru"}, missing="forward_fill", fill_steps=2)
    forecaster = Forecaster(model, "b")
    fed(forecaster, days())
    for _ in range(2):
        forecaster.update({"load": np.nan, "price": 1.0})
    with pytest.raises(DataError, match="load at 2024-01-27: no finite value"):
        forecaster.update({"load": np.nan, "price": 1.0})


def test_a_refused_value_after_a_gap_leaves_the_gap_unread() -> None:
    forecaster = Forecaster(drawn({"cell": "gru"}, missing="forward_fill", fill_steps=3), "b")
    fed(forecaster, days())
    before = forecaster.state()
    with pytest.raises(DataError, match=r"has no value for -1.0"):
        forecaster.update({"load": 80.0, "price": -1.0}, "2024-01-27")
    assert forecaster.state() == before
    assert forecaster.update(WHOLE, "2024-01-27") is not None


def test_what_is_known_ahead_is_given_with_each_value() -> None:
    roles: dict[str, Any] = {"target": ("load",), "past": (), "future": ("plan", "diff(plan)")}
    model = drawn(
        {"cell": "gru"}, features=Roles(**roles), channels=Roles(**roles),
        loc=((80.0, 1.0, 0.0),) * 2, scale=((20.0, 2.0, 2.0),) * 2,
    )  # fmt: skip
    plan = np.random.default_rng(5).normal(1, 2, STEPS + HORIZON)
    frame, forecaster, found = days(), Forecaster(model, "b"), None
    for t in range(STEPS):
        value, ahead = {"load": frame["load"][t], "plan": plan[t]}, plan[t + 1 : t + 1 + HORIZON]
        found = forecaster.update(value, frame["ds"][t], ahead={"plan": list(ahead)})
    rows = np.column_stack(
        [np.append(frame["load"], [np.nan] * HORIZON), plan, np.append(np.nan, np.diff(plan))]
    )
    expected = one_pass(model, rows[1:STEPS], rows[STEPS:, 1:]).mean(axis=0)
    assert found is not None
    assert (found.mean - 80.0) / 20.0 == pytest.approx(expected, abs=1e-6)
    with pytest.raises(
        DataError, match="plan is known ahead and is not known for the 3 steps after 2024-01-25"
    ):
        forecaster.update({"load": 80.0, "plan": 1.0}, ahead={"plan": [1.0]})


def test_one_column_needs_no_name_and_steps_no_time() -> None:
    roles: dict[str, Any] = {"target": ("load",), "past": (), "future": ()}
    model = drawn(
        {"cell": "lstm", "head": {"kind": "quantiles"}}, features=Roles(**roles), channels=Roles(**roles),
        calendar="step", loc=((0.0,),) * 2, scale=((1.0,),) * 2,
    )  # fmt: skip
    forecaster = Forecaster(model, "a")
    with pytest.raises(DataError, match="the first value of a stream needs its time"):
        forecaster.update(0.5)
    found = [forecaster.update(np.sin(n), n if n == 7 else None) for n in range(7, 7 + LOOK_BACK)][-1]
    assert found is not None
    assert list(found.ds) == [16, 17, 18]
    assert found.quantiles.shape == (HORIZON, 1, 5)
    assert (np.diff(found.quantiles, axis=2) >= 0).all()
    assert found.quantiles[:, :, 2] == pytest.approx(found.mean)
