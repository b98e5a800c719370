"""Heads and losses against one-line loops."""

from typing import get_args

import numpy as np
import pytest
import torch

from reprocast.networks.heads import LOSSES, LossName, PointHead
from reprocast.params.train import Train

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


def test_a_point_head_gives_a_number_a_step_and_target() -> None:
    head = PointHead(features=5, targets=2)
    x = torch.randn(3, 4, 5)
    assert head(x).shape == (3, 4, 2)
    expected = x[1, 2] @ head.linear.weight.T + head.linear.bias
    assert torch.allclose(head(x)[1, 2], expected)
    assert head.multiply_adds(4) == 4 * 5 * 2
