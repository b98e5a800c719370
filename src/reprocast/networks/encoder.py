"""The encoder: recurrent layers one on top of the other, the same class for every cell.

Legend: B batch, L look-back, C channels, D hidden, W width of what comes out (D, or 2·D in both directions).
"""

import torch
from torch import Tensor, nn

from reprocast.networks.layer import State
from reprocast.networks.level import Level
from reprocast.params.architecture import Architecture


class Encoder(nn.Module):
    """Levels of recurrent layers; what one hands to the next may be normalised and dropped."""

    def __init__(self, architecture: Architecture, channels: int) -> None:
        super().__init__()
        self.bidirectional, self.truncate = architecture.bidirectional, architecture.truncate
        self.segments: Segments | None = None
        if architecture.segment > 1:
            self.segments = Segments(architecture.segment, channels, architecture.of_each_layer("hidden")[0])
        self.levels = nn.ModuleList()
        self.width = channels if self.segments is None else self.segments.width
        for n in range(architecture.layers):
            level = Level(architecture, n, self.width)
            self.levels.append(level)
            self.width = level.width
        """What comes out (W)."""

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """From x (B, L, C) to the top layer's outputs (B, L, W) and the one after the last step (B, W).

        With segments of w steps there are L / w outputs.

        Args:
            x: sequences; shorter ones are padded on the right.
            lengths: steps of each sequence that count (B,); none: all. Nothing depends on the padding.
        """
        if self.segments is not None:
            if lengths is not None:
                raise ValueError("segments are cut from sequences of one length; take segment: 1")
            x = self.segments(x)
        states: list[State | None] = [None] * len(self.levels)
        outputs = []
        for chunk in torch.split(x, self._chunks(x.shape[1]), dim=1):
            out, after = self.run(chunk, states, lengths)
            outputs.append(out)
            states = [None if state is None else tuple(part.detach() for part in state) for state in after]
        top = torch.cat(outputs, dim=1)
        return top, self._last(top, lengths)

    def _chunks(self, steps: int) -> list[int]:
        """Lengths of the pieces that gradients stay within; the first is the short one, so that what the
        newest output is made of reaches back as far as it may.
        """
        longest = self.truncate or steps
        short = steps % longest
        return ([short] if short else []) + [longest] * (steps // longest)

    def run(
        self, x: Tensor, states: list[State | None], lengths: Tensor | None = None
    ) -> tuple[Tensor, list[State | None]]:
        """From a piece of the sequence and each level's state before it to outputs and states after it."""
        after: list[State | None] = []
        for level, state in zip(self.levels, states, strict=True):
            x, state = level(x, state, lengths)
            after.append(state)
        return x, after

    def _last(self, top: Tensor, lengths: Tensor | None) -> Tensor:
        """What has read the whole sequence: forwards after its last step, backwards after its first."""
        end = top[:, -1] if lengths is None else top[torch.arange(len(top)), lengths - 1]
        if not self.bidirectional:
            return end
        half = self.width // 2
        return torch.cat([end[:, :half], top[:, 0, half:]], dim=1)

    def multiply_adds(self, look_back: int) -> int:
        """Of L steps through all levels."""
        cut = 0
        if self.segments is not None:
            look_back, cut = self.segments.count(look_back), self.segments.multiply_adds(look_back)
        return cut + sum(level.multiply_adds(look_back) for level in self.levels)  # type: ignore[operator]

    def steps(self, look_back: int) -> int:
        """Outputs of a sequence of L steps."""
        return look_back if self.segments is None else self.segments.count(look_back)


class Segments(nn.Module):
    """Reads w steps as one input, through a linear map and a rectifier (Lin et al. 2023).

    Segments are counted back from the newest step; what is left over at the beginning is not read.
    """

    def __init__(self, steps: int, channels: int, width: int) -> None:
        super().__init__()
        self.steps, self.width = steps, width
        self.linear = nn.Linear(steps * channels, width)

    def forward(self, x: Tensor) -> Tensor:
        """From x (B, L, C) to segments (B, L // w, width)."""
        B, count = x.shape[0], self.count(x.shape[1])
        read = x[:, x.shape[1] - count * self.steps :].reshape(B, count, -1)
        return torch.relu(self.linear(read))

    def count(self, steps: int) -> int:
        """Whole segments in so many steps."""
        return steps // self.steps

    def multiply_adds(self, steps: int) -> int:
        """Of the linear map."""
        return self.count(steps) * self.linear.in_features * self.width
