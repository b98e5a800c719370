"""What heads answer with: likelihoods, quantiles and draws against scipy, integrals and loops."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import stats
from torch import Tensor
from unit.networks.test_decoding import H, K, batch, network

from reprocast.errors import UsageError
from reprocast.networks.distributions import DISTRIBUTIONS
from reprocast.networks.families import Point, Quantiles
from reprocast.networks.heads import masked_entries
from reprocast.params.architecture import Architecture
from reprocast.params.head import Head
from reprocast.tasks.forecast import learn

LEVELS = (0.05, 0.3, 0.5, 0.9)
HEADS = ["quantiles", "gaussian", "student_t", "negative_binomial"]


def settled(name: str, seed: int = 1, shape: tuple[int, ...] = (2, 3, 2)) -> Tensor:
    torch.manual_seed(seed)
    family = DISTRIBUTIONS[name]
    return family.settle(2 * torch.randn(*shape, family.parameters, dtype=torch.float64))


def frozen(name: str, numbers: Tensor) -> Any:
    """The same distribution in scipy, for one entry (P,)."""
    values = numbers.tolist()
    if name == "gaussian":
        return stats.norm(values[0], values[1])
    if name == "student_t":
        return stats.t(values[2], values[0], values[1])
    mean, dispersion = values
    return stats.nbinom(1 / dispersion, 1 / (1 + dispersion * mean))


@pytest.mark.parametrize("name", DISTRIBUTIONS)
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000))
def test_losses_means_and_quantiles_are_scipys(name: str, seed: int) -> None:
    numbers, family = settled(name, seed), DISTRIBUTIONS[name]
    counts = name == "negative_binomial"
    target = torch.randint(0, 9, (2, 3, 2)).double() if counts else torch.randn(2, 3, 2).double() * 3
    losses, means, quantiles = (
        family.loss(numbers, target),
        family.mean(numbers),
        family.quantiles(numbers, LEVELS),
    )
    for place in np.ndindex(2, 3, 2):
        one, y = frozen(name, numbers[place]), target[place].item()
        log = one.logpmf(y) if counts else one.logpdf(y)
        assert losses[place].item() == pytest.approx(-log, rel=1e-6, abs=1e-8)
        assert means[place].item() == pytest.approx(one.mean(), rel=1e-9)
        assert quantiles[place].tolist() == pytest.approx(one.ppf(LEVELS).tolist(), rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_draws_have_the_distribution(name: str) -> None:
    numbers, family = settled(name, shape=(1, 1, 1)), DISTRIBUTIONS[name]
    generator = torch.Generator().manual_seed(3)
    draws = family.sample(numbers, 20_000, generator)
    assert draws.shape == (20_000, 1, 1, 1)
    one = frozen(name, numbers[0, 0, 0])
    found = np.quantile(draws.numpy(), LEVELS)
    spread = one.ppf(0.9) - one.ppf(0.1)
    assert np.abs(found - one.ppf(LEVELS)).max() < max(0.06 * spread, float(name == "negative_binomial"))
    again = family.sample(numbers, 20_000, torch.Generator().manual_seed(3))
    assert torch.equal(draws, again)


@pytest.mark.parametrize("name", ["gaussian", "student_t"])
def test_moving_an_answer_moves_its_quantiles(name: str) -> None:
    numbers, family = settled(name), DISTRIBUTIONS[name]
    by, scale = torch.randn(2, 3, 2).double(), torch.rand(2, 3, 2).double() + 0.5
    moved = family.quantiles(family.moved(numbers, by, scale), LEVELS)
    expected = family.quantiles(numbers, LEVELS) * scale[..., None] + by[..., None]
    assert (moved - expected).abs().max() < 1e-9


def test_quantiles_never_cross_and_the_loss_is_the_pinball_loss() -> None:
    torch.manual_seed(2)
    family = Quantiles(LEVELS)
    numbers = family.settle(10 * torch.randn(50, 4, 2, 4, dtype=torch.float64))
    assert (numbers.diff(dim=-1) >= 0).all()
    target = torch.randn(50, 4, 2).double() * 5
    found = family.loss(numbers, target)
    for place in [(0, 0, 0), (7, 3, 1), (49, 2, 0)]:
        y, total = target[place].item(), 0.0
        for level, q in zip(LEVELS, numbers[place].tolist(), strict=True):
            total += level * (y - q) if y >= q else (1 - level) * (q - y)
        assert found[place].item() == pytest.approx(total / 4)


def test_levels_between_those_trained_lie_on_the_line() -> None:
    family = Quantiles((0.1, 0.5, 0.9))
    numbers = torch.tensor([[[[1.0, 2.0, 6.0]]]])
    found = family.quantiles(numbers, (0.01, 0.1, 0.3, 0.5, 0.8, 0.9, 0.99))[0, 0, 0].tolist()
    assert found == pytest.approx([1, 1, 1.5, 2, 5, 6, 6])
    assert family.mean(numbers).item() == 2
    draws = family.sample(numbers, 5000, torch.Generator().manual_seed(1))
    assert draws.min() >= 1
    assert draws.max() <= 6
    assert np.mean(draws.numpy() < 2) == pytest.approx(0.5, abs=0.03)


def test_a_point_has_no_quantiles() -> None:
    with pytest.raises(UsageError, match="no quantiles"):
        Point().quantiles(torch.zeros(1, 1, 1, 1), (0.5,))


def counts(size: int = 6) -> Any:
    return batch(size=size)._replace(target=torch.randint(0, 5, (size, H, K)).double())


@pytest.mark.parametrize("kind", HEADS)
class TestInANetwork:
    def made(self, kind: str, **options: Any) -> Any:
        return network(**{"head": {"kind": kind}, **options})

    def test_its_answer_has_the_familys_numbers(self, kind: str) -> None:
        net = self.made(kind)
        outputs = net(batch())
        assert outputs.shape == (4, H, K, net.family.parameters)
        assert learn.forecast(outputs, net).shape == (4, H, K)
        found = learn.quantiles(outputs, net, LEVELS)
        assert found.shape == (4, H, K, 4)
        assert (found.diff(dim=-1) >= 0).all()

    def test_it_can_learn_one_batch(self, kind: str) -> None:
        torch.manual_seed(5)
        net, examples = self.made(kind, hidden=24), counts(size=4)
        optimiser, loss = torch.optim.Adam(net.parameters(), lr=0.01), learn.loss("mse", net)
        first = (learn.forecast(net(examples), net) - examples.target).abs().mean().item()
        for _ in range(300):
            optimiser.zero_grad()
            value = loss(net(examples), examples)
            value.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
        error = (learn.forecast(net(examples), net) - examples.target).abs().mean().item()
        assert error < 0.5 * first

    def test_an_answer_that_was_not_observed_teaches_nothing(self, kind: str) -> None:
        torch.manual_seed(6)
        net, examples = self.made(kind), counts()
        missing = examples.target.clone()
        missing[0] = missing[1, 2, 0] = torch.nan
        outputs = net(examples)
        loss = learn.loss("mse", net)(outputs, examples._replace(target=missing))
        entries = net.family.loss(outputs, examples.target)
        assert loss.item() == pytest.approx(entries[~missing.isnan()].mean().item())
        (gradient,) = torch.autograd.grad(loss, outputs)
        assert torch.isfinite(gradient).all()
        assert not gradient[0].any()

    def test_its_own_forecast_can_be_fed_back(self, kind: str) -> None:
        net = self.made(kind, decoder={"kind": "autoregressive"}).eval()
        assert torch.isfinite(net(batch())).all()


@pytest.mark.parametrize("kind", ["quantiles", "gaussian", "student_t"])
def test_window_scale_and_paths_move_the_whole_answer(kind: str) -> None:
    net = network(head={"kind": kind}, instance="mean", decoder={"paths": ("last",)}).eval()
    examples, past = batch(), batch().past.clone()
    past[:, :, :3] = 10 * past[:, :, :3] + 4
    one = learn.quantiles(net(examples), net, LEVELS)
    other = learn.quantiles(net(examples._replace(past=past)), net, LEVELS)
    assert (other - (10 * one + 4)).abs().max() < 0.05


def test_masked_entries_are_a_mean_over_what_is_there() -> None:
    loss, target = torch.tensor([[[1.0], [5.0]]]), torch.tensor([[[0.0], [torch.nan]]])
    assert masked_entries(loss, target).item() == 1.0


def test_levels_ascend_and_counts_cannot_be_moved() -> None:
    with pytest.raises(ValidationError, match="ascend"):
        Head(kind="quantiles", levels=(0.5, 0.1))
    with pytest.raises(ValidationError, match="counts"):
        Architecture.model_validate(
            {"cell": "gru", "instance": "mean", "head": {"kind": "negative_binomial"}}
        )
