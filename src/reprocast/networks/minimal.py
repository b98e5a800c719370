"""minGRU and minLSTM: gates that see the input only, so that all steps are one parallel scan.

Feng, Tung, Ahmed, Bengio & Hajimirsadeghi (2024), appendix B, in logarithms; the scan is Heinsen's (2023).
Legend: B batch, L steps, C inputs, D hidden.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid, relu, softplus

from reprocast.networks.layer import State, zeros


def positive(x: Tensor) -> Tensor:
    """The candidate's activation, x + ½ from 0 on and σ(x) below: continuous and above 0."""
    return torch.where(x >= 0, x + 0.5, torch.sigmoid(x))


def log_positive(x: Tensor) -> Tensor:
    """Its logarithm, without overflow."""
    return torch.where(x >= 0, torch.log(relu(x) + 0.5), logsigmoid(x))


LEAST = 1e-30
"""Stands for a state of 0, which has no logarithm."""


def scan(log_keep: Tensor, log_new: Tensor, before: Tensor) -> Tensor:
    """All h of h_t = a_t · h_{t−1} + b_t from log a and log b (B, L, D) and h_0 ≥ 0 (B, D).

    With A_t = Σ log a up to t: log h_t = A_t + log(h_0 + Σ_{s≤t} exp(log b_s − A_s)).
    """
    kept = log_keep.cumsum(dim=1)
    terms = torch.cat([before.clamp_min(LEAST).log()[:, None], log_new - kept], dim=1)
    return torch.exp(kept + torch.logcumsumexp(terms, dim=1)[:, 1:])


class MinGru(nn.Module):
    """h' = (1 − z) ∘ h + z ∘ g(W_h x + b_h) with z = σ(W_z x + b_z)."""

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.hidden, self.gates = hidden, nn.Linear(inputs, 2 * hidden)

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """See `RecurrentLayer`."""
        update, candidate = self.gates(x).chunk(2, dim=-1)
        (before,) = state or self.beginning(x)
        outputs = scan(-softplus(update), -softplus(-update) + log_positive(candidate), before)
        return outputs, (outputs[:, -1],)

    def beginning(self, x: Tensor) -> State:
        """Zeros."""
        return (zeros(x, self.hidden),)


class MinLstm(nn.Module):
    """h' = f' ∘ h + i' ∘ g(W_h x + b_h), where f' = f / (f + i) and i' = i / (f + i)."""

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.hidden, self.gates = hidden, nn.Linear(inputs, 3 * hidden)

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """See `RecurrentLayer`."""
        forget, new, candidate = self.gates(x).chunk(3, dim=-1)
        log_ratio = softplus(-forget) - softplus(-new)  # log i − log f
        log_keep, log_new = -softplus(log_ratio), -softplus(-log_ratio)
        (before,) = state or self.beginning(x)
        outputs = scan(log_keep, log_new + log_positive(candidate), before)
        return outputs, (outputs[:, -1],)

    def beginning(self, x: Tensor) -> State:
        """Zeros."""
        return (zeros(x, self.hidden),)
