"""The windows that the splits of a fold hold, and how many they do not. Legend: N series, M windows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from reprocast.data.admissible import Mask, Series, admitted, refused, starts_of, touching
from reprocast.data.starts import Starts
from reprocast.data.windows import Ints


@dataclass(frozen=True)
class Shape:
    """What a fold needs to know of a window."""

    look_back: int
    horizon: int
    scaling: str
    over: str = "series"
    """window.scaling_over."""

    @property
    def steps(self) -> int:
        """Rows of a window (L+H)."""
        return self.look_back + self.horizon

    def __str__(self) -> str:
        return f"{self.look_back} + {self.horizon} steps"


@dataclass
class Held:
    """By split: starts of the windows (M,), and per series (N,) those left out and those purged."""

    starts: dict[str, Starts] = field(default_factory=dict)
    left_out: dict[str, Ints] = field(default_factory=dict)
    purged: dict[str, Ints] = field(default_factory=dict)


def held(series: Series, rows: Mapping[str, Ints], shape: Shape, trained: Mask) -> Held:
    """What splits hold whose spans are these rows (N, 2), in order of time.

    A window whose target span lies in a split is in it, unless it holds a row it may not, or its series is
    not `trained` (N,): then it is left out. One whose target span crosses an end of a split's span is
    purged, and counted for the first split it touches.
    """
    found, L, H = Held(), shape.look_back, shape.horizon
    untrained = np.stack([series.offsets[:-1], series.offsets[1:]], axis=1)[~trained]
    forbidden = np.concatenate([refused(series, L, H), untrained])
    counted = np.zeros(len(series.ids), np.int64)
    for name, own in rows.items():
        inside, touched = admitted(own, series.offsets, L, H), touching(own, series.offsets, L, H)
        found.starts[name] = starts_of(inside, forbidden, series.offsets)
        possible = inside[:, 1] - inside[:, 0]
        found.left_out[name] = possible - found.starts[name].by_series(series.offsets)
        new = touched[:, 1] - np.maximum(touched[:, 0], counted)
        found.purged[name] = np.maximum(new, 0) - possible
        counted = np.maximum(counted, touched[:, 1])
    return found
