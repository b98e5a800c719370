"""A fold: what its training steps teach the scaler, and which windows each split holds.

Legend: N series, T rows, C channels, K targets, M windows.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from reprocast.data.admissible import Mask, Series, rows_within
from reprocast.data.held import Held, Shape, held
from reprocast.data.scaling import fit_scaler
from reprocast.data.splitting import Span
from reprocast.data.windows import Floats, Fold, Ints
from reprocast.errors import DataError
from reprocast.panel import Times, time_text


def make_fold(series: Series, spans: Mapping[str, Span], shape: Shape) -> Fold:
    """The fold with these target spans.

    A window that holds a row it may not is left out and counted, and so are those of a series without a
    training value in each channel.

    Raises:
        DataError: a split without windows.
    """
    rows = {name: rows_within(span, series) for name, span in spans.items()}
    training, K = rows["train"], len(series.channels.target)
    mean, deviation = fit_scaler(series.values, training, "standard")
    trained: Mask = np.logical_not(np.isnan(mean).any(axis=1))
    windows = held(series, rows, shape, trained)
    refuse_empty_splits(windows, series.grid, spans, shape)
    loc, scale = _scaler(series, training, shape, (mean, deviation))
    return Fold(
        loc=_usable(loc, trained, 0.0),
        scale=_usable(scale, trained, 1.0),
        starts=windows.starts,
        bounds={name: _bounds(series.grid, span) for name, span in spans.items()},
        left_out=windows.left_out,
        purged=windows.purged,
        score_loc=_usable(mean[:, :K], trained, 0.0),
        score_scale=_usable(deviation[:, :K], trained, 1.0),
    )


def _scaler(
    series: Series, training: Ints, shape: Shape, standard: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """What inputs are scaled with (N, C); what says whether a value was observed stays as it is."""
    loc, scale = standard
    if (shape.scaling, shape.over) != ("standard", "series"):
        loc, scale = fit_scaler(series.values, training, shape.scaling, shape.over)
    observed = np.zeros(loc.shape[1], np.bool_)
    observed[series.channels.observed_index] = True
    return np.where(observed, 0.0, loc), np.where(observed, 1.0, scale)


def _usable(numbers: Floats, trained: Mask, instead: float) -> Floats:
    """The numbers (N, C) of series that were trained on, and something finite for the others."""
    return np.where(trained[:, None], numbers, instead)


def _bounds(grid: Times, span: Span) -> tuple[Any, Any]:
    """First and last time that may be forecast, in a span that holds a window."""
    return grid[span.begin], grid[span.end - 1]


def refuse_empty_splits(windows: Held, grid: Times, spans: Mapping[str, Span], shape: Shape) -> None:
    """Raises when a split holds no window.

    Raises:
        DataError: naming the split, why, and the remedy.
    """
    for name, starts in windows.starts.items():
        if not len(starts):
            lost = windows.left_out[name].sum()
            because = f" ({lost} left out for missing values)" if lost else ""
            raise DataError(
                f"split {name}{_of_fold(grid, spans)}: holds no window of {shape}{because}; {_remedy(name)}"
            )


def _of_fold(grid: Times, spans: Mapping[str, Span]) -> str:
    """Which fold it is, where it is not the last."""
    end = spans["test"].end
    return f" of the fold that ends {time_text(grid[end - 1])}" if 0 < end < len(grid) else ""


def _remedy(split: str) -> str:
    if split == "train":
        return "begin with earlier data, or make the other splits, window.embargo or window.look_back shorter"
    return f"make split.{split} longer or window.look_back shorter"
