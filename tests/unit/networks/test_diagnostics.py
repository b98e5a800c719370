"""Diagnostics: against backpropagation by hand, closed forms, and networks that are ill on purpose."""

import copy
from collections.abc import Callable
from typing import Any, NamedTuple, get_args

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from unit.networks.test_encoder import OPTIONS, encoder_of, layers_of, sequences, weights_of

from reprocast.data.sizes import Sizes
from reprocast.data.tensors import Tensors
from reprocast.networks import limits
from reprocast.networks.cells import CELLS
from reprocast.networks.diagnostics import Diagnosis, diagnose
from reprocast.networks.encoder import Encoder
from reprocast.networks.forecaster import Forecaster
from reprocast.networks.gates import GATES, gates_of
from reprocast.networks.stepping import step_by_step
from reprocast.params.architecture import Architecture, CellName
from reprocast.reference.bptt import backpropagate, stack_backwards
from reprocast.reference.cells import Weights, sigmoid
from reprocast.reference.cells import gates_of as products_of
from reprocast.reference.sequence import states

GATED: dict[CellName, set[str]] = {
    "lstm": {"input", "forget", "output"},
    "gru": {"reset", "update"},
    "norm_lstm": {"input", "forget", "output"},
    "norm_gru": {"reset", "update"},
    "min_gru": {"update"},
    "min_lstm": {"forget"},
}
WITHOUT_GATES = {"rnn", "relu_rnn", "jordan", "norm_rnn"}


class Seen(NamedTuple):
    """A batch of nothing but what is seen (B, L, C)."""

    past: Tensor


class Bare(nn.Module):
    """An encoder that gives out all its states."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, batch: Seen) -> Tensor:
        return self.encoder(batch.past)[0]


def of_last(outputs: Tensor, _: Seen) -> Tensor:
    """A loss whose gradient of the last state is 1 in each unit."""
    return outputs[:, -1].sum()


def found(
    encoder: Encoder, x: Tensor, loss: Callable[[Tensor, Seen], Tensor] = of_last, seed: int = 0
) -> Diagnosis:
    return diagnose(Bare(encoder), loss, Seen(x), seed)


def plain_rnn(matrix: Any, steps: int = 9, batch: int = 4) -> tuple[Encoder, Tensor]:
    """A tanh layer that stays at h = 0, where tanh' = 1: its Jacobian is the matrix itself."""
    matrix = torch.as_tensor(matrix, dtype=torch.float64)
    encoder = encoder_of(cell="rnn", hidden=len(matrix))
    (layer,) = layers_of(encoder)
    for name, weight in layer.named_parameters():
        weight.data = matrix.clone() if name == "weight_hh_l0" else torch.zeros_like(weight)
    return encoder, sequences(batch, steps)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("sizes", [(4,), (4, 2, 5)])
def test_gradients_are_those_of_backpropagation_by_hand(cell: CellName, sizes: tuple[int, ...]) -> None:
    encoder, x = encoder_of(cell=cell, layers=len(sizes), hidden=sizes), sequences()
    d_outputs = sequences(3, 11, sizes[-1], seed=5)
    readings = found(encoder, x, lambda outputs, _: (outputs * d_outputs).sum()).readings
    layers = [weights_of(layer) for layer in layers_of(encoder)]
    expected = stack_backwards(cell, layers, x.numpy(), d_outputs.numpy())
    assert [one.layer for one in readings] == list(range(1, len(sizes) + 1))
    for one, oracle in zip(readings, expected, strict=True):
        assert np.abs(np.array(one.gradient[::-1]) - oracle.per_step).max() < 1e-10


def test_an_lstm_remembers_in_its_cell_state_too() -> None:
    """∂loss/∂c after step t is the gradient of the state before a sequence that begins at step t + 1."""
    encoder, x = encoder_of(cell="lstm", forget_bias=3.0), sequences(steps=30)
    d_outputs = sequences(3, 30, 4, seed=5)
    (reading,) = found(encoder, x, lambda outputs, _: (outputs * d_outputs).sum()).readings
    (layer,) = layers_of(encoder)
    weights = weights_of(layer)
    visited = states("lstm", weights, x.numpy())
    for lag in (1, 7, 20):
        rest = slice(30 - lag, None)
        later = backpropagate(
            "lstm", weights, x[:, rest].numpy(), d_outputs[:, rest].numpy(), visited[30 - lag]
        )
        assert reading.cell_gradient[lag] == pytest.approx(np.linalg.norm(later.state[1]), rel=1e-10)
    assert reading.cell_gradient[0] == 0
    one = found(encoder, x)
    assert one.memory > max(
        n for n, norm in enumerate(one.top.gradient) if norm >= 0.01 * max(one.top.gradient)
    )
    assert found(encoder_of(cell="gru"), x).top.cell_gradient == ()


