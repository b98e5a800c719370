"""Windows that are never copied: the values once, unscaled, and an integer start for each window.

Legend: B batch, L look-back, H horizon, C channels, K targets, F future covariates, N series, T rows.
A window with start s sees rows s … s+L−1 and forecasts rows s+L … s+L+H−1, all of one series; its
cutoff (origin) is row s+L−1. Channels stand in the order target, past, future.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from reprocast.panel import Times

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Channels:
    """Names of the channels (C) by role; their order in `values` is target, past, future."""

    target: tuple[str, ...]
    past: tuple[str, ...] = ()
    future: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All channels in order (C,)."""
        return self.target + self.past + self.future

    @property
    def future_index(self) -> slice:
        """Where the future covariates stand among the channels."""
        return slice(len(self.target) + len(self.past), len(self.names))


@dataclass(frozen=True)
class Fold:
    """One fold: its scaler, fitted on its training steps only, and the windows of each split."""

    loc: Floats
    """Subtracted before scaling (N, C)."""
    scale: Floats
    """Divided by (N, C)."""
    season_error: Floats
    """Mean absolute seasonal difference of the targets over the training steps (N, K); MASE's unit."""
    starts: Mapping[str, Ints]
    """Starts of the windows of `train`, `validation` and `test` (M,), increasing."""
    bounds: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    """First and last time a split may forecast, by split."""
    left_out: Mapping[str, Ints] = field(default_factory=dict)
    """Windows left out for missing values per series (N,), by split."""


@dataclass(frozen=True)
class Windows:
    """Everything between the panel and the networks."""

    values: Floats
    """Unscaled values (T, C), usually memory-mapped."""
    ds: Times
    """Time of each row (T,)."""
    ids: tuple[str, ...]
    """Names of the series (N,)."""
    offsets: Ints
    """Row where each series begins, and the end (N+1,)."""
    channels: Channels
    """Names of the channels."""
    features: Channels
    """The columns as params.yaml names them; a feature may have become several channels."""
    look_back: int
    horizon: int
    season: int
    calendar: str
    folds: Mapping[int, Fold]
    """Folds by number, from 0."""
    embargo: int = 0
    """Grid times between the target spans of two splits."""


@dataclass(frozen=True)
class Batch:
    """Scaled examples."""

    past: Floats
    """What is seen (B, L, C)."""
    future: Floats
    """What is known ahead (B, H, F)."""
    target: Floats
    """What is to be forecast (B, H, K)."""
    series: Ints
    """Index of each example's series (B,)."""


def series_of(windows: Windows, starts: Ints) -> Ints:
    """Index of the series of each window (M,)."""
    return np.searchsorted(windows.offsets, starts, side="right").astype(np.int64) - 1


def counts_by_series(starts: Ints, offsets: Ints) -> Ints:
    """How many of the windows (M,) lie in each series (N,); `starts` increase, `offsets` are (N+1,)."""
    return np.diff(np.searchsorted(starts, offsets)).astype(np.int64)


def gather(windows: Windows, fold: Fold, starts: Ints) -> Batch:
    """The windows at `starts` (B,), scaled: one indexing operation, no loop over windows.

    A window's rows lie side by side in `values`, so it is one run of (L+H)·C numbers; copying runs is
    faster than copying rows, and scaling happens in the copy. `past`, `future` and `target` are views of it.
    """
    steps, C = windows.look_back + windows.horizon, len(windows.channels.names)
    runs = sliding_window_view(np.asarray(windows.values).reshape(-1), steps * C)
    scaled = runs[starts * C].reshape(-1, steps, C)  # -> (B, L+H, C)
    series = series_of(windows, starts)
    scaled -= fold.loc[series, None]
    scaled /= fold.scale[series, None]
    seen, ahead = scaled[:, : windows.look_back], scaled[:, windows.look_back :]
    n_targets = len(windows.channels.target)
    return Batch(seen, ahead[:, :, windows.channels.future_index], ahead[:, :, :n_targets], series)
