"""The forecaster: encoder, decoder and head put together from one entry of `architectures`.

Legend: B batch, L look-back, H horizon, C channels, S static and F future covariates, K targets, D hidden.
"""

from dataclasses import replace
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from reprocast.data.sizes import Sizes
from reprocast.networks import paths
from reprocast.networks.decoders import Encoded, decoder_of
from reprocast.networks.encoder import Encoder
from reprocast.networks.families import Point
from reprocast.networks.heads import Answer
from reprocast.networks.instance import Own, own
from reprocast.params.architecture import Architecture


class Inputs(Protocol):
    """What a forecaster reads of a batch."""

    @property
    def past(self) -> Tensor:
        """What is seen (B, L, C); targets and past covariates stand first."""
        ...

    @property
    def future(self) -> Tensor:
        """What is known ahead (B, H, F)."""
        ...

    @property
    def static(self) -> Tensor:
        """What does not change in time (B, S)."""
        ...

    @property
    def series(self) -> Tensor:
        """Which series each example is of (B,)."""
        ...

    @property
    def target(self) -> Tensor:
        """The truth (B, H, K), which only a decoder in training may be told."""
        ...


class Forecaster(nn.Module):
    """A recurrent network that forecasts every step of the horizon from the state after the last one seen.

    Static covariates and what is learned of a series stand beside the channels at every step seen.
    """

    def __init__(self, architecture: Architecture, sizes: Sizes) -> None:
        super().__init__()
        a = architecture
        self.look_back = a.look_back or sizes.look_back
        self.sizes = sizes = replace(sizes, look_back=self.look_back)
        beside = sizes.static + a.series_embedding
        self.encoder = Encoder(a, sizes.channels + beside)
        self.decoder: Any = decoder_of(a, self.encoder.width, sizes)
        self.head = Answer(self.decoder.width, sizes.targets, self.decoder.maps, a.head)
        self.paths = nn.ModuleList(paths.PATHS[name](sizes) for name in a.decoder.paths)
        self.series = nn.Embedding(sizes.series, a.series_embedding) if a.series_embedding else None
        self.instance, self._paths = a.instance, a.decoder.paths
        self.draws = a.decoder.kind == "autoregressive" or a.state_dropout > 0
        """Whether training draws at random beside dropout."""

    def forward(self, batch: Inputs) -> Tensor:
        """Scaled answers: point forecasts (B, H, K), or the numbers (B, H, K, P) of the head's family."""
        seen, mine = self._seen(batch.past[:, -self.look_back :])
        targets = seen[:, :, : self.sizes.targets]
        states, last = self.encoder(self.beside(seen, batch))
        truth = self._truth(batch.target, mine) if self.training else None
        answer = self.answer(Encoded(states, last, targets[:, -1], truth), targets, batch.future)
        if mine is not None:
            answer = self.family.moved(answer, *(part.expand(answer.shape[:3]) for part in mine))
        return self.family.mean(answer) if isinstance(self.family, Point) else answer

    def answer(self, encoded: Encoded, targets: Tensor, future: Tensor) -> Tensor:
        """Settled numbers (B, H, K, P): from what the encoder found, the targets seen (B, L, K) and what is
        known ahead (B, H, F).
        """
        passing = sum(path(targets) for path in self.paths) if len(self.paths) else None

        def read(features: Tensor, h: int) -> Tensor:
            alone: Tensor = self.family.mean(self.head(features))[:, 0]
            return alone if passing is None else alone + passing[:, h]

        settled: Tensor = self.head(self.decoder(encoded, future, read))
        if passing is None:
            return settled
        moved: Tensor = self.family.moved(settled, passing, torch.ones_like(passing))
        return moved

    def _seen(self, past: Tensor) -> tuple[Tensor, Own | None]:
        """What the encoder reads (B, L, C), and each window's own scale of the targets."""
        first = past[:, :, : self.sizes.past]
        mine = own(self.instance, first)
        if mine is None:
            return past, None
        relative = (first - mine.loc) / mine.scale
        return torch.cat([relative, past[:, :, self.sizes.past :]], dim=2), mine.of_targets(
            self.sizes.targets
        )

    def beside(self, seen: Tensor, batch: Inputs) -> Tensor:
        """What is seen, with what does not change at every step (B, L, C + S + embedding)."""
        parts = [batch.static] if self.sizes.static else []
        parts += [self.series(batch.series)] if self.series is not None else []
        if not parts:
            return seen
        still = torch.cat(parts, dim=1)
        return torch.cat([seen, still[:, None].expand(-1, seen.shape[1], -1)], dim=2)

    def _truth(self, target: Tensor, mine: Own | None) -> Tensor:
        return target if mine is None else (target - mine.loc) / mine.scale

    @property
    def family(self) -> Any:
        """What the head answers with."""
        return self.head.family

    def at(self, progress: float) -> None:
        """Tells the decoder which part of training (0 to 1) is over."""
        if hasattr(self.decoder, "at"):
            self.decoder.at(progress)

    def multiply_adds(self, look_back: int) -> int:
        """Multiplications with addition in the matrix products of one window's forecast."""
        steps = min(self.look_back, look_back)
        states = self.encoder.steps(steps)
        read = self.decoder.multiply_adds(states) + self.head.multiply_adds(self.sizes.horizon)
        return self.encoder.multiply_adds(steps) + int(read) + paths.multiply_adds(self._paths, self.sizes)


def parameters(network: nn.Module) -> int:
    """Numbers that training fits."""
    return sum(parameter.numel() for parameter in network.parameters())