ORTHOGONAL = np.linalg.qr(np.random.default_rng(0).normal(size=(5, 5)))[0]


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        (-1.5 * np.eye(4), [1.5**n for n in range(9)]),
        (ORTHOGONAL, [1.0] * 9),
        (0.5 * ORTHOGONAL, [0.5**n for n in range(9)]),
        (np.diag([1.0], 1), [1.0, 0.5**0.5] + [0.0] * 7),
    ],
    ids=["-1.5 I", "orthogonal", "half", "nilpotent"],
)
def test_the_jacobian_product_of_a_linear_layer_is_a_power(matrix: Any, expected: list[float]) -> None:
    """−1.5 I explodes though no eigenvalue is above 1; what counts is the norm of the product."""
    encoder, x = plain_rnn(matrix, batch=4 if expected[2] else 4000)
    tolerance = 1e-12 if expected[2] else 0.01
    (reading,) = found(encoder, x).readings
    assert np.abs(np.array(reading.jacobian) - expected).max() < tolerance * max(expected)


def test_the_jacobian_product_of_any_matrix_is_its_frobenius_norm_by_the_root_of_d() -> None:
    matrix = np.random.default_rng(1).normal(size=(4, 4)) / 2
    encoder, x = plain_rnn(matrix, steps=6, batch=4000)
    powers = [np.linalg.norm(np.linalg.matrix_power(matrix, n)) / 2 for n in range(6)]
    (reading,) = found(encoder, x).readings
    assert np.allclose(reading.jacobian, powers, rtol=0.03)
    assert found(encoder, x).growth == max(reading.jacobian)


def test_memory_ends_where_the_gradient_falls_below_a_share_of_its_largest() -> None:
    encoder, x = plain_rnn(0.5 * np.eye(3), steps=40)
    one = found(encoder, x)
    assert one.memory == 6  # 0.5⁶ = 1.6 %, 0.5⁷ = 0.8 %
    assert one.fade == 19  # 0.5¹⁹ = 1.9e-6, 0.5²⁰ = 9.5e-7
    assert one.span == 39
    assert one.kept == pytest.approx(0.5)


def test_memory_is_counted_in_steps_of_the_window_and_a_dead_network_has_none() -> None:
    slow = found(encoder_of(layers=2, every=(1, 4)), sequences(steps=11))
    assert [(one.stride, len(one.gradient)) for one in slow.readings] == [(1, 11), (4, 3)]
    cut = found(encoder_of(segment=3), sequences(steps=11))
    assert [(one.stride, len(one.gradient)) for one in cut.readings] == [(3, 3)]
    assert cut.span == 6
    assert found(encoder_of(), sequences(), lambda outputs, _: 0 * outputs.sum()).memory == 0


def test_gradients_end_at_a_truncation() -> None:
    (reading,) = found(encoder_of(truncate=3), sequences()).readings
    (whole,) = found(encoder_of(), sequences()).readings
    assert reading.gradient[:3] == pytest.approx(whole.gradient[:3], rel=1e-12)
    assert reading.jacobian[:3] == pytest.approx(whole.jacobian[:3], rel=1e-12)
    assert all(whole.gradient)
    assert not any(reading.gradient[3:])
    assert not any(reading.jacobian[3:])


