"""Optimisers, schedules, penalties, averages and the rate finder against formulas and bare loops."""

import math
from typing import Any, NamedTuple, get_args

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from torch import Tensor, nn

from reprocast.networks.averaging import Average
from reprocast.networks.encoder import Encoder
from reprocast.networks.lit import LitNetwork
from reprocast.networks.optimisers import OPTIMISERS
from reprocast.networks.rate_finder import find_rate, steepest
from reprocast.networks.regularising import Penalties, augmented
from reprocast.networks.schedules import SCHEDULES, Plateau
from reprocast.params.architecture import Architecture
from reprocast.params.train import OptimiserName, ScheduleName, Train, overridden


class Example(NamedTuple):
    past: Tensor
    target: Tensor


def weight(value: float = 2.0) -> nn.Parameter:
    return nn.Parameter(torch.tensor([value], dtype=torch.float64))


def steps(name: OptimiserName, gradients: list[float], **settings: Any) -> list[float]:
    """The weight after each step, from 2."""
    w, found = weight(), []
    optimiser = OPTIMISERS[name]([w], 0.1, Train(optimiser=name, **settings))
    for gradient in gradients:
        w.grad = torch.full_like(w, gradient)
        optimiser.step()
        found.append(w.item())
    return found


def test_the_names_are_those_of_params() -> None:
    assert set(OPTIMISERS) == set(get_args(OptimiserName))
    assert set(SCHEDULES) == set(get_args(ScheduleName))


def test_sgd_with_momentum() -> None:
    w, velocity, expected = 2.0, 0.0, []
    for gradient in (1.0, -0.5, 2.0):
        velocity = 0.9 * velocity + gradient
        w -= 0.1 * velocity
        expected.append(w)
    assert steps("sgd", [1.0, -0.5, 2.0], momentum=0.9) == pytest.approx(expected)


def test_rmsprop() -> None:
    w, square, expected = 2.0, 0.0, []
    for gradient in (1.0, -0.5, 2.0):
        square = 0.99 * square + 0.01 * gradient**2
        w -= 0.1 * gradient / (math.sqrt(square) + 1e-8)
        expected.append(w)
    assert steps("rmsprop", [1.0, -0.5, 2.0]) == pytest.approx(expected)


@pytest.mark.parametrize("decay", [0.0, 0.3])
def test_adam_and_adamw_differ_by_a_decay_that_no_gradient_scales(decay: float) -> None:
    """Decoupled: w (1 − rate · decay), then Adam's step; a penalty's gradient would be divided by √v."""
    w, m, v, expected = 2.0, 0.0, 0.0, []
    for t, gradient in enumerate((1.0, -0.5, 2.0), start=1):
        w *= 1 - 0.1 * decay
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        w -= 0.1 * (m / (1 - 0.9**t)) / (math.sqrt(v / (1 - 0.999**t)) + 1e-8)
        expected.append(w)
    assert steps("adamw", [1.0, -0.5, 2.0], weight_decay=decay) == pytest.approx(expected)
    if decay == 0:
        assert steps("adam", [1.0, -0.5, 2.0]) == pytest.approx(expected)


def test_a_penalty_on_squares_is_not_weight_decay_with_adam() -> None:
    def after(name: OptimiserName, gradient: float, **settings: Any) -> float:
        w = weight()
        optimiser = OPTIMISERS[name]([w], 0.1, Train(optimiser=name, **settings))
        w.grad = torch.full_like(w, gradient + (0.0 if settings else 0.3 * 2.0))
        optimiser.step()
        return w.item()

    assert after("adam", 100.0) == pytest.approx(1.9)  # the penalty's gradient vanishes beside the loss's
    assert after("adamw", 100.0, weight_decay=0.3) == pytest.approx(1.9 - 0.06)


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_stay_between_0_and_1_and_reach_their_ends(name: ScheduleName) -> None:
    shares = [SCHEDULES[name](step, 50) for step in range(51)]
    assert all(0 <= share <= 1 for share in shares)
    assert max(shares) == pytest.approx(1.0)
    ends = {"constant": 1.0, "plateau": 1.0, "cosine": 0.0, "exponential": 0.01, "one_cycle": 4e-6}
    assert shares[-1] == pytest.approx(ends[name], abs=1e-12)


