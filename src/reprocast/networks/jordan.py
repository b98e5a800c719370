"""Recurrence from output to hidden units (Jordan 1986): a step is told what the one before put out.

Legend: B batch, L steps, C inputs, D hidden; a layer puts out as many numbers as it has hidden units.
"""

import torch
from torch import Tensor, nn

from reprocast.networks.layer import State, zeros


class Jordan(nn.Module):
    """h' = tanh(W x + U y + b), where y = V h + c is what the step before put out.

    Told the outputs, all steps are computed at once (`told`); left to itself, each waits for the one before.
    """

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.hidden = hidden
        self.from_input = nn.Linear(inputs, hidden)
        self.from_output = nn.Linear(hidden, hidden, bias=False)
        self.output = nn.Linear(hidden, hidden)

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """See `RecurrentLayer`; the state is h."""
        (h,), given = state or self.beginning(x), self.from_input(x)
        steps = []
        for t in range(x.shape[1]):
            h = torch.tanh(given[:, t] + self.from_output(self.output(h)))
            steps.append(h)
        return torch.stack(steps, dim=1), (h,)

    def told(self, x: Tensor, before: Tensor) -> Tensor:
        """All h (B, L, D) from x (B, L, C) and the outputs of the steps before (B, L, D), in parallel."""
        return torch.tanh(self.from_input(x) + self.from_output(before))

    def beginning(self, x: Tensor) -> State:
        """Zeros."""
        return (zeros(x, self.hidden),)
