"""Heads and losses against one-line loops."""

from typing import get_args

import numpy as np
import pytest
import torch

from reprocast.networks.heads import LOSSES, Answer, answered, masked
from reprocast.params.train import LossName, Train

ORACLES = {
    "mse": lambda e: e * e,
    "mae": abs,
    "huber": lambda e: 0.5 * e * e if abs(e) <= 1 else abs(e) - 0.5,
}


def test_the_losses_are_those_of_params() -> None:
    assert set(LOSSES) == set(get_args(Train.model_fields["loss"].annotation)) == set(ORACLES)


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_is_the_mean_over_all_entries(name: LossName) -> None:
    torch.manual_seed(1)
    outputs, target = 2 * torch.randn(2, 4, 3, 2, dtype=torch.float64)
    errors = (outputs - target).flatten().tolist()
    assert max(map(abs, errors)) > 1 > min(map(abs, errors))
    assert LOSSES[name](outputs, target).item() == pytest.approx(np.mean([ORACLES[name](e) for e in errors]))


@pytest.mark.parametrize("name", LOSSES)
def test_a_masked_loss_is_the_mean_over_what_was_observed(name: LossName) -> None:
    torch.manual_seed(1)
    outputs, target = 2 * torch.randn(2, 4, 3, 2, dtype=torch.float64)
    target[torch.rand(4, 3, 2) < 0.4] = torch.nan
    outputs.requires_grad_()
    loss = masked(LOSSES[name], outputs, target)
    pairs = list(zip(outputs.flatten().tolist(), target.flatten().tolist(), strict=True))
    errors = [output - answer for output, answer in pairs if answer == answer]
    assert 0 < len(errors) < len(pairs)
    assert loss.item() == pytest.approx(np.mean([ORACLES[name](e) for e in errors]))
    (gradient,) = torch.autograd.grad(loss, outputs)
    assert torch.equal(gradient != 0, ~target.isnan())


@pytest.mark.parametrize("name", LOSSES)
def test_where_nothing_is_missing_a_masked_loss_is_the_loss_to_the_bit(name: LossName) -> None:
    torch.manual_seed(2)
    for size in (1, 3, 50, 256):
        outputs, target = torch.randn(2, size, 5, 3)
        outputs.requires_grad_()
        plain, one = LOSSES[name](outputs, target), masked(LOSSES[name], outputs, target)
        assert torch.equal(plain, one)
        assert torch.equal(*(torch.autograd.grad(loss, outputs)[0] for loss in (plain, one)))


@pytest.mark.parametrize("name", LOSSES)
def test_a_batch_without_any_answer_teaches_nothing(name: LossName) -> None:
    outputs = torch.randn(2, 3, 1, requires_grad=True)
    loss = masked(LOSSES[name], outputs, torch.full((2, 3, 1), torch.nan))
    assert loss.item() == 0
    assert torch.autograd.grad(loss, outputs)[0].abs().sum() == 0


def test_windows_count_by_what_was_observed_of_them() -> None:
    target = torch.zeros(7, 5, 3)
    assert answered(target).item() == 7
    target[0] = target[1, 0, 0] = torch.nan
    assert answered(target).item() == pytest.approx(6 - 1 / 15)


def test_a_point_head_gives_a_number_a_step_and_target() -> None:
    head = Answer(features=5, targets=2)
    x = torch.randn(3, 4, 5)
    assert head(x).shape == (3, 4, 2, 1)
    expected = x[1, 2] @ head.linear.weight.T + head.linear.bias
    assert torch.allclose(head(x)[1, 2, :, 0], expected)
    assert head.multiply_adds(4) == 4 * 5 * 2
