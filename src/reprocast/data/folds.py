"""A fold: what its training steps teach the scaler, and which windows each split holds.

Legend: N series, T rows, C channels, K targets, M windows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from reprocast.data.scaling import fit_scaler, refuse_unseen, season_errors
from reprocast.data.splitting import Span, starts_within, without_gaps
from reprocast.data.windows import Channels, Floats, Fold, Ints, counts_by_series
from reprocast.errors import DataError
from reprocast.panel import Times


@dataclass(frozen=True)
class Series:
    """The values of all series on the common time grid."""

    values: Floats
    """Unscaled values (T, C)."""
    ids: tuple[str, ...]
    """Names of the series (N,)."""
    offsets: Ints
    """Row where each series begins, and the end (N+1,)."""
    channels: Channels
    """Names of the channels."""
    grid: Times
    """The sorted unique times (G,)."""
    positions: Ints
    """Grid position of each row (T,)."""


@dataclass(frozen=True)
class Shape:
    """What a fold needs to know of a window."""

    look_back: int
    horizon: int
    scaling: Literal["standard", "none"]
    season: int

    @property
    def steps(self) -> int:
        """Rows of a window (L+H)."""
        return self.look_back + self.horizon

    def __str__(self) -> str:
        return f"{self.look_back} + {self.horizon} steps"


def make_fold(series: Series, spans: Mapping[str, Span], shape: Shape) -> Fold:
    """The fold with these target spans.

    A window with a missing value in any of its rows and channels is left out and counted.

    Raises:
        DataError: a series without training rows, a series without windows, or a split without windows.
    """
    starts, left_out = _starts(series, spans, shape)
    _refuse_empty_splits(starts, left_out, shape)
    training = series.positions < spans["train"].end
    refuse_unseen(series.values, series.offsets, training, series.ids, series.channels.names)
    _refuse_without_windows(series, starts, left_out, shape)
    loc, scale = fit_scaler(series.values, series.offsets, training, shape.scaling)
    targets = series.values[:, : len(series.channels.target)]
    errors = season_errors(targets, series.offsets, training, shape.season)
    bounds = {name: _bounds(series.grid, span) for name, span in spans.items()}
    return Fold(loc, scale, errors, starts, bounds, left_out)


def _starts(
    series: Series, spans: Mapping[str, Span], shape: Shape
) -> tuple[dict[str, Ints], dict[str, Ints]]:
    """By split: starts of the windows (M,), and how many were left out per series (N,)."""
    complete = np.logical_not(np.isnan(series.values).any(axis=1))
    starts, left_out = dict[str, Ints](), dict[str, Ints]()
    for name, span in spans.items():
        every = starts_within(span, series.positions, series.offsets, shape.look_back, shape.horizon)
        whole = without_gaps(every, complete, shape.steps)
        starts[name] = every[whole]
        left_out[name] = counts_by_series(every[~whole], series.offsets)
    return starts, left_out


def _bounds(grid: Times, span: Span) -> tuple[Any, Any]:
    """First and last time that may be forecast, in a span that holds a window."""
    return grid[span.begin], grid[span.end - 1]


def _refuse_empty_splits(starts: Mapping[str, Ints], left_out: Mapping[str, Ints], shape: Shape) -> None:
    for name, found in starts.items():
        if not len(found):
            remedy = "begin with earlier data" if name == "train" else f"make split.{name} longer"
            raise DataError(
                f"split {name}: holds no window of {shape}{_because(left_out[name].sum())}; "
                f"{remedy} or window.look_back shorter"
            )


def _refuse_without_windows(
    series: Series, starts: Mapping[str, Ints], left_out: Mapping[str, Ints], shape: Shape
) -> None:
    """Every series takes part: one without a window in any split is refused."""
    found = np.sum([counts_by_series(some, series.offsets) for some in starts.values()], axis=0)
    lost = np.sum(list(left_out.values()), axis=0)
    for name, rows, n_found, n_lost in zip(series.ids, np.diff(series.offsets), found, lost, strict=True):
        if not n_found:
            raise DataError(
                f"series {name}: its {rows} rows hold no window of {shape} in any split{_because(n_lost)}; "
                "give it more rows, make window.look_back shorter, or leave it out (data.series)"
            )


def _because(lost: int) -> str:
    return f" ({lost} left out for missing values)" if lost else ""
