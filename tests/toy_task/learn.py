"""The network of forecasting, read as log-odds of a rise at each step."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from reprocast.tasks.forecast.learn import build

__all__ = ["build", "forecast", "loss"]


def loss(name: str, network: Any) -> Callable[[Tensor, Any], Tensor]:
    """Cross-entropy with what happened, whatever the name."""

    def cross_entropy(outputs: Tensor, batch: Any) -> Tensor:
        last = batch.past[:, -1:, : batch.target.shape[2]]
        return binary_cross_entropy_with_logits(outputs, (batch.target > last).to(outputs.dtype))

    return cross_entropy


def forecast(outputs: Tensor, network: Any) -> Tensor:
    """Probabilities of a rise (B, H, K)."""
    return torch.sigmoid(outputs)