def test_exponential_decay_is_one_factor() -> None:
    shares = np.array([SCHEDULES["exponential"](step, 50) for step in range(51)])
    assert np.ptp(shares[1:] / shares[:-1]) < 1e-12


def test_one_cycle_rises_for_the_first_part_only() -> None:
    shares = [SCHEDULES["one_cycle"](step, 50) for step in range(51)]
    assert shares[0] == pytest.approx(0.04)
    assert np.argmax(shares) == 15
    assert (np.diff(shares[:16]) > 0).all()
    assert (np.diff(shares[15:]) < 0).all()


def test_a_plateau_halves_the_rate_after_two_epochs_without_a_gain() -> None:
    plateau, shares = Plateau(), []
    for loss in (5.0, 4.0, 4.0, 4.1, 3.0, 3.5, 3.5, 3.5, 3.5):
        plateau.see(loss)
        shares.append(plateau.share)
    assert shares == [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.125]


class Net(nn.Module):
    """An encoder and a weight, for penalties."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.encoder = Encoder(Architecture(cell="gru", hidden=3), 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.encoder(x)[1]


def test_penalties_are_their_formula() -> None:
    net, x = Net(), torch.randn(4, 5, 2)
    settings = Train(l1=0.1, l2=0.2, activation_l2=0.3, slowness=0.4)
    penalties = Penalties(net, settings)
    net(x)
    found, (h, _) = penalties(), net.encoder(x)
    weights = np.concatenate([w.detach().numpy().ravel() for w in net.parameters()])
    states = h.detach().numpy()
    expected = 0.1 * np.abs(weights).sum() + 0.1 * (weights**2).sum()
    expected += 0.3 * (states**2).mean() + 0.4 * ((states[:, 1:] - states[:, :-1]) ** 2).mean()
    assert isinstance(found, Tensor)
    assert found.item() == pytest.approx(expected, rel=1e-5)
    found.backward()  # type: ignore[no-untyped-call]
    assert all(w.grad is not None for w in net.parameters())


def test_without_penalties_nothing_is_added() -> None:
    assert Penalties(Net(), Train())() == 0.0


def test_noise_moves_the_first_channels_by_its_deviation() -> None:
    torch.manual_seed(2)
    batch = Example(torch.zeros(200, 30, 3), torch.zeros(200, 1, 1))
    noisy = augmented(batch, Train(input_noise=0.5), 2).past
    assert noisy[:, :, :2].std().item() == pytest.approx(0.5, rel=0.02)
    assert not noisy[:, :, 2].any()
    assert augmented(batch, Train(), 2) is batch


def test_reversal_turns_whole_examples() -> None:
    torch.manual_seed(3)
    past = torch.arange(5.0)[None, :, None].repeat(400, 1, 2)
    turned = augmented(Example(past, past), Train(reversal=0.3), 2).past
    backwards = (turned[:, 0, 0] == 4).double()
    assert backwards.mean().item() == pytest.approx(0.3, abs=0.06)
    assert all(torch.equal(one, past[0]) or torch.equal(one, past[0].flip(0)) for one in turned)


def moving(average: Average, layer: nn.Linear, values: list[float]) -> None:
    for value in values:
        layer.weight.data.fill_(value)
        average.after_step()


def test_ema_is_a_fading_mean_that_begins_at_the_first_step() -> None:
    layer = nn.Linear(1, 1)
    average = Average(layer, Train(averaging="ema", averaging_decay=0.5))
    assert average.judged is layer
    moving(average, layer, [1.0, 2.0, 4.0])
    assert average.judged.weight.item() == pytest.approx((1.0 * 0.5 + 2.0 * 0.5) * 0.5 + 4.0 * 0.5)
    assert layer.weight.item() == 4.0
    assert all(mine is not its for mine, its in zip(average.parameters(), layer.parameters(), strict=True))


def test_swa_is_the_mean_of_the_last_quarter_of_epochs() -> None:
    layer = nn.Linear(1, 1)
    average = Average(layer, Train(averaging="swa", max_epochs=8))
    for epoch, value in enumerate([9.0, 9, 9, 9, 9, 9, 1, 3]):
        layer.weight.data.fill_(value)
        average.after_step()
        average.after_epoch(epoch)
        assert (average.judged is layer) == (epoch < 6)
    assert average.judged.weight.item() == pytest.approx(2.0)


def test_gradients_are_clipped_by_value_before_norm() -> None:
    layer = nn.Linear(2, 1, bias=False)
    module = LitNetwork(layer, lambda *_: torch.zeros(()), Train(clip_value=0.5, clip_norm=0.6), 1, 1, 0.1)
    layer.weight.grad = torch.tensor([[3.0, -4.0]])
    module.configure_gradient_clipping()
    cut = np.array([0.5, -0.5])
    expected = cut * 0.6 / np.linalg.norm(cut)
    assert layer.weight.grad[0].tolist() == pytest.approx(expected.tolist(), rel=1e-4)
    assert module.gradient_norm.take() == pytest.approx(5.0)
    unlimited = LitNetwork(layer, lambda *_: torch.zeros(()), Train(clip_norm=None), 1, 1, 0.1)
    layer.weight.grad = torch.tensor([[3.0, -4.0]])
    unlimited.configure_gradient_clipping()
    assert layer.weight.grad.tolist() == [[3.0, -4.0]]


def test_the_steepest_fall_is_where_the_slope_is_most_negative() -> None:
    rates = np.geomspace(1e-6, 1, 100)
    losses = 1 / (1 + np.exp(4 * np.log(rates / 0.01)))  # falls around 0.01
    assert steepest(rates.tolist(), losses.tolist()) == pytest.approx(0.01, rel=0.15)
    assert steepest([1e-6, 1e-5], [1.0, 0.5]) == 1e-6


def test_the_rate_that_is_found_learns_and_leaves_the_network_as_it_was() -> None:
    torch.manual_seed(4)
    net = nn.Linear(3, 1)
    x = torch.randn(8, 16, 3)
    batches = [Example(one, one @ torch.tensor([[1.0], [-2.0], [0.5]])) for one in x]

    def loss(outputs: Tensor, batch: Any) -> Tensor:
        return (outputs - batch.target).square().mean()

    class Wrapped(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = net

        def forward(self, batch: Any) -> Tensor:
            return self.net(batch.past)

    before = net.weight.clone()
    rate = find_rate(Wrapped(), loss, batches, Train(optimiser="sgd"))
    assert torch.equal(net.weight, before)
    assert rate == find_rate(Wrapped(), loss, batches, Train(optimiser="sgd"))
    assert 1e-3 < rate < 1
    optimiser = torch.optim.SGD(net.parameters(), lr=rate)
    for _ in range(60):
        for batch in batches:
            optimiser.zero_grad()
            loss(net(batch.past), batch).backward()  # type: ignore[no-untyped-call]
            optimiser.step()
    assert loss(net(batches[0].past), batches[0]).item() < 1e-3


def test_one_architecture_may_be_trained_otherwise() -> None:
    shared = Train(learning_rate=0.01, patience=9)
    own = Architecture(cell="gru", train={"learning_rate": 0.1, "optimiser": "sgd"}).train
    assert overridden(shared, own) == Train(learning_rate=0.1, patience=9, optimiser="sgd")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"weight_decay": 0.1, "optimiser": "adam"}, "take l2"),
        ({"momentum": 0.9}, "sgd and rmsprop"),
    ],
)
def test_what_would_do_nothing_is_refused(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Train.model_validate(settings)
    with pytest.raises(ValidationError, match=said):
        Architecture.model_validate({"cell": "gru", "train": settings})


def test_an_unknown_or_wrong_override_is_refused() -> None:
    with pytest.raises(ValidationError, match="no key lerning_rate"):
        Architecture(cell="gru", train={"lerning_rate": 0.1})
    with pytest.raises(ValidationError, match="has learning_rate wrong"):
        Architecture(cell="gru", train={"learning_rate": -1.0})
