"""docs/myths.md, line by line: what introductions say, and what is so."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from torch import nn

from reprocast.networks.encoder import Encoder
from reprocast.networks.heads import LOSSES, masked
from reprocast.networks.unrolled import UnrolledDecoder
from reprocast.params.architecture import Architecture
from reprocast.params.reading import read
from reprocast.params.root import Params
from reprocast.reference.bptt import backpropagate
from reprocast.reference.cells import Weights
from reprocast.reference.training import Network, clipped_by_norm, clipped_by_value, gradients, train

ROOT = Path(__file__).parents[2]


def growth(w_h: np.ndarray, x: np.ndarray, w_x: np.ndarray | None = None) -> np.ndarray:
    """Norm of ∂loss/∂h_t, from the last step backwards, of a tanh RNN whose last output is the loss."""
    D = len(w_h)
    w_x = np.eye(D) if w_x is None else w_x
    d_outputs = np.zeros((1, len(x), D))
    d_outputs[0, -1] = np.random.default_rng(0).normal(size=D)
    found = backpropagate("rnn", Weights(w_x, w_h, np.zeros(D), np.zeros(D)), x[None], d_outputs)
    return found.per_step[::-1] / found.per_step[-1]


def test_an_eigenvalue_below_one_that_explodes() -> None:
    w_h = -1.5 * np.eye(4)
    assert np.linalg.eigvals(w_h).real.max() < 1
    norms = growth(w_h, np.zeros((30, 4)))
    assert norms[-1] == pytest.approx(1.5**29)


def test_an_eigenvalue_above_one_that_vanishes() -> None:
    rng = np.random.default_rng(1)
    w_h = 1.3 * np.linalg.qr(rng.normal(size=(8, 8)))[0]
    assert np.abs(np.linalg.eigvals(w_h)).min() > 1.2
    assert growth(w_h, np.zeros((40, 8)))[-1] > 1e4  # not driven, it explodes
    assert growth(w_h, 3 * rng.normal(size=(40, 8)))[-1] < 1e-3


def test_a_spectral_radius_below_one_that_grows_first() -> None:
    w_h = 0.9 * np.eye(6) + 4 * np.diag(np.ones(5), k=1)
    assert np.abs(np.linalg.eigvals(w_h)).max() == pytest.approx(0.9)
    norms = growth(w_h, np.zeros((400, 6)))
    assert norms.max() > 1000
    assert norms[-1] < 1e-3


def test_clipping_lifts_nothing() -> None:
    for size in (1e-12, 1.0, 1e6):
        arrays = {"w": np.array([3.0, -4.0]) * size}
        for clipped in (clipped_by_norm(arrays, 1.0), clipped_by_value(arrays, 1.0)):
            assert (np.abs(clipped["w"]) <= np.abs(arrays["w"])).all()
    tiny = {"w": np.array([1e-12])}
    assert clipped_by_norm(tiny, 1.0)["w"] == tiny["w"]


def test_a_sum_over_steps_grows_with_the_length() -> None:
    short, long = (torch.full((1, steps, 1), 0.5) for steps in (10, 100))
    summed = [nn.functional.mse_loss(x, torch.zeros_like(x), reduction="sum").item() for x in (short, long)]
    ours = [masked(LOSSES["mse"], x, torch.zeros_like(x)).item() for x in (short, long)]
    assert summed[1] == pytest.approx(10 * summed[0])
    assert ours[0] == pytest.approx(ours[1]) == pytest.approx(0.25)


def test_a_mean_of_batch_means_is_biased() -> None:
    errors = np.array([1.0, 1.0, 1.0, 9.0])  # batches of three: the last holds one window
    assert np.mean([errors[:3].mean(), errors[3:].mean()]) == 5.0
    assert errors.mean() == 3.0


def test_the_last_column_reads_padding() -> None:
    torch.manual_seed(1)
    encoder, x = Encoder(Architecture(cell="gru", hidden=4), 2), torch.randn(2, 6, 2)
    lengths, other = torch.tensor([3, 6]), x.clone()
    other[0, 3:] = 7.0  # nothing but padding changes
    (out, last), (changed, its_last) = encoder(x, lengths), encoder(other, lengths)
    assert not torch.equal(out[0, -1], changed[0, -1])
    assert torch.equal(last, its_last)


def test_the_last_column_has_read_one_step_backwards() -> None:
    torch.manual_seed(1)
    encoder, x = Encoder(Architecture(cell="gru", hidden=4, bidirectional=True), 2), torch.randn(1, 6, 2)
    other = x.clone()
    other[:, :5] += 1
    (out, last), (changed, its_last) = encoder(x), encoder(other)
    assert torch.equal(out[:, -1, 4:], changed[:, -1, 4:])
    assert not torch.equal(last[:, 4:], its_last[:, 4:])


def test_dropout_with_one_layer_does_nothing() -> None:
    torch.manual_seed(1)
    with pytest.warns(UserWarning, match="dropout"):
        layer = nn.LSTM(2, 4, dropout=0.9, batch_first=True)
    x = torch.randn(1, 5, 2)
    assert torch.equal(layer(x)[0], layer(x)[0])
    with pytest.raises(ValidationError, match="between layers"):
        Architecture(cell="lstm", dropout=0.9)


def test_reversal_is_refused_for_forecasts(tmp_path: Path) -> None:
    text = (ROOT / "params.yaml").read_text(encoding="utf-8")
    path = tmp_path / "params.yaml"
    path.write_text(text.replace("\ntrain:\n", "\ntrain:\n  reversal: 0.5\n"), encoding="utf-8")
    with pytest.raises(Exception, match="direction of time"):
        read(path, Params)


def test_a_backward_half_cannot_go_on() -> None:
    torch.manual_seed(1)
    encoder, x = Encoder(Architecture(cell="gru", hidden=4, bidirectional=True), 2), torch.randn(1, 6, 2)
    seen, longer = encoder(x[:, :5])[0], encoder(x)[0][:, :5]
    assert torch.allclose(seen[:, :, :4], longer[:, :, :4], atol=1e-6)
    assert ((seen[:, :, 4:] - longer[:, :, 4:]).abs() > 1e-6).any(dim=2).all()


def test_steps_wait_for_each_other_without_the_truth() -> None:
    """A change of the first forecast moves the later ones, unless the truth is fed in its place."""
    from unit.networks.test_decoding import H, batch, network

    for share, moves in ((1.0, False), (0.0, True)):
        net, examples = network(decoder={"kind": "autoregressive"}).train(), batch()
        net.decoder.share = share
        assert isinstance(net.decoder, UnrolledDecoder)
        before = net(examples)
        fed = net.decoder._fed

        def wrong(forecast: torch.Tensor, truth: torch.Tensor, h: int, fed=fed) -> torch.Tensor:  # type: ignore[no-untyped-def]
            return fed(forecast + (h == 0), truth, h)

        net.decoder._fed = wrong  # type: ignore[method-assign]
        assert (net(examples) != before).any(dim=2)[:, 1:H].all().item() == moves


def test_two_biases_double_the_step() -> None:
    rng = np.random.default_rng(3)
    weights = Weights(rng.normal(size=(3, 2)), rng.normal(size=(3, 3)), *np.zeros((2, 3)))
    network = Network("rnn", weights, rng.normal(size=(1, 3)), np.zeros(1))
    x, y = rng.normal(size=(1, 4, 2)), rng.normal(size=(1, 4, 1))
    step = 0.01 * gradients(network, x, y)["b_x"]
    for fixed, times in (((), 2), (("b_h",), 1)):
        epochs = train(network, x, y, 0.01, fixed=fixed)
        next(epochs)
        _, after = next(epochs)
        moved = -(after.recurrent.b_x + after.recurrent.b_h)
        assert np.allclose(moved, times * step)


def test_every_line_has_its_test() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    lines = [
        line for line in (ROOT / "docs/myths.md").read_text(encoding="utf-8").splitlines() if "`" in line
    ]
    named = [re.findall(r"`([a-z_]{9,})…?`", line.split("|")[-2]) for line in lines if line.startswith("|")]
    assert len(named) >= 20
    for names in named:
        assert len(names) == 1
        assert f"def test_{names[0]}" in text, names
