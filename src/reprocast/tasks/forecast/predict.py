"""Forecasting from a new panel with a model's description alone.

Legend: B series forecast, L look-back, H horizon, C channels, K targets, F future covariates, S seeds.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd

from reprocast.data.channels import derive_channels, known_columns, last_seen
from reprocast.data.filling import fill
from reprocast.data.history import History
from reprocast.data.regular import reaching, refuse_off_calendar, regular
from reprocast.data.scaling import own_scale, scaled, unscaled
from reprocast.data.statics import refuse_other_categories
from reprocast.data.windows import Batch, Channels, Floats, Ints
from reprocast.errors import DataError
from reprocast.model import Description, Model, QuantileModel, levels_of
from reprocast.panel import Panel, Times, time_text
from reprocast.tasks.forecast.kept_intervals import Intervals, ends
from reprocast.tasks.forecast.refusing import (
    refuse_empty,
    refuse_missing,
    refuse_not_finite,
    refuse_unfamiliar,
)
from reprocast.tasks.forecast.strangers import with_strangers


@dataclass(frozen=True)
class Seen:
    """What is there to forecast from: each series up to its cutoff, and what is known of later steps."""

    panel: Panel
    """A row at every due time, from each series' first to H after its cutoff."""
    cutoffs: Ints
    """Row of each series' last step seen (B,)."""
    values: Floats
    """Channels at these rows, unscaled and filled as declared (T, C)."""


def forecast_panel(model: Model, panel: Panel, intervals: Intervals | None = None) -> pd.DataFrame:
    """The H steps after the last row of each series, as the mean of the model's seeds.

    Where columns are known ahead, rows at the end that hold nothing else are steps to be forecast.

    Returns:
        unique_id, cutoff, ds, target, mean and quantiles like `q-0.1`, in the target's units; H rows per
        series and target. The quantiles are the model's own where it has levels, else the ends of
        `intervals`, if such are given.

    Raises:
        DataError: a series that the model would have to know and does not, one shorter than the look-back, a
            missing value, a column that is not known as far ahead as the model forecasts, or a forecast that
            is not finite.
        ParamsError: the panel lacks a column that a channel is derived from.
    """
    refuse_empty(panel)
    description = with_strangers(model.description, panel.ids)
    series = np.asarray([description.series.index(name) for name in panel.ids], np.int64)
    _refuse_other_categories(panel, description, series)
    seen = _seen(panel, description)
    batch = _batch(seen, description, series)
    mean = unscaled(model.forecast(batch).mean(axis=0), batch.loc[:, None], batch.scale[:, None])
    refuse_not_finite(panel.ids, mean, description)
    ahead = seen.panel.ds[seen.cutoffs[:, None] + 1 + np.arange(description.horizon)]
    table = _long(panel, seen.panel.ds[seen.cutoffs], ahead, description.channels.target, mean)
    conformal = {} if intervals is None else ends(table, intervals)
    return table.assign(**(_quantiles(model, batch) or conformal))


def _quantiles(model: Model, batch: Batch) -> dict[str, Floats]:
    """A column for each of the model's levels, in the order of the rows."""
    levels = levels_of(model.description)
    if not levels:
        return {}
    scaled_quantiles = cast("QuantileModel", model).quantiles(batch).mean(axis=0)  # -> (B, H, K, Q)
    loc, scale = batch.loc[:, None, :, None], batch.scale[:, None, :, None]
    by_row = unscaled(scaled_quantiles, loc, scale).transpose(0, 2, 1, 3).reshape(-1, len(levels))
    return {f"q-{level:g}": by_row[:, n] for n, level in enumerate(levels)}


def _channels(description: Description) -> Channels:
    return Channels(**dict(description.channels))


def _refuse_other_categories(panel: Panel, description: Description, series: Ints) -> None:
    if description.features.static:
        static = np.asarray(description.static)[series]
        refuse_other_categories(panel, description.features.static, description.channels.static, static)


def _seen(panel: Panel, description: Description) -> Seen:
    """The panel's channels, up to each series' cutoff and H steps on."""
    refuse_off_calendar(panel, description.calendar)
    due, features = regular(panel, description.calendar), Channels(**dict(description.features))
    lengths = last_seen(due, features)
    _refuse_short(due, lengths, description)
    due = reaching(due, lengths, description.horizon, description.calendar)
    values, channels = derive_channels(due, features, mask=description.missing == "mask")
    _refuse_other_channels(channels, description)
    cutoffs = due.offsets[1:] - description.horizon - 1
    if known_columns(features, panel.columns):
        _refuse_unknown(values, due, cutoffs, channels)
    filled = fill(values, channels, due.offsets, description.missing, description.fill_steps, None)
    return Seen(due, cutoffs, filled.values)