@pytest.mark.parametrize("cell", get_args(CellName))
@pytest.mark.parametrize("name", OPTIONS)
def test_an_encoder_that_is_watched_step_by_step_says_the_same(cell: CellName, name: str) -> None:
    encoder, x = encoder_of(cell=cell, **_allowed(cell, OPTIONS[name])).eval(), sequences()
    outputs, last = encoder(x)
    watched = copy.deepcopy(encoder)
    visited = step_by_step(watched)
    seen, newest = watched(x)
    assert torch.allclose(seen, outputs, atol=1e-12)
    assert torch.allclose(newest, last, atol=1e-12)
    assert len(visited) == len(encoder.levels) * (1 + encoder.bidirectional)
    assert all(len(one.states) == -(-11 // one.stride) for one in visited)


def _allowed(cell: CellName, options: dict[str, Any]) -> dict[str, Any]:
    """min_ cells begin at 0 and cannot learn their first state."""
    return {key: value for key, value in options.items() if not (cell.startswith("min_") and "state" in key)}


@pytest.mark.parametrize("name", [name for name, options in OPTIONS.items() if "truncate" not in options])
def test_gradients_are_what_moving_a_state_does_to_the_loss(name: str) -> None:
    """Adds a little to one state as it comes out of the layer, and sees what becomes of the loss."""
    encoder, x = encoder_of(cell="gru", **OPTIONS[name]).eval(), sequences(batch=1)
    weigh = torch.linspace(-1, 1, encoder.width, dtype=torch.float64)
    for n, one in enumerate(found(encoder, x, lambda outputs, _: (outputs * weigh).sum()).readings):
        lag = len(one.gradient) // 2
        place = len(one.gradient) - 1 - lag
        slopes = []
        for unit in range(step_by_step(copy.deepcopy(encoder))[n].cell.hidden_size):  # type: ignore[arg-type]
            up, down = (_moved(encoder, n, place, unit, by, x, weigh) for by in (1e-5, -1e-5))
            slopes.append((up - down) / 2e-5)
        assert np.linalg.norm(slopes) == pytest.approx(one.gradient[lag], rel=1e-5, abs=1e-9)


def _moved(encoder: Encoder, n: int, place: int, unit: int, by: float, x: Tensor, weigh: Tensor) -> float:
    watched = copy.deepcopy(encoder)
    visited = step_by_step(watched)[n]
    calls = {"made": 0}

    def move(_: nn.Module, __: Any, answer: tuple[Tensor, tuple[Tensor, ...]]) -> Any:
        outputs, state = answer
        if calls["made"] == place:
            shift = torch.zeros_like(state[0])
            shift[:, unit] = by
            state = (state[0] + shift, *state[1:])
        calls["made"] += 1
        return outputs, state

    visited.cell.register_forward_hook(move)
    with torch.no_grad():
        return float((watched(x)[0] * weigh).sum())


def test_every_cell_has_gates_or_is_known_to_have_none() -> None:
    assert set(get_args(CellName)) <= set(GATED) | WITHOUT_GATES
    with_gates = {name for name, cell in CELLS.items() if type(cell.layer(2, 3)) in GATES}
    assert with_gates == set(GATED)


@pytest.mark.parametrize("cell", get_args(CellName))
def test_gates_are_named_and_lie_between_0_and_1(cell: CellName) -> None:
    encoder, x = encoder_of(cell=cell), sequences()
    (reading,) = found(encoder, x).readings
    assert set(reading.saturated) == GATED.get(cell, set())
    (layer,) = layers_of(encoder)
    for gate in gates_of(layer, x[:, 0], layer.beginning(x)).values():
        assert gate.shape == (3, 4)
        assert ((gate > 0) & (gate < 1)).all()


@pytest.mark.parametrize(
    ("cell", "names"), [("lstm", ["input", "forget", "", "output"]), ("gru", ["reset", "update", ""])]
)
def test_gates_are_the_textbooks(cell: CellName, names: list[str]) -> None:
    encoder, x = encoder_of(cell=cell), sequences()
    (layer,) = layers_of(encoder)
    weights: Weights = weights_of(layer)
    before = states(cell, weights, x.numpy())[4]
    raw = np.split(sigmoid(products_of(weights, x[:, 4].numpy(), before[0])), len(names), axis=1)
    state = tuple(torch.from_numpy(part) for part in before)
    for name, gate in gates_of(layer, x[:, 4], state).items():
        assert np.abs(gate.numpy() - raw[names.index(name)]).max() < 1e-12


@pytest.mark.parametrize("cell", ["min_gru", "min_lstm"])
def test_gates_of_minimal_cells_are_what_is_kept_of_the_state(cell: CellName) -> None:
    """h' is linear in h: its slope is 1 − z of min_gru and f' of min_lstm."""
    (layer,) = layers_of(encoder_of(cell=cell))
    x, one = sequences(steps=1), torch.ones(3, 4, dtype=torch.float64)
    slope = layer(x, (2 * one,))[1][0] - layer(x, (one,))[1][0]
    ((name, gate),) = gates_of(layer, x[:, 0], (one,)).items()
    assert torch.allclose(slope, 1 - gate if name == "update" else gate, atol=1e-12)


def test_a_gate_with_a_huge_bias_is_saturated() -> None:
    encoder = encoder_of(cell="lstm", forget_bias=50.0)
    one = found(encoder, sequences())
    assert one.readings[0].saturated["forget"] == (0.0, 1.0)
    assert one.saturated == 1.0
    assert found(encoder_of(cell="lstm", forget_bias=-50.0), sequences()).readings[0].saturated["forget"] == (
        1,
        0,
    )
    assert found(encoder_of(cell="lstm"), sequences()).saturated == 0.0
    assert found(encoder_of(cell="rnn"), sequences()).saturated is None


def test_a_relu_unit_that_never_fires_is_dead_and_one_that_ignores_the_window_too() -> None:
    encoder, x = encoder_of(cell="relu_rnn"), sequences(batch=50)
    (layer,) = layers_of(encoder)
    assert found(encoder, x).dead == 0.0
    layer.bias_ih_l0.data[1] = -1e3
    assert found(encoder, x).dead == 0.25
    for weight in (layer.weight_ih_l0, layer.weight_hh_l0):
        weight.data[3] = 0.0
    layer.bias_ih_l0.data[3] = 0.7
    assert found(encoder, x).dead == 0.5


def network(**options: Any) -> tuple[Forecaster, Tensors]:
    torch.manual_seed(3)
    sizes = Sizes(
        channels=4, targets=2, past=3, future=1, static=1, series=2, look_back=12, horizon=3, season=4
    )
    made = Forecaster(Architecture.model_validate({"cell": "gru", "hidden": 4, **options}), sizes)
    draw = torch.randn
    target = draw(6, 3, 2).abs().round()
    target[0, 0, 0] = float("nan")
    return made, Tensors(draw(6, 12, 4), draw(6, 3, 1), target, torch.arange(6) % 2, draw(6, 1))


@pytest.mark.parametrize("cell", get_args(CellName))
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"decoder": {"kind": "autoregressive", "attention": "additive", "paths": ("last", "linear")}},
        {"decoder": {"kind": "positional", "piece": 2}, "instance": "median", "series_embedding": 2},
        {"layers": 2, "dropout": 0.5, "state_dropout": 0.5, "bidirectional": True, "look_back": 9},
    ],
    ids=["plain", "autoregressive", "positional", "dropped"],
)
def test_a_whole_network_is_left_as_it_was_and_nothing_is_drawn(cell: CellName, options: Any) -> None:
    made, batch = network(cell=cell, **options)
    before, state = copy.deepcopy(made.state_dict()), torch.random.get_rng_state()
    twice = [diagnose(made.train(), _square, batch, 1) for _ in range(2)]
    assert twice[0] == twice[1]
    assert torch.equal(torch.random.get_rng_state(), state)
    assert all(torch.equal(weight, before[name]) for name, weight in made.state_dict().items())
    assert made.training
    assert all(weight.grad is None for weight in made.parameters())
    assert max(twice[0].top.gradient) > 0
    assert diagnose(made, _square, batch, 2).top.jacobian != twice[0].top.jacobian


def _square(outputs: Tensor, batch: Tensors) -> Tensor:
    return (
        torch.where(batch.target.isnan(), 0.0, outputs.reshape(6, 3, 2, -1)[..., 0] - batch.target)
        .square()
        .mean()
    )


def test_thresholds_are_named() -> None:
    assert (limits.MEMORY, limits.FADED, limits.SATURATED) == (0.01, 1e-6, 0.01)


def test_what_a_step_keeps_is_told_by_steps_of_the_window() -> None:
    """A layer that moves at every 4th step and halves then keeps the fourth root of a half a step."""
    encoder = encoder_of(cell="rnn", hidden=2, every=4)
    for name, weight in encoder.named_parameters():
        weight.data = 0.5 * torch.eye(2, dtype=torch.float64) if "weight_hh" in name else 0 * weight.data
    assert found(encoder, sequences(steps=40)).kept == pytest.approx(0.5**0.25)
    one = found(encoder_of(), sequences(), lambda outputs, _: 0 * outputs.sum())
    assert (one.kept, one.memory) == (0.0, 0)
