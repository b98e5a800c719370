"""The forecaster: encoder, decoder and head put together from one entry of `architectures`.

Legend: B batch, L look-back, H horizon, C channels, F future covariates, S static, K targets, D hidden.
"""

from typing import Protocol

import torch
from torch import Tensor, nn

from reprocast.networks.decoders import DirectDecoder
from reprocast.networks.encoder import Encoder
from reprocast.networks.heads import PointHead
from reprocast.params.architecture import Architecture


class Inputs(Protocol):
    """What a forecaster reads of a batch."""

    @property
    def past(self) -> Tensor:
        """What is seen (B, L, C)."""
        ...

    @property
    def future(self) -> Tensor:
        """What is known ahead (B, H, F)."""
        ...

    @property
    def static(self) -> Tensor:
        """What does not change in time (B, S)."""
        ...


class Forecaster(nn.Module):
    """A recurrent network that forecasts every step of the horizon from the state after the last one seen.

    Static covariates stand beside the channels at every step seen.
    """

    def __init__(
        self,
        architecture: Architecture,
        channels: int,
        targets: int,
        future: int,
        horizon: int,
        static: int = 0,
    ) -> None:
        super().__init__()
        self.encoder = Encoder(architecture, channels + static)
        self.decoder = DirectDecoder(self.encoder.width, future, horizon)
        self.head = PointHead(self.encoder.width, targets)
        self.horizon = horizon

    def forward(self, batch: Inputs) -> Tensor:
        """Scaled forecasts (B, H, K)."""
        _, last = self.encoder(_beside(batch.past, batch.static))  # -> (B, D)
        outputs: Tensor = self.head(self.decoder(last, batch.future))
        return outputs

    def multiply_adds(self, look_back: int) -> int:
        """Multiplications with addition in the matrix products of one window's forecast."""
        seen = self.encoder.multiply_adds(look_back)
        return seen + self.decoder.multiply_adds() + self.head.multiply_adds(self.horizon)


def _beside(past: Tensor, static: Tensor) -> Tensor:
    """What is seen, with what does not change at every step (B, L, C+S)."""
    if not static.shape[1]:
        return past
    return torch.cat([past, static[:, None].expand(-1, past.shape[1], -1)], dim=2)


def parameters(network: nn.Module) -> int:
    """Numbers that training fits."""
    return sum(parameter.numel() for parameter in network.parameters())
