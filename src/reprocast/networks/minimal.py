"""minGRU and minLSTM: gates that see the input only, so that all steps are one parallel scan.

Feng, Tung, Ahmed, Bengio & Hajimirsadeghi (2024), appendix B, in logarithms; the scan is Heinsen's (2023).
Legend: B batch, L steps, C inputs, D hidden.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid, relu, softplus

from reprocast.networks.layer import State


def positive(x: Tensor) -> Tensor:
    """The candidate's activation, x + ½ from 0 on and σ(x) below: continuous and above 0."""
    return torch.where(x >= 0, x + 0.5, torch.sigmoid(x))


def log_positive(x: Tensor) -> Tensor:
    """Its logarithm, without overflow."""
    return torch.where(x >= 0, torch.log(relu(x) + 0.5), logsigmoid(x))


def scan(log_keep: Tensor, log_new: Tensor, before: Tensor | None) -> Tensor:
    """All h of h_t = a_t · h_{t−1} + b_t from log a and log b (B, L, D) and h_0 > 0 (B, D), or none for 0.

    With A_t = Σ log a up to t: log h_t = A_t + log Σ_{s≤t} exp(log b_s − A_s).
    """
    kept = log_keep.cumsum(dim=1)
    terms = log_new - kept
    if before is not None:
        terms = torch.cat([before.log()[:, None], terms], dim=1)
    summed = torch.logcumsumexp(terms, dim=1)
    return torch.exp(kept + summed[:, -kept.shape[1] :])


class MinGru(nn.Module):
    """h' = (1 − z) ∘ h + z ∘ g(W_h x + b_h) with z = σ(W_z x + b_z)."""

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.gates = nn.Linear(inputs, 2 * hidden)

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """See `RecurrentLayer`."""
        update, candidate = self.gates(x).chunk(2, dim=-1)
        outputs = scan(
            -softplus(update), -softplus(-update) + log_positive(candidate), state[0] if state else None
        )
        return outputs, (outputs[:, -1],)


class MinLstm(nn.Module):
    """h' = f' ∘ h + i' ∘ g(W_h x + b_h), where f' = f / (f + i) and i' = i / (f + i)."""

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.gates = nn.Linear(inputs, 3 * hidden)

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """See `RecurrentLayer`."""
        forget, new, candidate = self.gates(x).chunk(3, dim=-1)
        log_ratio = softplus(-forget) - softplus(-new)  # log i − log f
        log_keep, log_new = -softplus(log_ratio), -softplus(-log_ratio)
        outputs = scan(log_keep, log_new + log_positive(candidate), state[0] if state else None)
        return outputs, (outputs[:, -1],)
