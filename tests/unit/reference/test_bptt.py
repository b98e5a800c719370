"""Backpropagation through time against PyTorch's autograd and against finite differences."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from reprocast.reference.bptt import Gradients, backpropagate, stack_backwards, truncated
from reprocast.reference.cells import CELLS, STATES, Weights
from reprocast.reference.sequence import states

GATES = {"rnn": 1, "lstm": 4, "gru": 3, "gru_cho": 3}
LAYERS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
NAMES = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
SIZES = {"batch": st.integers(1, 4), "steps": st.integers(1, 8), "inputs": st.integers(1, 4)}


def draw(cell: str, rng: np.random.Generator, inputs: int, hidden: int) -> Weights:
    rows = GATES[cell] * hidden
    return Weights(*(rng.normal(size=shape) for shape in [(rows, inputs), (rows, hidden), (rows,), (rows,)]))


def layer_of(cell: str, weights: Weights) -> Any:
    layer = LAYERS[cell](weights.w_x.shape[1], weights.w_h.shape[1], batch_first=True).double()
    with torch.no_grad():
        for name, array in zip(NAMES, vars(weights).values(), strict=True):
            getattr(layer, name).copy_(torch.from_numpy(array))
    return layer


def close(one: np.ndarray, other: np.ndarray) -> None:
    assert one.shape == other.shape
    assert np.abs(one - other).max() <= 1e-10 * max(1.0, float(np.abs(other).max()))


@pytest.mark.parametrize("cell", LAYERS)
@settings(max_examples=25, deadline=None)
@given(**SIZES, hidden=st.integers(1, 5), seed=st.integers(0, 2**32 - 1))
def test_gradients_are_those_of_autograd(
    cell: str, batch: int, steps: int, inputs: int, hidden: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    weights = draw(cell, rng, inputs, hidden)
    x, d_outputs = rng.normal(size=(batch, steps, inputs)), rng.normal(size=(batch, steps, hidden))
    first = tuple(rng.normal(size=(batch, hidden)) for _ in range(STATES[cell]))
    layer, given = layer_of(cell, weights), torch.from_numpy(x).requires_grad_()
    begin = [torch.from_numpy(part)[None].requires_grad_() for part in first]
    out, _ = layer(given, tuple(begin) if len(begin) > 1 else begin[0])
    out.backward(torch.from_numpy(d_outputs))
    found = backpropagate(cell, weights, x, d_outputs, first)
    for name, array in zip(NAMES, vars(found.weights).values(), strict=True):
        close(array, getattr(layer, name).grad.numpy())
    close(found.x, given.grad.numpy())
    for part, tensor in zip(found.state, begin, strict=True):
        close(part, tensor.grad[0].numpy())


@pytest.mark.parametrize("cell", CELLS)
def test_gradients_are_those_of_finite_differences(cell: str) -> None:
    rng = np.random.default_rng(3)
    weights, x, d_outputs = draw(cell, rng, 2, 3), rng.normal(size=(2, 5, 2)), rng.normal(size=(2, 5, 3))

    def loss() -> float:
        visited = states(cell, weights, x)[1:]
        return sum(float((state[0] * d_outputs[:, t]).sum()) for t, state in enumerate(visited))

    found = backpropagate(cell, weights, x, d_outputs)
    pairs = [*zip(vars(weights).values(), vars(found.weights).values(), strict=True), (x, found.x)]
    for array, gradient in pairs:
        for place in np.ndindex(array.shape):
            kept = array[place]
            sides = []
            for step in (1e-5, -1e-5):
                array[place] = kept + step
                sides.append(loss())
            array[place] = kept
            assert gradient[place] == pytest.approx((sides[0] - sides[1]) / 2e-5, abs=1e-7)


def test_cho_and_pytorch_agree_where_the_reset_gate_does_nothing() -> None:
    """With r = 1 both forms are the same cell; with r < 1 they are not."""
    rng = np.random.default_rng(5)
    weights, x = draw("gru", rng, 2, 3), rng.normal(size=(2, 6, 2))
    open_gate = Weights(weights.w_x, weights.w_h, weights.b_x.copy(), weights.b_h)
    open_gate.b_x[:3] += 1e3
    one, other = (states(cell, open_gate, x)[-1][0] for cell in ("gru", "gru_cho"))
    assert np.abs(one - other).max() < 1e-14
    one, other = (states(cell, weights, x)[-1][0] for cell in ("gru", "gru_cho"))
    assert np.abs(one - other).max() > 1e-3


def test_z_weighs_the_old_state_here_and_the_new_one_with_its_weights_negated() -> None:
    """h' = z ∘ h + (1 − z) ∘ n (Cho et al. 2014, PyTorch) against (1 − z) ∘ h + z ∘ n (Chung et al. 2014)."""
    rng = np.random.default_rng(6)
    weights, x, h = draw("gru", rng, 2, 3), rng.normal(size=(4, 2)), rng.normal(size=(4, 3))
    update = slice(3, 6)
    negated = Weights(*(array.copy() for array in vars(weights).values()))
    for array in vars(negated).values():
        array[update] *= -1
    z = 1 / (
        1
        + np.exp(
            -(x @ weights.w_x[update].T + weights.b_x[update] + h @ weights.w_h[update].T)
            - weights.b_h[update]
        )
    )
    plain = CELLS["gru"](weights, x, (h,))[0]
    n = (plain - z * h) / (1 - z)
    assert np.abs(CELLS["gru"](negated, x, (h,))[0] - ((1 - z) * h + z * n)).max() < 1e-14


