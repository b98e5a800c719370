"""The networks of all seeds, following one series: rows in units in, forecasts in units out.

Legend: L look-back, H horizon, K targets, C channels, F future covariates, Q levels, W width of the encoder's
states, w steps of a segment, n ≤ L rows.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from reprocast.data.scaling import scaled, unscaled
from reprocast.data.tensors import Tensors
from reprocast.data.windows import Floats
from reprocast.model import Description, levels_of
from reprocast.networks import streaming
from reprocast.networks.streaming import Carried
from reprocast.tasks.forecast import learn

Tops = Sequence[Tensor] | None
"""The top state (1, W) of each seed's network; none where nothing was read."""


class Seeds:
    """A model's networks with the scaler of one series."""

    def __init__(self, networks: Sequence[Any], d: Description, series: str) -> None:
        n = d.series.index(series)
        self.networks = networks
        self.levels, self.targets = levels_of(d), len(d.channels.target)
        self.loc, self.scale = np.asarray(d.loc[n]), np.asarray(d.scale[n])
        static = np.asarray(d.static[n] if n < len(d.static) else (), np.float32)
        nothing = torch.empty(1, 0, 0)
        self.still = Tensors(nothing, nothing, nothing, torch.tensor([n]), torch.from_numpy(static)[None])
        """A batch of one, of which only what does not change is read."""

    def beginning(self) -> tuple[Carried, ...]:
        """What each network begins with."""
        return tuple(streaming.beginning(network) for network in self.networks)

    def read(self, carried: Sequence[Carried], recent: Floats) -> tuple[tuple[Carried, ...], Tops]:
        """What each network hands on after one more row, and found; `recent` (n, C) ends with that row."""
        with torch.no_grad():
            after = [
                streaming.step(network, turns, self._seen(network, recent[-len(turns) :]))
                for network, turns in zip(self.networks, carried, strict=True)
            ]
        tops = [top for _, top in after if top is not None]
        return tuple(turns for turns, _ in after), tops or None

    def forecast(self, tops: Sequence[Tensor], recent: Floats, future: Floats) -> tuple[Floats, Floats]:
        """The seeds' mean forecasts (H, K) and quantiles (H, K, Q), in the targets' units.

        Args:
            tops: what each network found.
            recent: the rows of the look-back (L, C).
            future: what is known ahead (H, F).
        """
        ahead, points, levels = self._single(future, len(self.loc) - future.shape[1]), [], []
        for network, top in zip(self.networks, tops, strict=True):
            targets = self._single(recent[-network.look_back :, : self.targets], 0)
            with torch.no_grad():
                answer = streaming.answer(network, top, targets, ahead)
                points.append(learn.forecast(answer, network)[0].double().numpy())
                if self.levels:
                    levels.append(learn.quantiles(answer, network, self.levels)[0].double().numpy())
        loc, scale = self.loc[: self.targets], self.scale[: self.targets]
        mean = unscaled(np.mean(points, axis=0), loc, scale)
        if not self.levels:
            return mean, np.empty((*mean.shape, 0))
        return mean, unscaled(np.mean(levels, axis=0), loc[:, None], scale[:, None])

    def _seen(self, network: Any, rows: Floats) -> Tensor:
        """Rows (w, C) as the encoder reads them (1, w, C and what does not change)."""
        seen: Tensor = network.beside(self._single(rows, 0), self.still)
        return seen

    def _single(self, values: Floats, first: int) -> Tensor:
        """Values of the channels from `first` on, scaled, in single precision, as a batch of one."""
        own = slice(first, first + values.shape[1])
        relative = scaled(values, self.loc[own], self.scale[own])
        return torch.from_numpy(np.ascontiguousarray(relative, np.float32))[None]
