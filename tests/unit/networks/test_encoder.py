"""The encoder: each of its options against an independent way to the same numbers, in double precision."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from torch import nn

from reprocast.networks.cells import CELLS
from reprocast.networks.encoder import Encoder
from reprocast.networks.layer import State
from reprocast.networks.level import reverse
from reprocast.params.architecture import Architecture, CellName
from reprocast.reference.bptt import truncated
from reprocast.reference.cells import Weights
from reprocast.reference.sequence import stack, unroll

OPTIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "sizes": {"layers": 3, "hidden": (4, 3, 5)},
    "bidirectional": {"layers": 2, "bidirectional": True},
    "residual": {"layers": 3, "skip": "residual", "hidden": (4, 4, 6)},
    "highway": {"layers": 2, "skip": "highway"},
    "layer norm": {"layers": 2, "normalisation": "layer"},
    "batch norm": {"layers": 2, "normalisation": "batch"},
    "dilated": {"layers": 3, "dilation": (1, 2, 4)},
    "slow": {"layers": 2, "every": (1, 3)},
    "learned state": {"layers": 2, "learned_state": True},
    "truncated": {"layers": 2, "truncate": 3},
    "orthogonal": {"initial_weights": "orthogonal"},
    "all": {
        "layers": 3,
        "skip": "highway",
        "normalisation": "layer",
        "dilation": (1, 2, 2),
        "learned_state": True,
        "truncate": 4,
        "initial_weights": "identity",
    },
    "both ways and slow": {"layers": 2, "bidirectional": True, "every": (1, 2), "skip": "residual"},
}


def encoder_of(channels: int = 3, seed: int = 1, **options: Any) -> Encoder:
    torch.manual_seed(seed)
    given = {"cell": "gru", "hidden": 4, **options}
    made = Encoder(Architecture.model_validate(given), channels).double()
    for name, weight in made.named_parameters():
        if "first" in name:  # a learned state other than zeros
            weight.data.normal_()
    return made


def sequences(batch: int = 3, steps: int = 11, channels: int = 3, seed: int = 2) -> torch.Tensor:
    torch.manual_seed(seed)
    return torch.randn(batch, steps, channels, dtype=torch.float64)


def weights_of(layer: Any) -> Weights:
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    return Weights(*(getattr(layer, name).detach().numpy() for name in names))


def layers_of(encoder: Encoder) -> list[Any]:
    return [level.layers[0] for level in encoder.levels]  # type: ignore[union-attr,index]


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("sizes", [(4,), (4, 2, 5)])
def test_layers_are_stacked(cell: CellName, sizes: tuple[int, ...]) -> None:
    encoder, x = encoder_of(cell=cell, layers=len(sizes), hidden=sizes), sequences()
    outputs, last = encoder(x)
    expected = stack(cell, [weights_of(layer) for layer in layers_of(encoder)], x.numpy())
    assert outputs.shape == (3, 11, sizes[-1])
    assert encoder.width == sizes[-1]
    assert np.abs(outputs.detach().numpy() - expected).max() < 1e-10
    assert torch.equal(last, outputs[:, -1])


def test_both_directions_are_two_layers_one_of_which_reads_backwards() -> None:
    encoder, x = encoder_of(bidirectional=True, cell="lstm"), sequences()
    outputs, last = encoder(x)
    forwards, backwards = (weights_of(layer) for layer in encoder.levels[0].layers)  # type: ignore[union-attr]
    ahead, _ = unroll("lstm", forwards, x.numpy())
    back, _ = unroll("lstm", backwards, x.numpy()[:, ::-1])
    expected = np.concatenate([ahead, back[:, ::-1]], axis=2)
    assert np.abs(outputs.detach().numpy() - expected).max() < 1e-10
    assert np.abs(last.detach().numpy() - np.concatenate([ahead[:, -1], back[:, -1]], axis=1)).max() < 1e-10


def test_the_last_output_alone_has_seen_one_step_backwards() -> None:
    """What introductions take, out[:, -1]: its backward half moves with the newest step only."""
    encoder, x = encoder_of(bidirectional=True), sequences()
    changed = x.clone()
    changed[:, 0] += 1
    (one, whole), (other, changed_whole) = encoder(x), encoder(changed)
    assert torch.equal(one[:, -1, 4:], other[:, -1, 4:])
    assert (whole[:, 4:] != changed_whole[:, 4:]).all()


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_the_newest_observation_moves_what_comes_out(options: dict[str, Any]) -> None:
    encoder, x = encoder_of(**options).eval(), sequences()
    changed = x.clone()
    changed[:, -1] += 1
    assert (encoder(x)[1] != encoder(changed)[1]).any(dim=1).all()


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_what_comes_out_has_the_width_it_says_and_gradients_reach_every_weight(
    options: dict[str, Any],
) -> None:
    encoder, x = encoder_of(**options), sequences()
    outputs, last = encoder(x)
    assert outputs.shape == (3, 11, encoder.width)
    assert last.shape == (3, encoder.width)
    (outputs.square().sum() + last.sum()).backward()
    idle = [
        name for name, weight in encoder.named_parameters() if weight.grad is None or not weight.grad.any()
    ]
    assert not idle


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_a_padded_batch_is_its_sequences(options: dict[str, Any]) -> None:
    """Sequences of 1 to 11 steps, padded with garbage, against each of them by itself."""
    encoder, x = encoder_of(**options).eval(), sequences(batch=5) * 3
    lengths = torch.tensor([11, 4, 1, 7, 2])
    outputs, last = encoder(x, lengths)
    for n, length in enumerate(lengths.tolist()):
        alone, its_last = encoder(x[n : n + 1, :length])
        assert (outputs[n, :length] - alone[0]).abs().max() < 1e-12
        assert (last[n] - its_last[0]).abs().max() < 1e-12


def test_batch_normalisation_refuses_to_average_over_padding() -> None:
    encoder, x = encoder_of(normalisation="batch"), sequences()
    with pytest.raises(ValueError, match="padding"):
        encoder(x, torch.tensor([11, 3, 5]))


def test_reversal_turns_a_sequence_within_its_length() -> None:
    x = torch.arange(5.0)[None, :, None].repeat(2, 1, 1)
    assert reverse(x, torch.tensor([3, 5]))[:, :, 0].tolist() == [[2, 1, 0, 3, 4], [4, 3, 2, 1, 0]]
    assert torch.equal(reverse(x, None), reverse(x, torch.tensor([5, 5])))


@pytest.mark.parametrize("cell", CELLS)
@settings(max_examples=10, deadline=None)
@given(dilation=st.integers(2, 5), steps=st.integers(1, 13), split=st.integers(1, 12))
def test_dilation_is_interleaved_sequences(cell: CellName, dilation: int, steps: int, split: int) -> None:
    encoder, x = encoder_of(cell=cell, dilation=dilation), sequences(steps=steps)
    outputs, _ = encoder(x)
    layer = layers_of(encoder)[0].layer
    for phase in range(min(dilation, steps)):
        alone, _ = layer(x[:, phase::dilation])
        assert (outputs[:, phase::dilation] - alone).abs().max() < 1e-10
    states: list[State | None] = [None]
    parts = []
    for piece in torch.split(x, split, dim=1):
        part, states = encoder.run(piece, states)
        parts.append(part)
    assert (torch.cat(parts, dim=1) - outputs).abs().max() < 1e-10


@settings(max_examples=20, deadline=None)
@given(every=st.integers(1, 5), steps=st.integers(1, 12))
def test_a_slow_layer_moves_at_every_kth_step_counted_from_the_end(every: int, steps: int) -> None:
    encoder, x = encoder_of(layers=1, every=every), sequences(steps=steps)
    outputs, _ = encoder(x)
    layer = layers_of(encoder)[0]
    layer = layer.layer if every > 1 else layer
    state, held = None, torch.zeros(3, 4, dtype=torch.float64)
    for t in range(steps):
        if (steps - 1 - t) % every == 0:
            out, state = layer(x[:, t : t + 1], state)
            held = out[:, 0]
        assert (outputs[:, t] - held).abs().max() < 1e-10


def test_truncation_changes_gradients_not_outputs() -> None:
    x = sequences(steps=11)
    whole, cut = encoder_of(layers=2, cell="lstm"), encoder_of(layers=2, cell="lstm", truncate=3)
    assert torch.allclose(whole(x)[0], cut(x)[0], atol=1e-12)
    for encoder, reaches in ((whole, 11), (cut, 3)):
        given = x.clone().requires_grad_()
        encoder(given)[1].sum().backward()
        assert given.grad is not None
        moved = (given.grad.abs().sum(dim=(0, 2)) > 0).sum()
        assert moved == reaches


def test_truncated_gradients_are_those_of_the_reference() -> None:
    encoder, x = encoder_of(cell="gru", truncate=4), sequences(steps=12)
    outputs, _ = encoder(x)
    outputs.square().sum().backward()
    layer = layers_of(encoder)[0]
    expected = truncated("gru", weights_of(layer), x.numpy(), 2 * outputs.detach().numpy(), 4, 4)
    assert np.abs(layer.weight_hh_l0.grad.numpy() - expected.w_h).max() < 1e-10
    assert np.abs(layer.weight_ih_l0.grad.numpy() - expected.w_x).max() < 1e-10


def test_residual_adds_what_went_in() -> None:
    plain, added = encoder_of(layers=2), encoder_of(layers=2, skip="residual")
    x = sequences()
    bottom, _ = layers_of(plain)[0](x)
    assert torch.allclose(added(x)[0], plain(x)[0] + bottom, atol=1e-12)


def test_highway_mixes_by_its_gate() -> None:
    encoder, x = encoder_of(layers=2, skip="highway"), sequences()
    skip: Any = encoder.levels[1].skip
    assert (skip.gate.bias == -1).all()
    bottom, _ = layers_of(encoder)[0](x)
    top, _ = layers_of(encoder)[1](bottom)
    skip.gate.bias.data.fill_(50)
    assert torch.allclose(encoder(x)[0], top, atol=1e-12)
    skip.gate.bias.data.fill_(-50)
    assert torch.allclose(encoder(x)[0], bottom, atol=1e-12)


def test_layer_normalisation_is_per_step_and_batch_normalisation_per_unit() -> None:
    x = sequences(batch=20)
    by_layer = encoder_of(normalisation="layer", hidden=16)(x)[0]
    assert by_layer.mean(dim=2).abs().max() < 1e-7
    by_batch = encoder_of(normalisation="batch", hidden=16)
    assert by_batch(x)[0].mean(dim=(0, 1)).abs().max() < 1e-7
    by_batch.eval()
    assert torch.allclose(by_batch(x)[0][:1], by_batch(x[:1])[0], atol=1e-12)


@pytest.mark.parametrize("variational", [False, True])
def test_dropout_acts_in_training_only_and_between_layers_only(variational: bool) -> None:
    encoder = encoder_of(layers=2, hidden=16, dropout=0.5, variational=variational)
    x = sequences(batch=8)
    assert not torch.equal(encoder(x)[0], encoder(x)[0])
    bottom, _ = layers_of(encoder)[0](x)
    handed_on: list[torch.Tensor] = []
    layers_of(encoder)[1].register_forward_pre_hook(lambda _, args: handed_on.append(args[0]))
    encoder(x)
    dropped = handed_on[0] == 0
    assert 0.35 < dropped.double().mean() < 0.65
    assert torch.allclose(handed_on[0][~dropped], 2 * bottom[~dropped])
    same_at_every_step = bool((dropped == dropped[:, :1]).all())
    assert same_at_every_step == variational
    encoder.eval()
    assert torch.equal(encoder(x)[0], encoder(x)[0])
    assert torch.equal(encoder(x)[0], layers_of(encoder)[1](bottom)[0])


def test_state_dropout_drops_the_same_units_of_the_state_at_every_step() -> None:
    encoder, x = encoder_of(cell="rnn", hidden=6, state_dropout=0.5), sequences(batch=4)
    wrapped = layers_of(encoder)[0]
    torch.manual_seed(7)
    outputs, _ = encoder(x)
    torch.manual_seed(7)
    mask = nn.functional.dropout(torch.ones(4, 6, dtype=torch.float64), 0.5)
    weights, h = weights_of(wrapped.layer), np.zeros((4, 6))
    for t in range(11):
        products = x.numpy()[:, t] @ weights.w_x.T + (h * mask.numpy()) @ weights.w_h.T
        h = np.tanh(products + weights.b_x + weights.b_h)
        assert np.abs(outputs[:, t].detach().numpy() - h).max() < 1e-10
    encoder.eval()
    assert torch.allclose(encoder(x)[0], wrapped.layer(x)[0])


def test_a_learned_state_is_where_sequences_begin() -> None:
    encoder, x = encoder_of(cell="lstm", learned_state=True), sequences()
    wrapped = layers_of(encoder)[0]
    first = tuple(part.detach().numpy()[None].repeat(3, axis=0) for part in wrapped.first)
    expected, _ = unroll("lstm", weights_of(wrapped.layer), x.numpy(), first)
    assert np.abs(encoder(x)[0].detach().numpy() - expected).max() < 1e-10


def gates_of_state(encoder: Encoder) -> list[torch.Tensor]:
    return list(torch.split(layers_of(encoder)[0].weight_hh_l0.detach(), 4))


def test_initial_weights_by_name() -> None:
    identity = torch.eye(4, dtype=torch.float64)
    for gate in gates_of_state(encoder_of(initial_weights="identity")):
        assert torch.equal(gate, identity)
    for gate in gates_of_state(encoder_of(initial_weights="orthogonal")):
        assert (gate @ gate.T - identity).abs().max() < 1e-6
    for gate in gates_of_state(encoder_of(initial_weights="xavier")):
        assert gate.abs().max() <= (6 / 8) ** 0.5
    wide = layers_of(encoder_of(initial_weights="he", hidden=256))[0].weight_hh_l0
    assert wide.std().item() == pytest.approx((2 / 256) ** 0.5, rel=0.05)
    assert wide.abs().max() > 3 * (2 / 256) ** 0.5  # normal, not uniform
    normalised = layers_of(encoder_of(cell="norm_lstm", initial_weights="identity"))[0]
    assert torch.equal(normalised.from_state.weight[:4], identity)


@pytest.mark.parametrize("cell", ["lstm", "norm_lstm", "min_lstm"])
def test_the_forget_bias_opens_the_forget_gate_and_no_other(cell: CellName) -> None:
    layer = layers_of(encoder_of(cell=cell, forget_bias=1.5))[0]
    biases = [bias for name, bias in layer.named_parameters() if "bias" in name and len(bias) > 4]
    forget = slice(0, 4) if cell == "min_lstm" else slice(4, 8)
    assert torch.allclose(sum(bias[forget] for bias in biases), torch.full((4,), 1.5).double())  # type: ignore[arg-type]
    assert not any((bias[8:12] == 1.5).any() for bias in biases)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_multiply_adds_are_counted_from_the_matrices(options: dict[str, Any]) -> None:
    """Each matrix once a step, or once a step at which its slow layer moves."""
    encoder, expected = encoder_of(channels=5, **options), 0
    every = Architecture.model_validate({"cell": "gru", "hidden": 4, **options}).of_each_layer("every")
    for level, k in zip(encoder.levels, every, strict=True):
        for name, weight in level.named_parameters():
            if weight.ndim == 2 and "first" not in name:
                expected += weight.numel() * (-(-11 // k) if "layers" in name else 11)
    assert encoder.multiply_adds(11) == expected


def test_multiply_adds_by_hand() -> None:
    # per step: reset, update and candidate, each 4 units from 2 inputs and from 4 units of the state
    assert encoder_of(channels=2).multiply_adds(10) == 10 * 3 * 4 * (2 + 4)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"dropout": 0.2}, "between layers"),
        ({"skip": "residual"}, "between layers"),
        ({"variational": True}, "dropout is 0"),
        ({"forget_bias": 1.0}, "an LSTM's"),
        ({"cell": "min_gru", "learned_state": True}, "begins at 0"),
        ({"layers": 2, "hidden": (3, 4, 5)}, "3 sizes for 2 layers"),
        ({"layers": 2, "dilation": (1,)}, "1 sizes for 2 layers"),
        ({"truncate": 4, "bidirectional": True}, "cannot"),
        ({"truncate": 4, "every": 2}, "cannot"),
    ],
)
def test_what_would_do_nothing_or_cannot_be_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Architecture.model_validate({"cell": "gru", **options})
