"""Recurrent layers and the encoder against the reference in NumPy, weights copied, in double precision."""

from collections.abc import Callable, Sequence
from typing import get_args

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from reprocast.networks.cells import CELLS
from reprocast.params.architecture import CellName
from reprocast.reference.cells import Weights, sigmoid
from reprocast.reference.sequence import unroll
from reprocast.reference.variants import layer_norm, min_gru, min_lstm

PYTORCH: list[CellName] = ["rnn", "lstm", "gru"]
"""Cells that PyTorch computes as a whole."""


def weights_of(layer: nn.Module) -> Weights:
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    return Weights(*(getattr(layer, name).detach().numpy() for name in names))


def test_the_cells_are_those_of_params() -> None:
    assert set(CELLS) == set(get_args(CellName))


@pytest.mark.parametrize("cell", PYTORCH)
@settings(max_examples=25, deadline=None)
@given(
    batch=st.integers(1, 5),
    steps=st.integers(1, 9),
    inputs=st.integers(1, 6),
    hidden=st.integers(1, 8),
    seed=st.integers(0, 1000),
)
def test_a_layer_computes_its_equations(
    cell: CellName, batch: int, steps: int, inputs: int, hidden: int, seed: int
) -> None:
    torch.manual_seed(seed)
    layer = CELLS[cell].layer(inputs, hidden).double()
    x = torch.randn(batch, steps, inputs, dtype=torch.float64) * 3
    outputs, _ = layer(x)
    expected, last = unroll(cell, weights_of(layer), x.numpy())
    assert outputs.shape == (batch, steps, hidden)
    assert np.abs(outputs.detach().numpy() - expected).max() < 1e-10
    assert np.abs(outputs[:, -1].detach().numpy() - last[0]).max() < 1e-10
    assert weights_of(layer).w_h.shape == (CELLS[cell].of_state * hidden, hidden)


