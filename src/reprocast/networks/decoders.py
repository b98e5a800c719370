"""Decoders: from the encoder's last state to features of each step of the horizon.

Legend: B batch, H horizon, D hidden, F future covariates.
"""

import torch
from torch import Tensor, nn


class DirectDecoder(nn.Module):
    """All steps at once, each from the state after the last observation and its own future covariates.

    Step h has features tanh(W s + V f_h + e_h), where s is the state, f_h the covariates known for that
    step and e_h a vector of its own. No step sees another's covariates, and no state but the last is read.
    """

    def __init__(self, hidden: int, future: int, horizon: int) -> None:
        super().__init__()
        self.state = nn.Linear(hidden, hidden)
        self.future = nn.Linear(future, hidden, bias=False) if future else None
        self.steps = nn.Parameter(torch.randn(horizon, hidden) / hidden**0.5)

    def forward(self, state: Tensor, future: Tensor) -> Tensor:
        """From the last state (B, D) and what is known ahead (B, H, F) to features (B, H, D)."""
        x = self.state(state)[:, None] + self.steps  # -> (B, H, D)
        if self.future is not None:
            x = x + self.future(future)
        return torch.tanh(x)

    def multiply_adds(self) -> int:
        """D² for the state, once, and H · F · D for the covariates."""
        horizon, hidden = self.steps.shape
        covariates = self.future.in_features if self.future is not None else 0
        return hidden * hidden + horizon * covariates * hidden
