"""Windows that are never copied: the values once, unscaled, and runs of rows at which windows start.

Legend: B batch, L look-back, H horizon, C channels, K targets, F future covariates, S static, N series,
T rows. A window with start s sees rows s … s+L−1 and forecasts rows s+L … s+L+H−1, all of one series; its
cutoff (origin) is row s+L−1. Channels stand in the order target, past, observed, future.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from reprocast.data.history import History
from reprocast.data.scaling import own_scale
from reprocast.data.starts import Starts
from reprocast.panel import Times

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CHUNK = 1024  # windows gathered at once where only their scale is asked for


def _none() -> Floats:
    return np.empty((0, 0))


@dataclass(frozen=True)
class Channels:
    """Names of the channels (C) by role; their order in `values` is target, past, observed, future."""

    target: tuple[str, ...]
    past: tuple[str, ...] = ()
    future: tuple[str, ...] = ()
    observed: tuple[str, ...] = ()
    """Under window.missing `mask`: 1 where each target, then each past channel was observed, 0 where not."""
    static: tuple[str, ...] = ()
    """Names of the columns of `Windows.static` (S); not among the channels."""

    @property
    def names(self) -> tuple[str, ...]:
        """All channels in order (C,)."""
        return self.target + self.past + self.observed + self.future

    @property
    def observed_index(self) -> slice:
        """Where the channels stand that say what was observed."""
        begin = len(self.target) + len(self.past)
        return slice(begin, begin + len(self.observed))

    @property
    def future_index(self) -> slice:
        """Where the future covariates stand among the channels."""
        return slice(self.observed_index.stop, len(self.names))


@dataclass(frozen=True)
class Fold:
    """One fold: its scaler, fitted on its training steps only, and the windows of each split."""

    loc: Floats
    """Subtracted before scaling (N, C)."""
    scale: Floats
    """Divided by (N, C)."""
    starts: Mapping[str, Starts]
    """Starts of the windows of `train`, `validation` and `test` (M,), increasing."""
    bounds: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    """First and last time a split may forecast, by split."""
    left_out: Mapping[str, Ints] = field(default_factory=dict)
    """Windows left out for missing values per series (N,), by split."""
    purged: Mapping[str, Ints] = field(default_factory=dict)
    """Windows whose target span crosses an end of the split's span, per series (N,), by split."""
    score_loc: Floats = field(default_factory=_none)
    """Mean of the targets' training values (N, K), whatever window.scaling is: zero of the scores' scale."""
    score_scale: Floats = field(default_factory=_none)
    """Deviation of the targets' training values (N, K): the unit of scaled scores."""


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
    refit: bool = True
    """split.refit: whether each fold has a scaler and models of its own, or all have the first fold's."""
    embargo: int = 0
    """Grid times between the target spans of two splits."""
    scaling: str = "standard"
    """window.scaling."""
    missing: str = "leave_out"
    """window.missing."""
    fill_steps: int = 3
    """window.fill_steps."""
    static: Floats = field(default_factory=_none)
    """Static covariates, ready for a network (N, S)."""
    skipped: Mapping[str, str] = field(default_factory=dict)
    """Series that were left out, by name, and why."""


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
    static: Floats = field(default_factory=_none)
    """Static covariates (B, S)."""
    loc: Floats = field(default_factory=_none)
    """What scaled forecasts lack besides `scale` to be in the targets' units (B, K)."""
    scale: Floats = field(default_factory=_none)
    """What a scaled forecast is multiplied with to be in the targets' units (B, K)."""
    history: History = field(default_factory=History)
    """All steps of each example's series up to its cutoff, for methods that are fitted anew there."""


def series_of(windows: Windows, starts: Ints) -> Ints:
    """Index of the series of each window (M,)."""
    return np.searchsorted(windows.offsets, starts, side="right").astype(np.int64) - 1


def gather(windows: Windows, fold: Fold, starts: Ints | Starts) -> Batch:
    """The windows at `starts` (B,), scaled: one indexing operation, no loop over windows.

    A window's rows lie side by side in `values`, so it is one run of (L+H)·C numbers; copying runs is
    faster than copying rows, and scaling happens in the copy. Targets that were not observed become NaN.
    """
    channels, L = windows.channels, windows.look_back
    steps, C, K = L + windows.horizon, len(channels.names), len(channels.target)
    runs = sliding_window_view(np.asarray(windows.values).reshape(-1), steps * C)
    rows = np.asarray(starts)
    scaled = runs[rows * C].reshape(-1, steps, C)  # -> (B, L+H, C)
    series = series_of(windows, rows)
    loc, scale = _scaler(windows, fold, series, scaled[:, :L])
    scaled -= loc[:, None]
    scaled /= scale[:, None]
    ahead = scaled[:, L:]
    return Batch(
        past=scaled[:, :L],
        future=ahead[:, :, channels.future_index],
        target=_target(ahead, channels),
        series=series,
        static=windows.static[series] if windows.static.size else np.empty((len(series), 0)),
        loc=loc[:, :K],
        scale=scale[:, :K],
        history=history_of(windows, rows),
    )


def history_of(windows: Windows, starts: Ints) -> History:
    """The targets up to the cutoffs of the windows at `starts` (B,)."""
    K, first = len(windows.channels.target), windows.channels.observed_index.start
    begins = windows.offsets[series_of(windows, starts)]
    observed = windows.values[:, first : first + K] if windows.channels.observed else None
    return History(windows.values[:, :K], begins, starts + windows.look_back - 1, observed)


def _scaler(windows: Windows, fold: Fold, series: Ints, seen: Floats) -> tuple[Floats, Floats]:
    """What to subtract and divide by (B, C): the fold's, or of each look-back (B, L, C) its own."""
    loc, scale = fold.loc[series], fold.scale[series]
    if windows.scaling == "window":
        own = slice(0, windows.channels.observed_index.start)  # targets and past covariates
        loc[:, own], scale[:, own] = own_scale(seen[:, :, own], scale[:, own])
    return loc, scale


def _target(ahead: Floats, channels: Channels) -> Floats:
    """Targets (B, H, K) of the rows ahead (B, H, C)."""
    target = ahead[:, :, : len(channels.target)]
    if not channels.observed:
        return target
    observed = ahead[:, :, channels.observed_index][:, :, : len(channels.target)]
    return np.where(observed > 0, target, np.nan)


def unit_scaler(windows: Windows, fold: Fold, starts: Ints) -> tuple[Floats, Floats]:
    """What turns scaled forecasts of the windows at `starts` (M,) into units: loc and scale (M, K)."""
    K = len(windows.channels.target)
    if windows.scaling != "window":
        series = series_of(windows, starts)
        return fold.loc[series, :K], fold.scale[series, :K]
    loc, scale = np.empty((len(starts), K)), np.empty((len(starts), K))
    for first in range(0, len(starts), CHUNK):
        some = slice(first, first + CHUNK)
        batch = gather(windows, fold, starts[some])
        loc[some], scale[some] = batch.loc, batch.scale
    return loc, scale
