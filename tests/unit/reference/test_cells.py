"""The cells' equations against arithmetic done by hand on one unit."""

import math

import numpy as np
import pytest

from reprocast.reference.cells import CELLS, STATES, Weights, sigmoid
from reprocast.reference.sequence import stack, unroll


def s(a: float) -> float:
    return 1 / (1 + math.exp(-a))


def one_unit(gates: int) -> tuple[Weights, list[float], list[float]]:
    """Weights of one unit with one input: input weights, state weights, and biases that add up to 0.1."""
    w_x, w_h = [0.5 * (n + 1) for n in range(gates)], [-0.3 * (n + 1) for n in range(gates)]
    bias = np.full(gates, 0.04), np.full(gates, 0.06)
    return Weights(np.array([w_x]).T, np.array([w_h]).T, *bias), w_x, w_h


X, H, C = 0.7, 0.2, -0.4


def test_rnn() -> None:
    weights, (w,), (u,) = one_unit(1)
    (h,) = CELLS["rnn"](weights, np.array([[X]]), (np.array([[H]]),))
    assert h.item() == pytest.approx(math.tanh(w * X + u * H + 0.1), abs=1e-15)


def test_lstm() -> None:
    weights, w, u = one_unit(4)
    h, c = CELLS["lstm"](weights, np.array([[X]]), (np.array([[H]]), np.array([[C]])))
    i, f, g, o = (w[n] * X + u[n] * H + 0.1 for n in range(4))
    expected = s(f) * C + s(i) * math.tanh(g)
    assert c.item() == pytest.approx(expected, abs=1e-15)
    assert h.item() == pytest.approx(s(o) * math.tanh(expected), abs=1e-15)


def test_gru_resets_the_product_of_the_state_not_the_state() -> None:
    weights, w, u = one_unit(3)
    (h,) = CELLS["gru"](weights, np.array([[X]]), (np.array([[H]]),))
    r, z = s(w[0] * X + u[0] * H + 0.1), s(w[1] * X + u[1] * H + 0.1)
    n = math.tanh(w[2] * X + 0.04 + r * (u[2] * H + 0.06))
    assert h.item() == pytest.approx((1 - z) * n + z * H, abs=1e-15)


def test_the_gru_of_cho_resets_the_state_itself() -> None:
    weights, w, u = one_unit(3)
    (h,) = CELLS["gru_cho"](weights, np.array([[X]]), (np.array([[H]]),))
    r, z = s(w[0] * X + u[0] * H + 0.1), s(w[1] * X + u[1] * H + 0.1)
    n = math.tanh(w[2] * X + u[2] * (r * H) + 0.1)
    assert h.item() == pytest.approx((1 - z) * n + z * H, abs=1e-15)


def test_sigmoid_does_not_overflow() -> None:
    assert sigmoid(np.array([-1e4, 0.0, 1e4])).tolist() == [0.0, 0.5, 1.0]


@pytest.mark.parametrize("name", CELLS)
def test_a_sequence_is_one_step_after_the_other(name: str) -> None:
    rng = np.random.default_rng(1)
    gates = {"rnn": 1, "lstm": 4, "gru": 3, "gru_cho": 3}[name]
    weights = Weights(
        *(rng.normal(size=shape) for shape in [(gates * 2, 3), (gates * 2, 2)]),
        *rng.normal(size=(2, gates * 2)),
    )
    x = rng.normal(size=(4, 5, 3))
    outputs, last = unroll(name, weights, x)
    first, _ = unroll(name, weights, x[:, :3])
    assert outputs.shape == (4, 5, 2)
    assert len(last) == STATES[name]
    assert np.array_equal(outputs[:, :3], first)
    assert np.array_equal(outputs[:, -1], last[0])
    assert np.array_equal(stack(name, [weights], x), outputs)
