"""Decoders, attention, paths, instance normalisation: who sees what, and the same numbers by another way."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from torch import Tensor

from reprocast.data.sizes import Sizes
from reprocast.data.tensors import Tensors
from reprocast.networks.cells import CELLS
from reprocast.networks.decoders import Encoded
from reprocast.networks.forecaster import Forecaster
from reprocast.networks.heads import Answer
from reprocast.networks.instance import own
from reprocast.networks.positional import PositionalDecoder
from reprocast.params.architecture import Architecture, CellName

B, L, H, C, F, K, S, N = 4, 8, 6, 5, 2, 2, 3, 3
SIZES = Sizes(C, K, past=3, future=F, static=S, series=N, look_back=L, horizon=H, season=4)

WAYS: dict[str, dict[str, Any]] = {
    "direct": {},
    "steps": {"decoder": {"kind": "steps"}},
    "steps, LSTM of its own width": {"cell": "lstm", "decoder": {"kind": "steps", "hidden": 3}},
    "autoregressive": {"decoder": {"kind": "autoregressive"}},
    "additive attention": {"decoder": {"kind": "steps", "attention": "additive"}},
    "multiplicative attention": {"decoder": {"kind": "autoregressive", "attention": "multiplicative"}},
    "attention both ways": {"bidirectional": True, "decoder": {"kind": "steps", "attention": "additive"}},
    "minimal cells": {"cell": "min_lstm", "decoder": {"kind": "autoregressive"}},
    "positional": {"decoder": {"kind": "positional", "piece": 2}},
    "positional, not separated": {"cell": "norm_gru", "decoder": {"kind": "positional", "piece": 4}},
    "segments": {"segment": 3, "decoder": {"kind": "positional", "piece": 3}},
    "all paths": {"decoder": {"paths": ("last", "seasonal", "linear")}},
    "autoregressive with paths": {"decoder": {"kind": "autoregressive", "paths": ("last",)}},
    "mean": {"instance": "mean"},
    "median": {"instance": "median", "decoder": {"kind": "autoregressive"}},
    "last": {"instance": "last", "decoder": {"paths": ("seasonal",)}},
    "embedding": {"series_embedding": 2},
    "shorter look-back": {"look_back": 5, "decoder": {"paths": ("linear", "seasonal")}},
    "median, segments, both": {"instance": "median", "segment": 2, "layers": 2, "bidirectional": True},
}


def network(seed: int = 3, sizes: Sizes = SIZES, **options: Any) -> Forecaster:
    torch.manual_seed(seed)
    given = {"cell": "gru", "hidden": 4, **options}
    made = Forecaster(Architecture.model_validate(given), sizes).double()
    for path in made.paths:
        for weight in path.parameters():
            weight.data.normal_()
    return made


def batch(seed: int = 4, size: int = B) -> Tensors:
    torch.manual_seed(seed)
    shapes = [(size, L, C), (size, H, F), (size, H, K), (size, S)]
    past, future, target, static = (torch.randn(*shape, dtype=torch.float64) for shape in shapes)
    return Tensors(past, future, target, torch.arange(size) % N, static)


def moved(net: Forecaster, **other: Tensor) -> Tensor:
    """Which examples and steps (B, H) forecast otherwise."""
    before = batch()
    return (net(before) != net(before._replace(**other))).any(dim=2)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
class TestWhoSeesWhat:
    def test_the_newest_value_moves_every_step_of_its_example_and_no_other(self, way: dict[str, Any]) -> None:
        past = batch().past.clone()
        past[1, -1, :] += 1.7
        net = network(**way).eval()
        assert moved(net, past=past).tolist() == [[n == 1] * H for n in range(B)]

    def test_nothing_after_the_origin_moves_a_forecast(self, way: dict[str, Any]) -> None:
        assert not moved(network(**way).eval(), target=batch().target + 1).any()

    def test_a_covariate_ahead_moves_no_step_before_its_own(self, way: dict[str, Any]) -> None:
        future = batch().future.clone()
        future[:, 3] += 1
        found = moved(network(**way).eval(), future=future)
        assert not found[:, :3].any()
        assert found[:, 3].all()

    def test_no_example_depends_on_another(self, way: dict[str, Any]) -> None:
        net, examples = network(**way).eval(), batch()
        alone = net(Tensors(*(tensor[2:3] for tensor in examples)))
        assert (net(examples)[2:3] - alone).abs().max() < 1e-12

    def test_gradients_reach_every_weight(self, way: dict[str, Any]) -> None:
        net = network(**way)
        if hasattr(net.decoder, "share"):
            net.decoder.share = 0.5
        net(batch()).square().sum().backward()
        idle = [
            name for name, weight in net.named_parameters() if weight.grad is None or not weight.grad.any()
        ]
        assert not idle

    def test_one_batch_can_be_learned_by_heart(self, way: dict[str, Any]) -> None:
        wide = {**way, "hidden": 24}
        if "hidden" in way.get("decoder", {}):
            wide["decoder"] = {**way["decoder"], "hidden": 24}
        net, examples = network(**wide).train(), batch(size=5)
        net.at(1.0)  # what is learned with its own forecasts is what is used
        optimiser = torch.optim.Adam(net.parameters(), lr=0.02)
        for _ in range(200):
            optimiser.zero_grad()
            loss = (net(examples) - examples.target).square().mean()
            loss.backward()
            optimiser.step()
        assert loss.item() < 0.05 * examples.target.var().item()


class TestTeacherForcing:
    def told(self, share: float, train: bool = True) -> Tensor:
        net = network(decoder={"kind": "autoregressive"}).train(train)
        net.decoder.share = share
        torch.manual_seed(5)
        return moved(net, target=batch().target + 1)

    def test_with_all_of_the_truth_each_step_is_told_of_the_one_before(self) -> None:
        assert self.told(1.0).tolist() == [[False] + [True] * (H - 1)] * B

    def test_with_none_of_it_and_in_use_it_is_told_nothing(self) -> None:
        assert not self.told(0.0).any()
        assert not self.told(1.0, train=False).any()

    def test_told_the_truth_it_computes_what_a_plain_pass_over_the_truth_does(self) -> None:
        net, examples = network(decoder={"kind": "autoregressive"}).train(), batch()
        _, last = net.encoder(net.beside(examples.past, examples))
        fed = torch.cat([examples.past[:, -1:, :K], examples.target[:, :-1]], dim=1)
        position = ((torch.arange(H).double() + 1) / H).expand(B, H)[:, :, None]
        inputs = torch.cat([position, examples.future, fed], dim=2)
        outputs, _ = net.decoder.layer(inputs, (torch.tanh(net.decoder.begin[0](last)),))
        assert (net.head(outputs)[..., 0] - net(examples)).abs().max() < 1e-12

    def test_on_its_own_it_is_fed_its_own_forecasts(self) -> None:
        net, examples = network(decoder={"kind": "autoregressive", "paths": ("last",)}).eval(), batch()
        forecasts = net(examples)
        net.train()
        assert (net(examples._replace(target=forecasts)) - forecasts).abs().max() < 1e-12

    def test_a_truth_that_was_not_observed_is_replaced_by_the_forecast(self) -> None:
        net, examples = network(decoder={"kind": "autoregressive"}).train(), batch()
        missing = examples._replace(target=torch.full_like(examples.target, torch.nan))
        assert torch.isfinite(net(missing)).all()
        assert torch.equal(net(missing), net.eval()(examples))

    def test_the_share_moves_along_a_line(self) -> None:
        net = network(decoder={"kind": "autoregressive", "teacher_forcing": 0.8, "teacher_forcing_end": 0.2})
        shares = []
        for progress in (0.0, 0.5, 1.0):
            net.at(progress)
            shares.append(net.decoder.share)
        assert shares == pytest.approx([0.8, 0.5, 0.2])

    def test_half_of_the_truth_is_told_to_half_of_the_examples(self) -> None:
        net = network(decoder={"kind": "autoregressive"}).train()
        net.decoder.share = 0.5
        examples = batch(size=400)
        torch.manual_seed(6)
        one = net(examples)
        torch.manual_seed(6)
        other = net(examples._replace(target=examples.target + 1))
        assert 0.4 < (one[:, 1] != other[:, 1]).any(dim=1).double().mean() < 0.6


@pytest.mark.parametrize("kind", ["additive", "multiplicative"])
def test_attention_is_its_formula(kind: str) -> None:
    net, examples = network(decoder={"kind": "steps", "attention": kind}).eval(), batch()
    states, last = net.encoder(net.beside(examples.past, examples))
    _, weights = net.decoder.decode(Encoded(states, last, last, None), examples.future, lambda x, _: x[:, 0])
    assert len(weights) == H
    attention, query = net.decoder.attention, torch.tanh(net.decoder.begin[0](last))
    matrix = attention.of_keys.weight
    for b in range(B):
        if kind == "additive":
            asked = attention.of_query(query[b])
            energy = [attention.vector(torch.tanh(asked + matrix @ states[b, t])).item() for t in range(L)]
        else:
            energy = [(query[b] @ matrix @ states[b, t]).item() / 2 for t in range(L)]
        expected = np.exp(energy) / np.exp(energy).sum()
        assert np.abs(weights[0][b].detach().numpy() - expected).max() < 1e-12
    assert all(torch.allclose(w.sum(dim=1), torch.ones(B).double()) for w in weights)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_products_of_position_and_state_separate(cell: CellName) -> None:
    torch.manual_seed(7)
    decoder = PositionalDecoder(cell, 4, 2, SIZES).double()
    last = torch.randn(B, 4, dtype=torch.float64)
    assert decoder.together(last).shape == (B, 3, 4)
    assert (decoder.together(last) - decoder.apart(last)).abs().max() < 1e-12


def test_a_head_with_several_maps_reads_each_step_with_its_own() -> None:
    torch.manual_seed(8)
    head, x = Answer(5, K, maps=4), torch.randn(3, 6, 5)
    weight, bias = head.linear.weight.reshape(4, K, 5), head.linear.bias.reshape(4, K)
    for h in range(6):
        assert torch.allclose(head(x)[:, h, :, 0], x[:, h] @ weight[h % 4].T + bias[h % 4], atol=1e-6)


def test_paths_alone_are_the_naive_forecasts() -> None:
    examples = batch()
    for name, rows in (("last", [L - 1] * H), ("seasonal", [4, 5, 6, 7, 4, 5])):
        net = network(decoder={"paths": (name,)})
        for weight in net.parameters():
            weight.data.zero_()
        net.paths[0].weight.data.fill_(1.0)  # type: ignore[operator,union-attr]
        assert torch.equal(net(examples), examples.past[:, rows, :K])


def test_the_linear_path_is_a_map_of_the_look_back() -> None:
    net, examples = network(decoder={"paths": ("linear",)}), batch()
    with torch.no_grad():
        net.head.linear.weight.zero_()
        net.head.linear.bias.zero_()
    path: Any = net.paths[0]
    expected = torch.stack(
        [examples.past[:, :, k] @ path.weight[k].T + path.bias[:, k] for k in range(K)], dim=2
    )
    assert (net(examples) - expected).abs().max() < 1e-12


@pytest.mark.parametrize("name", ["mean", "median", "last"])
class TestInstances:
    def test_a_shifted_window_gives_a_shifted_forecast(self, name: str) -> None:
        net, examples = network(instance=name).eval(), batch()
        past = examples.past.clone()
        past[:, :, :3] += torch.tensor([5.0, -3.0, 40.0])
        found = net(examples._replace(past=past)) - net(examples)
        assert (found - torch.tensor([5.0, -3.0])).abs().max() < 1e-9

    def test_a_stretched_window_gives_a_stretched_forecast(self, name: str) -> None:
        if name == "last":
            return  # a last value has no scale
        net, examples = network(instance=name).eval(), batch()
        past = examples.past.clone()
        past[:, :, :3] *= 1000
        found = net(examples._replace(past=past)) / 1000 - net(examples)
        assert found.abs().max() < 1e-3

    def test_a_constant_window_is_finite(self, name: str) -> None:
        net, examples = network(instance=name).eval(), batch()
        assert torch.isfinite(net(examples._replace(past=torch.ones_like(examples.past)))).all()


def test_the_median_is_numpys_and_one_wild_value_moves_it_little() -> None:
    for steps in (7, 8):
        seen = torch.randn(2, steps, 3, dtype=torch.float64)
        loc, scale = own("median", seen) or (None, None)
        assert loc is not None
        middle = np.median(seen.numpy(), axis=1, keepdims=True)
        spread = 1.4826 * np.median(np.abs(seen.numpy() - middle), axis=1, keepdims=True)
        assert np.abs(loc.numpy() - middle).max() < 1e-12
        assert np.abs(scale.numpy() - spread).max() < 2e-5
        wild = seen.clone()
        wild[:, 3] = 1e6
        robust, plain = own("median", wild), own("mean", wild)
        assert robust is not None
        assert plain is not None
        assert robust.loc.abs().max() < 4
        assert plain.scale.min() > 1e5


def test_only_a_series_own_numbers_are_its_embedding() -> None:
    net, examples = network(series_embedding=2).eval(), batch()
    assert net.series is not None
    before = net(examples)
    net.series.weight.data[1] += 1
    assert (net(examples) != before).any(dim=(1, 2)).tolist() == [False, True, False, False]


def test_a_shorter_look_back_does_not_see_what_came_before() -> None:
    past = batch().past.clone()
    past[:, : L - 5] += 1
    way = {"instance": "mean", "decoder": {"paths": ("linear", "seasonal")}}
    assert not moved(network(look_back=5, **way).eval(), past=past).any()
    assert moved(network(**way).eval(), past=past).all()


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_cost_grows_with_the_horizon_and_with_the_look_back(way: dict[str, Any]) -> None:
    cost = network(**way).multiply_adds(L)
    assert network(sizes=replace(SIZES, horizon=2 * H), **way).multiply_adds(L) > cost
    if "look_back" not in way:
        assert network(sizes=replace(SIZES, look_back=2 * L), **way).multiply_adds(2 * L) > 1.3 * cost


@pytest.mark.parametrize("attention", ["additive", "multiplicative"])
def test_the_cost_of_attention_by_hand(attention: str) -> None:
    net = network(decoder={"kind": "steps", "attention": attention})
    D, W, inputs = 4, 4, 1 + F + 4
    encoder = L * 3 * D * (C + S + D)
    keys, mixed = L * W * D, H * L * W
    compared = H * L * D if attention == "multiplicative" else H * (D * D + L * D)
    layer, begin, head = H * 3 * D * (inputs + D), W * D, H * (D + W) * K
    assert net.multiply_adds(L) == encoder + begin + keys + compared + mixed + layer + head


@pytest.mark.parametrize(
    ("decoder", "said"),
    [
        ({"attention": "additive"}, "kind is direct"),
        ({"piece": 3}, "kind is direct"),
        ({"hidden": 3}, "kind is direct"),
        ({"paths": ("last", "last")}, "twice"),
    ],
)
def test_what_would_do_nothing_is_refused(decoder: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Architecture.model_validate({"cell": "gru", "decoder": decoder})


def test_positional_decoding_goes_on_from_one_direction() -> None:
    with pytest.raises(ValidationError, match="two"):
        Architecture.model_validate({"cell": "gru", "bidirectional": True, "decoder": {"kind": "positional"}})
    assert set(CELLS) >= {"rnn", "lstm", "gru"}