def _refuse_short(panel: Panel, lengths: Ints, description: Description) -> None:
    for name, length in zip(panel.ids, lengths, strict=True):
        if length < description.look_back:
            raise DataError(
                f"series {name}: has {length} rows, but {description.name} looks back {description.look_back}"
            )


def _refuse_other_channels(channels: Channels, description: Description) -> None:
    expected = _channels(description)
    if channels.names != expected.names:
        raise DataError(
            f"the panel gives the channels {', '.join(channels.names)}, but {description.name} was trained "
            f"on {', '.join(expected.names)}; rename the panel's columns"
        )


def _refuse_unknown(values: Floats, panel: Panel, cutoffs: Ints, channels: Channels) -> None:
    """What is known ahead must reach as far as is forecast; what lacks there is not filled."""
    for n, (name, stop) in enumerate(zip(panel.ids, panel.offsets[1:], strict=True)):
        ahead = values[cutoffs[n] + 1 : stop, channels.future_index]
        for channel, known in zip(channels.future, ahead.T, strict=True):
            missing = np.flatnonzero(np.isnan(known))
            if len(missing):
                first, last = (time_text(panel.ds[row]) for row in (cutoffs[n] + 1 + missing[0], stop - 1))
                raise DataError(
                    f"series {name}, {channel}: not known at {len(missing)} of the {len(known)} steps to be "
                    f"forecast, the first {first}; give its values up to {last}"
                )


def _past(seen: Seen, description: Description, series: Ints) -> Floats:
    """The look-backs (B, L, C), unscaled, refused where they are not complete or like nothing trained on."""
    rows = seen.cutoffs[:, None] + 1 - description.look_back + np.arange(description.look_back)
    past: Floats = seen.values[rows]
    refuse_missing(seen.panel.ids, seen.panel.ds[rows], past, description)
    refuse_unfamiliar(seen.panel.ids, series, past, description)
    return past


def _batch(seen: Seen, description: Description, series: Ints) -> Batch:
    """The scaled example of each series; its targets are still to come (NaN)."""
    channels, H = _channels(description), description.horizon
    K = len(channels.target)
    past = _past(seen, description, series)
    ahead = seen.values[seen.cutoffs[:, None] + 1 + np.arange(H)]  # -> (B, H, C)
    loc, scale = _scaler(past, description, series)
    known = channels.future_index
    static = np.asarray(description.static, np.float64)
    return Batch(
        past=scaled(past, loc[:, None], scale[:, None]),
        future=scaled(ahead[:, :, known], loc[:, None, known], scale[:, None, known]),
        target=np.full((len(series), H, K), np.nan),
        series=series,
        static=static[series] if static.size else np.empty((len(series), 0)),
        loc=loc[:, :K],
        scale=scale[:, :K],
        history=_history(seen, channels),
    )


def _history(seen: Seen, channels: Channels) -> History:
    K, first = len(channels.target), channels.observed_index.start
    observed = seen.values[:, first : first + K] if channels.observed else None
    return History(seen.values[:, :K], seen.panel.offsets[:-1], seen.cutoffs, observed)


def _scaler(past: Floats, description: Description, series: Ints) -> tuple[Floats, Floats]:
    """Location and scale of the channels (B, C) for what is seen (B, L, C)."""
    loc, scale = np.asarray(description.loc)[series], np.asarray(description.scale)[series]
    if description.scaling == "window":
        own = slice(0, _channels(description).observed_index.start)
        loc[:, own], scale[:, own] = own_scale(past[:, :, own], scale[:, own])
    return loc, scale


def _long(panel: Panel, cutoffs: Times, ahead: Times, targets: tuple[str, ...], mean: Floats) -> pd.DataFrame:
    """One row per series, target and step from forecasts (B, H, K)."""
    B, H, K = mean.shape
    return pd.DataFrame(
        {
            "unique_id": np.repeat(np.asarray(panel.ids, dtype=object), K * H),
            "cutoff": np.repeat(cutoffs, K * H),
            "ds": np.broadcast_to(ahead[:, None], (B, K, H)).ravel(),
            "target": np.tile(np.repeat(np.asarray(targets, dtype=object), H), B),
            "mean": mean.transpose(0, 2, 1).ravel(),
        }
    )