@pytest.mark.parametrize("cell", LAYERS)
@settings(max_examples=15, deadline=None)
@given(
    steps=st.integers(1, 9), every=st.integers(1, 4), more=st.integers(0, 4), seed=st.integers(0, 2**32 - 1)
)
def test_truncation_is_what_detaching_the_state_does(
    cell: str, steps: int, every: int, more: int, seed: int
) -> None:
    """Each output's loss alone, through a graph that begins `back` steps before its chunk's end."""
    rng = np.random.default_rng(seed)
    weights, x, d_outputs = (
        draw(cell, rng, 2, 3),
        rng.normal(size=(2, steps, 2)),
        rng.normal(size=(2, steps, 3)),
    )
    back, layer = every + more, layer_of(cell, weights)
    for t in range(steps):
        end = min(steps, (t // every + 1) * every)
        begin = max(0, end - back)
        state = None
        if begin:
            with torch.no_grad():
                _, state = layer(torch.from_numpy(x[:, :begin]))
        out, _ = layer(torch.from_numpy(x[:, begin : t + 1]), state)
        out[:, -1].backward(torch.from_numpy(d_outputs[:, t]))
    found = truncated(cell, weights, x, d_outputs, every, back)
    for name, array in zip(NAMES, vars(found).values(), strict=True):
        close(array, getattr(layer, name).grad.numpy())


def test_truncation_longer_than_the_sequence_is_none() -> None:
    rng = np.random.default_rng(8)
    weights, x, d_outputs = draw("lstm", rng, 2, 3), rng.normal(size=(2, 7, 2)), rng.normal(size=(2, 7, 3))
    whole = backpropagate("lstm", weights, x, d_outputs).weights
    for one, other in zip(
        vars(truncated("lstm", weights, x, d_outputs, 10, 10)).values(), vars(whole).values(), strict=True
    ):
        close(one, other)
    with pytest.raises(ValueError, match="shorter"):
        truncated("lstm", weights, x, d_outputs, 3, 2)


def test_a_stack_hands_its_gradient_down() -> None:
    rng = np.random.default_rng(9)
    layers = [draw("gru", rng, 2, 3), draw("gru", rng, 3, 4)]
    x, d_outputs = rng.normal(size=(2, 5, 2)), rng.normal(size=(2, 5, 4))
    modules = [layer_of("gru", weights) for weights in layers]
    out = torch.from_numpy(x)
    for module in modules:
        out, _ = module(out)
    out.backward(torch.from_numpy(d_outputs))
    found = stack_backwards("gru", layers, x, d_outputs)
    for gradients, module in zip(found, modules, strict=True):
        for name, array in zip(NAMES, vars(gradients.weights).values(), strict=True):
            close(array, getattr(module, name).grad.numpy())


def test_the_norm_per_step_is_that_of_the_gradient_of_each_state() -> None:
    rng = np.random.default_rng(10)
    weights, x = draw("rnn", rng, 2, 3), rng.normal(size=(1, 6, 2))
    d_outputs = np.zeros((1, 6, 3))
    d_outputs[:, -1] = 1
    found: Gradients = backpropagate("rnn", weights, x, d_outputs)
    visited, product = states("rnn", weights, x), np.ones((1, 3))
    for t in range(5, -1, -1):
        assert found.per_step[t] == pytest.approx(np.linalg.norm(product), rel=1e-12)
        product = (product * (1 - visited[t + 1][0] ** 2)) @ weights.w_h
