"""Climatology: each step ahead is what training had on average at the same point of the calendar.

Hyndman & Athanasopoulos, Forecasting: Principles and Practice (3rd ed.), section 5.2, call the mean of all
the mean method; here it is taken in each series at each point of the calendar, as far as the features under
columns.future (or `by`) tell points apart. A point that training has not shown (29 February) has the mean of
the nearest; with `steps` the mean is of so many nearest points. Legend: N series, P points, A channels of the
calendar, M points asked for.
"""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from reprocast.baselines.training_rows import training_rows
from reprocast.data.transforms import CALENDAR
from reprocast.data.windows import Batch, Channels, Floats, Fold, Ints, Windows
from reprocast.model import Description

DECIMALS = 9
"""Of a point's coordinates on the unit circles: what differs behind them is rounding."""
FIGURES = 12
_CHUNK = 256


def forecast(batch: Batch, model: Description) -> Floats:
    """Forecasts (B, H, K) from what the calendar says of each step ahead."""
    at = _calendar(model.channels.future, model.block["by"])
    channels = len(model.channels.target + model.channels.past + model.channels.observed)
    columns = channels + np.asarray(at)
    loc, scale = (np.asarray(part)[batch.series][:, None, columns] for part in (model.loc, model.scale))
    ahead = batch.future[:, :, at] * scale + loc  # -> (B, H, A)
    flat = ahead.reshape(-1, len(at)).round(DECIMALS)
    places, which = np.unique(flat, axis=0, return_inverse=True)
    nearest = _nearest(places, np.asarray(model.fitted["points"]), 1)[which.ravel(), 0].reshape(
        ahead.shape[:2]
    )
    means = np.asarray(model.fitted["means"])[batch.series[:, None], nearest]
    result: Floats = (means - batch.loc[:, None]) / batch.scale[:, None]
    return result


def fit(windows: Windows, fold: Fold, block: dict[str, Any]) -> dict[str, Any]:
    """`points` (P, A) of the calendar and `means` (N, P, K) of the targets there, in their units."""
    rows = training_rows(windows, fold)
    first, K = windows.channels.future_index.start, len(windows.channels.target)
    where = np.asarray(
        windows.values[rows][:, [first + n for n in _calendar(windows.channels.future, block["by"])]]
    )
    points, at = np.unique(where.round(DECIMALS), axis=0, return_inverse=True)
    series = np.searchsorted(windows.offsets, rows, side="right") - 1
    values = _observed(windows.values[rows], windows.channels)
    sums, counts = np.zeros((2, len(windows.ids), len(points), K))
    np.add.at(sums, (series, at.ravel()), np.nan_to_num(values))
    np.add.at(counts, (series, at.ravel()), ~np.isnan(values))
    means = _means(sums, counts, points, block["steps"] or 1)
    return {"points": points.tolist(), "means": [[_rounded(row) for row in rows] for rows in means]}


def _observed(values: Floats, channels: Channels) -> Floats:
    """Targets (R, K) of rows (R, C), NaN where one was filled in (window.missing mask)."""
    K = len(channels.target)
    if not channels.observed:
        return values[:, :K]
    return np.where(values[:, channels.observed_index][:, :K] > 0, values[:, :K], np.nan)


def _means(sums: Floats, counts: Floats, points: Floats, steps: int) -> Floats:
    """Means (N, P, K) over the `steps` points nearest to each; without a value there, of the series."""
    near = _nearest(points, points, steps)  # -> (P, steps)
    total, count = sums[:, near].sum(axis=2), counts[:, near].sum(axis=2)
    overall = sums.sum(axis=1) / np.maximum(counts.sum(axis=1), 1)  # -> (N, K)
    found: Floats = np.where(count > 0, total / np.maximum(count, 1), overall[:, None])
    return found


def _nearest(where: Floats, points: Floats, steps: int) -> Ints:
    """Indices (M, steps) of the points (P, A) nearest to each of (M, A); of equally near ones the first."""
    parts = []
    for first in range(0, len(where), _CHUNK):
        some = where[first : first + _CHUNK]
        squared = np.square(some).sum(axis=1)[:, None] + np.square(points).sum(axis=1) - 2 * some @ points.T
        parts.append(np.argsort(squared.round(DECIMALS), axis=1, kind="stable")[:, :steps])
    return np.concatenate(parts).astype(np.int64)


def _calendar(future: Sequence[str], by: Collection[str] | None) -> list[int]:
    """Positions among the future channels of the calendar's, all or those of the features in `by`."""
    names = {f"{name}_{part}" for name in by or CALENDAR for part in ("sin", "cos")}
    return [n for n, channel in enumerate(future) if channel in names]


def _rounded(row: Floats) -> list[float]:
    return [float(f"{value:.{FIGURES}g}") for value in row]
