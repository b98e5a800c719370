"""Training in NumPy against a worked example with published figures, and against PyTorch."""

from itertools import islice

import numpy as np
import pytest
import torch

from reprocast.reference.cells import CELLS, Weights
from reprocast.reference.training import (
    Network,
    clipped_by_norm,
    clipped_by_value,
    descend,
    gradients,
    outputs,
    train,
)


class Example:
    """The worked example: everything drawn one after the other from seed 42."""

    def __init__(self) -> None:
        draw = np.random.RandomState(42).randn
        w_x, w_h, w_y, b_h, b_y = draw(5, 3), draw(5, 5), draw(2, 5), draw(5, 1), draw(2, 1)
        self.network = Network("rnn", Weights(w_x, w_h, b_h[:, 0], np.zeros(5)), w_y, b_y[:, 0])
        self.x, self.y = draw(4, 3, 1)[None, :, :, 0], draw(4, 2, 1)[None, :, :, 0]
        self.gates, self.step = [draw(5, 8) for _ in range(4)], draw(3, 1)[None, :, 0]


def test_the_examples_forward_pass() -> None:
    example = Example()
    h, y = outputs(example.network, example.x)
    assert h[0, -1].round(8).tolist() == [0.95516432, -0.99182894, -0.03554066, -0.99213409, -0.12484929]
    assert y[0, 0].round(8).tolist() == [2.70878155, -0.35994001]
    assert y[0, -1].round(8).tolist() == [1.95410691, -1.2282841]


def test_the_examples_training() -> None:
    example = Example()
    published = {0: 5.5586, 10: 1.6068, 50: 0.3457, 100: 0.1353, 150: 0.0436, 200: 0.0142}
    epochs = train(example.network, example.x, example.y, rate=0.01, fixed=["b_h"])
    losses = [loss for loss, _ in islice(epochs, 201)]
    for epoch, loss in published.items():
        assert losses[epoch] == pytest.approx(loss, abs=5e-5 if epoch <= 80 else 1e-4)


def lstm_of(gates: list[np.ndarray]) -> Weights:
    """Weights over [h, x] in the order f, i, C, o, as ours in the order i, f, C, o with h and x apart."""
    forget, new, candidate, out = gates
    stacked = np.concatenate([new, forget, candidate, out])
    return Weights(stacked[:, 5:], stacked[:, :5], np.zeros(20), np.zeros(20))


def test_the_examples_lstm_step() -> None:
    example = Example()
    weights, zeros = lstm_of(example.gates), np.zeros((1, 5))
    h, c = CELLS["lstm"](weights, example.step, (zeros, zeros))
    assert h[0].round(8).tolist() == [0.10300916, 0.03630028, -0.49784764, -0.19816366, -0.08696417]
    assert c[0].round(8).tolist() == [0.77549715, 0.0670822, -0.65920812, -0.39389873, -0.67070856]


def test_the_examples_second_lstm_step_is_that_of_pytorch() -> None:
    """From states that are not zero, so that the recurrent columns count."""
    example = Example()
    weights, zeros = lstm_of(example.gates), np.zeros((1, 5))
    cell = torch.nn.LSTMCell(3, 5).double()
    with torch.no_grad():
        for name, array in zip(
            ("weight_ih", "weight_hh", "bias_ih", "bias_hh"), vars(weights).values(), strict=True
        ):
            getattr(cell, name).copy_(torch.from_numpy(array))
        first = cell(torch.from_numpy(example.step))
        second = cell(torch.from_numpy(-2 * example.step), first)
    state = CELLS["lstm"](weights, example.step, (zeros, zeros))
    state = CELLS["lstm"](weights, -2 * example.step, state)
    for part, tensor in zip(state, second, strict=True):
        assert np.abs(part - tensor.numpy()).max() < 1e-12


@pytest.mark.parametrize("chunk", [None, 2])
def test_gradients_of_the_whole_network(chunk: int | None) -> None:
    """Chunks change what reaches the recurrent weights, not what reaches the outputs'."""
    example = Example()
    found = gradients(example.network, example.x, example.y, chunk)
    arrays = {
        name: torch.from_numpy(array).requires_grad_() for name, array in example.network.arrays().items()
    }
    h, loss = torch.zeros(1, 5, dtype=torch.float64), torch.zeros((), dtype=torch.float64)
    for t in range(4):
        h = h.detach() if chunk and t % chunk == 0 else h
        x = torch.from_numpy(example.x[:, t])
        h = torch.tanh(x @ arrays["w_x"].T + arrays["b_x"] + h @ arrays["w_h"].T + arrays["b_h"])
        loss = (
            loss + ((h @ arrays["w_y"].T + arrays["b_y"] - torch.from_numpy(example.y[:, t])) ** 2).sum() / 2
        )
    loss.backward()
    for name, tensor in arrays.items():
        assert tensor.grad is not None
        assert np.abs(found[name] - tensor.grad.numpy()).max() < 1e-10


def test_clipping_by_norm_keeps_the_direction_and_lifts_nothing() -> None:
    large = {"a": np.array([3.0, 0.0]), "b": np.array([[4.0]])}
    clipped = clipped_by_norm(large, 1.0)
    assert clipped["a"].tolist() == pytest.approx([0.6, 0.0])
    assert clipped["b"].tolist() == [[pytest.approx(0.8)]]
    small = {"a": np.array([1e-9])}
    assert clipped_by_norm(small, 1.0)["a"].tolist() == [1e-9]
    assert clipped_by_norm({"a": np.zeros(2)}, 1.0)["a"].tolist() == [0.0, 0.0]
    tensors = [torch.zeros(2, requires_grad=True), torch.zeros(1, 1, requires_grad=True)]
    for tensor, array in zip(tensors, large.values(), strict=True):
        tensor.grad = torch.from_numpy(array.astype(np.float32))
    torch.nn.utils.clip_grad_norm_(tensors, 2.0)
    for tensor, array in zip(tensors, clipped_by_norm(large, 2.0).values(), strict=True):
        assert tensor.grad is not None
        assert np.abs(tensor.grad.numpy() - array).max() < 1e-5


def test_clipping_by_value_cuts_each_number() -> None:
    assert clipped_by_value({"a": np.array([3.0, -0.5, -7.0])}, 1.0)["a"].tolist() == [1.0, -0.5, -1.0]


def test_descent_goes_against_the_gradient() -> None:
    example = Example()
    moved = descend(example.network, gradients(example.network, example.x, example.y), 0.01)
    assert np.allclose(
        moved.w_y, example.network.w_y - 0.01 * gradients(example.network, example.x, example.y)["w_y"]
    )


@pytest.mark.parametrize("cell", ["lstm", "gru", "gru_cho"])
def test_every_cell_learns_with_clipping(cell: str) -> None:
    rng = np.random.default_rng(2)
    rows = {"lstm": 4, "gru": 3, "gru_cho": 3}[cell] * 6
    recurrent = Weights(rng.normal(size=(rows, 2)), rng.normal(size=(rows, 6)) / 3, *np.zeros((2, rows)))
    network = Network(cell, recurrent, rng.normal(size=(1, 6)), np.zeros(1))
    x = rng.normal(size=(8, 6, 2))
    target = x.cumsum(axis=1)[:, :, :1] / 3
    losses = [loss for loss, _ in islice(train(network, x, target, rate=0.02, clip_norm=5.0), 300)]
    assert losses[-1] < 0.05 * losses[0]
