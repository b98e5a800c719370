"""A recurrent decoder: a layer that runs over the horizon, with or without its own forecasts and attention.

Cho et al. (2014), Sutskever et al. (2014). Legend: B batch, L steps seen, H horizon, W width of the encoder's
states, D hidden units of the decoder, F future covariates, K targets.
"""

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from reprocast.data.sizes import Sizes
from reprocast.networks.attention import ATTENTIONS, look
from reprocast.networks.cells import CELLS
from reprocast.networks.layer import State, parts_of
from reprocast.params.decoder import Decoder as DecoderBlock
from reprocast.params.encoder import CellName

if TYPE_CHECKING:
    from reprocast.networks.decoders import Encoded, Readout


class UnrolledDecoder(nn.Module):
    """Step h of the decoder reads how far ahead it is, what is known of that step and, as declared, more.

    autoregressive: the forecast of the step before, the first step the newest observation. In training the
    true value stands in its place for a share of the examples and steps (teacher forcing, Williams & Zipser
    1989; scheduled sampling, Bengio et al. 2015); where that was not observed, the forecast stays.
    attention: the encoder's states as the decoder's state before weighs them, read as an input and handed on.
    """

    maps = 1

    def __init__(self, cell: CellName, block: DecoderBlock, encoder: int, hidden: int, sizes: Sizes) -> None:
        super().__init__()
        self.feeds = block.kind == "autoregressive"
        self.shares = (block.teacher_forcing, block.teacher_forcing_end)
        self.share: float = block.teacher_forcing
        """Share of true values that are fed in training."""
        self.attention: Any = None
        if block.attention != "none":
            self.attention = ATTENTIONS[block.attention](hidden, encoder)
        seen = encoder if self.attention is not None else 0
        self.inputs = 1 + sizes.future + self.feeds * sizes.targets + seen
        self.layer: Any = CELLS[cell].layer(self.inputs, hidden)
        parts = parts_of(self.layer)
        self.begin: Any = nn.ModuleList([nn.Linear(encoder, hidden) for _ in range(parts)])
        self.positive = cell.startswith("min_")
        self.width, self.horizon = hidden + seen, sizes.horizon
        self._per_step = CELLS[cell].multiply_adds(self.inputs, hidden)
        self._once = parts * encoder * hidden

    def forward(self, encoded: "Encoded", future: Tensor, readout: "Readout") -> Tensor:
        """See `Decoder`."""
        features, _ = self.decode(encoded, future, readout)
        return features

    def decode(self, encoded: "Encoded", future: Tensor, readout: "Readout") -> tuple[Tensor, list[Tensor]]:
        """Features (B, H, D or D + W), and where each step looked: weights (B, L), none without attention."""
        state, previous = self._beginning(encoded.last), encoded.newest
        prepared = None if self.attention is None else self.attention.prepare(encoded.states)
        steps: list[Tensor] = []
        weights: list[Tensor] = []
        for h in range(self.horizon):
            inputs = [previous.new_full((previous.shape[0], 1), (h + 1) / self.horizon), future[:, h]]
            inputs += [previous] if self.feeds else []
            seen: list[Tensor] = []
            if self.attention is not None:
                found, where = look(self.attention.energies(state[0], prepared), encoded.states)
                seen, weights = [found], [*weights, where]
            outputs, state = self.layer(torch.cat([*inputs, *seen], dim=1)[:, None], state)
            steps.append(torch.cat([outputs[:, 0], *seen], dim=1))
            if self.feeds and h + 1 < self.horizon:
                previous = self._fed(readout(steps[-1][:, None], h), encoded.truth, h)
        return torch.stack(steps, dim=1), weights

    def _beginning(self, last: Tensor) -> State:
        """The decoder's first state from the encoder's last (B, W)."""
        squash = torch.sigmoid if self.positive else torch.tanh
        return tuple(squash(part(last)) for part in self.begin)

    def _fed(self, forecast: Tensor, truth: Tensor | None, h: int) -> Tensor:
        """What the next step is told of step h (B, K)."""
        if truth is None or not self.training:
            return forecast
        chosen = torch.rand(len(forecast), 1, device=forecast.device) < self.share
        return torch.where(chosen & ~truth[:, h].isnan(), truth[:, h].nan_to_num(), forecast)

    def at(self, progress: float) -> None:
        """Sets the share of true values for the part of training (0 to 1) that is over."""
        first, last = self.shares
        self.share = first + (last - first) * progress

    def multiply_adds(self, look_back: int) -> int:
        """The beginning once, the layer's products at every step, and attention's."""
        looked = 0
        if self.attention is not None:
            each = look_back * (self.width - self.layer_width)
            looked = self.attention.multiply_adds(look_back, self.horizon) + self.horizon * each
        return self._once + self.horizon * self._per_step + looked

    @property
    def layer_width(self) -> int:
        """Units of the recurrent layer (D)."""
        return int(self.begin[0].out_features)
