"""Decoders: from what the encoder found to features of each step of the horizon.

Every step starts from the state after the newest observation. (Decoding step k from the state after
observation L − H + k, as some libraries do, hides the last H − 1 observations from the first step.)
Legend: B batch, L steps seen, H horizon, W width of the encoder's states, F future covariates, E features.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from reprocast.data.sizes import Sizes
from reprocast.networks.positional import PositionalDecoder
from reprocast.networks.unrolled import UnrolledDecoder
from reprocast.params.architecture import Architecture


@dataclass(frozen=True)
class Encoded:
    """What a decoder begins with."""

    states: Tensor
    """The encoder's top states (B, L, W)."""
    last: Tensor
    """The one that has read everything (B, W)."""
    newest: Tensor
    """The targets' last values seen (B, K)."""
    truth: Tensor | None
    """The targets ahead (B, H, K), in training only."""


Readout = Callable[[Tensor, int], Tensor]
"""From the features (B, 1, E) of step h, and h, to its point forecast (B, K)."""


class Decoder(Protocol):
    """From what the encoder found to features."""

    width: int
    """Features of a step (E)."""
    maps: int
    """How many different maps read the features; step h is read by map h modulo this."""

    def __call__(self, encoded: Encoded, future: Tensor, readout: Readout) -> Tensor:
        """Features (B, H, E) from what was found and what is known ahead (B, H, F)."""
        ...

    def multiply_adds(self, look_back: int) -> int:
        """Of one window, whose states number `look_back`."""
        ...


class DirectDecoder(nn.Module):
    """All steps at once, each from the state after the last observation and its own future covariates.

    Step h has features g_h ∘ (W s) + V f_h + e_h, where s is the state, f_h the covariates known for that
    step, and g_h and e_h a gain and an offset of its own. Read by a linear head this is a linear map of the
    state a step; on daily volatility it reached a lower validation loss with all three cells than the same
    with a tanh around it, and than one plain matrix from the state to all steps.
    """

    maps = 1

    def __init__(self, hidden: int, future: int, horizon: int) -> None:
        super().__init__()
        self.width = hidden
        self.state = nn.Linear(hidden, hidden, bias=False)
        self.future = nn.Linear(future, hidden, bias=False) if future else None
        self.gain = nn.Parameter(torch.ones(horizon, hidden))
        self.offset = nn.Parameter(torch.zeros(horizon, hidden))

    def forward(self, encoded: Encoded, future: Tensor, readout: Readout) -> Tensor:  # noqa: ARG002
        """See `Decoder`."""
        features: Tensor = self.state(encoded.last)[:, None] * self.gain + self.offset  # -> (B, H, D)
        if self.future is not None:
            features = features + self.future(future)
        return features

    def multiply_adds(self, look_back: int) -> int:  # noqa: ARG002
        """D² for the state, once; H · D for the gains and H · F · D for the covariates."""
        horizon, hidden = self.gain.shape
        covariates = 0 if self.future is None else self.future.in_features
        return hidden * hidden + horizon * hidden * (1 + covariates)


def decoder_of(architecture: Architecture, width: int, sizes: Sizes) -> Decoder:
    """The decoder that an architecture names, behind an encoder of this width."""
    d = architecture.decoder
    if d.kind == "direct":
        return DirectDecoder(width, sizes.future, sizes.horizon)
    if d.kind == "positional":
        return PositionalDecoder(architecture.cell, width, d.piece or sizes.horizon, sizes)
    hidden = d.hidden or architecture.of_each_layer("hidden")[-1]
    return UnrolledDecoder(architecture.cell, d, width, hidden, sizes)