@pytest.mark.parametrize("cell", CELLS)
@settings(max_examples=15, deadline=None)
@given(batch=st.integers(1, 4), steps=st.integers(2, 9), hidden=st.integers(1, 6), seed=st.integers(0, 1000))
def test_a_state_handed_on_continues_the_sequence(
    cell: CellName, batch: int, steps: int, hidden: int, seed: int
) -> None:
    """All steps at once, in two parts, and one by one."""
    torch.manual_seed(seed)
    layer = CELLS[cell].layer(3, hidden).double()
    x = torch.randn(batch, steps, 3, dtype=torch.float64) * 2
    whole, last = layer(x)
    assert whole.shape == (batch, steps, hidden)
    assert all(part.shape == (batch, hidden) for part in last)
    assert torch.equal(last[0], whole[:, -1])
    parts, state = [], None
    for t in range(steps):
        one, state = layer(x[:, t : t + 1], state)
        parts.append(one)
    assert (torch.cat(parts, dim=1) - whole).abs().max() < 1e-10
    first, half = layer(x[:, : steps // 2])
    rest, _ = layer(x[:, steps // 2 :], half)
    assert (torch.cat([first, rest], dim=1) - whole).abs().max() < 1e-10


@pytest.mark.parametrize("cell", CELLS)
def test_no_output_depends_on_a_later_input_or_on_another_example(cell: CellName) -> None:
    torch.manual_seed(2)
    layer = CELLS[cell].layer(3, 4)
    x = torch.randn(2, 8, 3)
    changed = x.clone()
    changed[0, 5:] += 1
    one, other = layer(x)[0], layer(changed)[0]
    assert torch.equal(one[0, :5], other[0, :5])
    assert torch.equal(one[1], other[1])
    assert ((one[0, 5:] - other[0, 5:]).abs().sum(dim=-1) > 0).all()


@pytest.mark.parametrize("cell", CELLS)
def test_a_step_costs_what_its_matrices_have(cell: CellName) -> None:
    """Every weight of a matrix is multiplied once a step."""
    matrices = [weight for weight in CELLS[cell].layer(5, 7).parameters() if weight.dim() == 2]
    assert CELLS[cell].multiply_adds(5, 7) == sum(weight.numel() for weight in matrices)


def test_the_relu_cell_begins_as_a_sum_of_what_it_sees() -> None:
    layer = CELLS["relu_rnn"].layer(2, 3)
    x = torch.rand(1, 5, 2)
    layer.weight_ih_l0.data.abs_()  # nothing below 0, so that the rectifier lets everything pass
    assert torch.allclose(layer(x)[0], (x @ layer.weight_ih_l0.T).cumsum(dim=1), atol=1e-6)
    assert (layer(-x)[0] == 0).all()


@pytest.mark.parametrize(("cell", "step"), [("min_gru", min_gru), ("min_lstm", min_lstm)])
@settings(max_examples=15, deadline=None)
@given(steps=st.integers(1, 30), scale=st.sampled_from([0.1, 1.0, 8.0]), seed=st.integers(0, 1000))
def test_the_parallel_scan_is_the_recurrence(
    cell: CellName, step: Callable[..., np.ndarray], steps: int, scale: float, seed: int
) -> None:
    torch.manual_seed(seed)
    layer = CELLS[cell].layer(3, 4).double()
    x = torch.randn(2, steps, 3, dtype=torch.float64) * scale
    gates = layer.gates(x).detach().numpy()
    outputs, h = layer(x)[0].detach().numpy(), np.zeros((2, 4))
    for t in range(steps):
        h = step(gates[:, t], h)
        assert np.abs(outputs[:, t] - h).max() < 1e-10 * max(1, np.abs(h).max())


@pytest.mark.parametrize("cell", ["min_gru", "min_lstm"])
def test_the_parallel_scan_holds_over_a_thousand_steps_in_single_precision(cell: CellName) -> None:
    torch.manual_seed(4)
    layer = CELLS[cell].layer(3, 4)
    x = torch.randn(2, 1000, 3) * 3
    single, double = layer(x)[0], layer.double()(x.double())[0]
    assert torch.isfinite(single).all()
    assert ((single - double).abs() / double).max() < 2e-3


def normalised_step(layer: nn.Module, x: np.ndarray, h: np.ndarray, c: np.ndarray) -> Sequence[np.ndarray]:
    """One step of a layer-normalised cell in NumPy, from the names its weights have."""
    weights = {name: weight.detach().numpy() for name, weight in layer.named_parameters()}
    D, products = h.shape[1], (x @ weights["from_input.weight"].T, h @ weights["from_state.weight"].T)
    normed = []
    for product, name in zip(products, ("of_input", "of_state"), strict=True):
        gains = [weights[key] for key in weights if key.startswith(f"{name}.norms")]
        ends = np.cumsum([len(gain) for gain in gains])
        pieces = np.split(product, ends[:-1], axis=1)
        normed.append(np.concatenate([layer_norm(p, g) for p, g in zip(pieces, gains, strict=True)], axis=1))
    given, carried = normed[0] + weights["bias"], normed[1]
    if given.shape[1] == D:
        return (np.tanh(given + carried),)
    if given.shape[1] == 4 * D:
        i, f, g, o = np.split(given + carried, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        return sigmoid(o) * np.tanh(layer_norm(c, weights["of_cell.weight"], weights["of_cell.bias"])), c
    r, z = np.split(sigmoid(given[:, : 2 * D] + carried[:, : 2 * D]), 2, axis=1)
    n = np.tanh(given[:, 2 * D :] + r * carried[:, 2 * D :])
    return ((1 - z) * n + z * h,)


@pytest.mark.parametrize("cell", ["norm_rnn", "norm_lstm", "norm_gru"])
def test_the_normalised_cells_compute_their_equations(cell: CellName) -> None:
    torch.manual_seed(5)
    layer = CELLS[cell].layer(3, 4).double()
    for weight in layer.parameters():
        weight.data += torch.randn_like(weight) * 0.3
    x = torch.randn(2, 6, 3, dtype=torch.float64)
    outputs, state = layer(x)[0].detach().numpy(), (np.zeros((2, 4)),) * 2
    for t in range(6):
        state = tuple(normalised_step(layer, x[:, t].numpy(), state[0], state[-1]))
        assert np.abs(outputs[:, t] - state[0]).max() < 1e-10


@pytest.mark.parametrize("cell", ["norm_rnn", "norm_lstm", "norm_gru"])
def test_normalised_cells_do_not_feel_the_scale_of_their_input(cell: CellName) -> None:
    torch.manual_seed(6)
    layer = CELLS[cell].layer(3, 8).double()
    x = torch.randn(2, 6, 3, dtype=torch.float64)
    assert torch.allclose(layer(x)[0], layer(1000 * x)[0], atol=1e-3)
    assert not torch.allclose(
        *(CELLS["gru"].layer(3, 8).double()(scaled)[0] for scaled in (x, 1000 * x)), atol=1e-3
    )


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_has_right_gradients(cell: CellName) -> None:
    torch.manual_seed(9)
    layer = CELLS[cell].layer(2, 3).double()
    x = torch.randn(2, 4, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda given: layer(given)[0], x, atol=1e-6)


def test_a_step_is_told_the_output_of_the_step_before() -> None:
    torch.manual_seed(11)
    layer = CELLS["jordan"].layer(3, 4).double()
    x, h = torch.randn(2, 6, 3, dtype=torch.float64), np.zeros((2, 4))
    weights = {name: weight.detach().numpy() for name, weight in layer.named_parameters()}
    found = layer(x)[0].detach().numpy()
    for t in range(6):
        y = h @ weights["output.weight"].T + weights["output.bias"]
        inputs = x[:, t].numpy() @ weights["from_input.weight"].T + weights["from_input.bias"]
        h = np.tanh(inputs + y @ weights["from_output.weight"].T)
        assert np.abs(found[:, t] - h).max() < 1e-12


def test_told_the_outputs_all_its_steps_are_one_product() -> None:
    """Teacher forcing makes output-to-hidden recurrence parallel; without it each step waits."""
    torch.manual_seed(12)
    layer = CELLS["jordan"].layer(3, 4).double()
    x = torch.randn(2, 6, 3, dtype=torch.float64)
    h, _ = layer(x)
    before = torch.cat([torch.zeros(2, 1, 4), h[:, :-1]], dim=1).double()
    assert (layer.told(x, layer.output(before)) - h).abs().max() < 1e-12
    other = layer.output(before).clone()
    other[:, 2] += 1
    moved = (layer.told(x, other) != layer.told(x, layer.output(before))).any(dim=2).any(dim=0)
    assert moved.tolist() == [False, False, True, False, False, False]
