"""The forecaster: what moves which step, what it costs, and that it can learn."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from reprocast.data.sizes import Sizes
from reprocast.data.tensors import Tensors
from reprocast.networks.cells import CELLS
from reprocast.networks.decoders import DirectDecoder, Encoded
from reprocast.networks.forecaster import Forecaster, parameters
from reprocast.params.architecture import Architecture, CellName

B, L, H, C, F, K, S = 3, 7, 4, 5, 2, 2, 3


def batch(seed: int = 1, size: int = B, future: int = F, static: int = S) -> Tensors:
    torch.manual_seed(seed)
    target = torch.randn(size, H, K)
    past, ahead, still = torch.randn(size, L, C), torch.randn(size, H, future), torch.randn(size, static)
    return Tensors(past, ahead, target, torch.zeros(size).long(), still)


def network(cell: CellName, layers: int = 1, future: int = F, hidden: int = 8, static: int = S) -> Forecaster:
    return made(Architecture(cell=cell, layers=layers, hidden=hidden), future=future, static=static)


def made(architecture: Architecture, **other: int) -> Forecaster:
    """A forecaster for the batches of this file, but for the sizes that are given."""
    torch.manual_seed(2)
    usual = {"channels": C, "targets": K, "past": 4, "future": F, "static": S, "series": 2}
    return Forecaster(architecture, Sizes(**{**usual, "look_back": L, "horizon": H, "season": 3, **other}))


def moved(of: Forecaster, change: Callable[[Tensors], Tensors]) -> Tensor:
    """Which examples and steps (B, H) forecast otherwise after a change of the batch."""
    before = batch()
    copy = Tensors(*(tensor.clone() for tensor in before))
    return (of(before) != of(change(copy))).any(dim=2)


def newest(tensors: Tensors) -> Tensors:
    tensors.past[1, -1, 0] += 1
    return tensors


def ahead(tensors: Tensors) -> Tensors:
    tensors.future[1, 2] += 1
    return tensors


def kind(tensors: Tensors) -> Tensors:
    tensors.static[1, 2] += 1
    return tensors


def answer(tensors: Tensors) -> Tensors:
    return tensors._replace(target=tensors.target + 1)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("layers", [1, 2])
class TestWhatMovesWhat:
    def test_the_newest_value_moves_every_step(self, cell: CellName, layers: int) -> None:
        assert moved(network(cell, layers), newest).tolist() == [[False] * H, [True] * H, [False] * H]

    def test_the_oldest_value_is_not_forgotten(self, cell: CellName, layers: int) -> None:
        def oldest(tensors: Tensors) -> Tensors:
            tensors.past[1, 0] += 100
            return tensors

        assert moved(network(cell, layers), oldest)[1].all()

    def test_a_covariate_ahead_moves_its_own_step_only(self, cell: CellName, layers: int) -> None:
        expected = [[False] * H, [False, False, True, False], [False] * H]
        assert moved(network(cell, layers), ahead).tolist() == expected

    def test_what_does_not_change_moves_every_step_of_its_series(self, cell: CellName, layers: int) -> None:
        assert moved(network(cell, layers), kind).tolist() == [[False] * H, [True] * H, [False] * H]

    def test_the_answer_moves_nothing(self, cell: CellName, layers: int) -> None:
        assert not moved(network(cell, layers), answer).any()


@pytest.mark.parametrize("cell", CELLS)
def test_states_do_not_see_what_comes_after(cell: CellName) -> None:
    encoder, x = network(cell, layers=2, static=0).encoder, batch().past
    later = x.clone()
    later[:, 4:] += 1
    before, after = encoder(x)[0], encoder(later)[0]
    assert torch.equal(before[:, :4], after[:, :4])
    assert (before[:, 4:] != after[:, 4:]).any(dim=2).all()


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("future", "static"), [(0, 0), (F, 0), (0, S), (F, S)])
def test_shapes_and_independent_examples(cell: CellName, future: int, static: int) -> None:
    net, examples = network(cell, future=future, static=static), batch(future=future, static=static)
    outputs = net(examples)
    assert outputs.shape == (B, H, K)
    alone = net(Tensors(*(tensor[1:2] for tensor in examples)))
    assert torch.allclose(outputs[1:2], alone, atol=1e-6)


def test_every_weight_takes_part() -> None:
    net = network("lstm", layers=2)
    (net(batch()) ** 2).mean().backward()
    for name, weights in net.named_parameters():
        assert weights.grad is not None, name
        assert weights.grad.abs().sum() > 0, name


def test_the_decoder_is_its_formula() -> None:
    torch.manual_seed(3)
    decoder, state, future = DirectDecoder(4, 2, 3), torch.randn(5, 4), torch.randn(5, 3, 2)
    torch.nn.init.normal_(decoder.gain)
    torch.nn.init.normal_(decoder.offset)
    assert decoder.future is not None
    encoded = Encoded(state[:, None], state, torch.empty(5, 1), None)
    found = decoder(encoded, future, lambda features, _: features[:, 0])
    for h in range(3):
        product = decoder.state.weight @ state[1] * decoder.gain[h]
        expected = product + decoder.offset[h] + decoder.future.weight @ future[1, h]
        assert torch.allclose(found[1, h], expected, atol=1e-6)


def test_static_covariates_stand_beside_the_channels_at_every_step() -> None:
    examples = batch()
    wide = torch.stack([torch.cat([examples.past[:, t], examples.static], dim=1) for t in range(L)], dim=1)
    net, plain = network("gru"), made(Architecture(cell="gru", hidden=8), channels=C + S, static=0)
    plain.load_state_dict(net.state_dict())
    bare = examples._replace(past=wide, static=torch.empty(B, 0))
    assert torch.equal(net(examples), plain(bare))


@pytest.mark.parametrize("static", [0, 6])
def test_cost_by_hand(static: int) -> None:
    architecture = Architecture(cell="gru", hidden=4, layers=2)
    net = made(architecture, channels=3, targets=1, past=1, future=2, horizon=5, static=static, look_back=10)
    first, second = 3 * 4 * (3 + static + 4), 3 * 4 * (4 + 4)
    decoder, head = 4 * 4 + 5 * 4 + 5 * 2 * 4, 5 * 4 * 1
    assert net.multiply_adds(look_back=10) == 10 * (first + second) + decoder + head
    biases, steps = 2 * 2 * 3 * 4, 2 * 5 * 4
    assert parameters(net) == first + second + biases + 4 * 4 + 2 * 4 + steps + 4 + 1


@pytest.mark.parametrize("cell", CELLS)
def test_one_batch_can_be_learned_by_heart(cell: CellName) -> None:
    net, examples = network(cell, hidden=32), batch(size=16)
    optimiser = torch.optim.Adam(net.parameters(), lr=0.01)
    for _ in range(500):
        optimiser.zero_grad()
        loss = (net(examples) - examples.target).square().mean()
        loss.backward()
        optimiser.step()
    assert examples.target.var() > 0.5
    assert loss.item() < 1e-3
