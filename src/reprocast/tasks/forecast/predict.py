"""Forecasting from a new panel with a model's description alone.

Legend: B series forecast, L look-back, H horizon, C channels, K targets, F future covariates, S seeds.
"""

import numpy as np
import pandas as pd

from reprocast.data.calendars import following
from reprocast.data.channels import derive_channels
from reprocast.data.scaling import scaled, unscaled
from reprocast.data.transforms import calendar_channels
from reprocast.data.windows import Batch, Channels, Floats, Ints
from reprocast.errors import DataError, first_names
from reprocast.model import Description, Model
from reprocast.panel import Panel, Times, time_text


def forecast_panel(model: Model, panel: Panel) -> pd.DataFrame:
    """The next H steps after the last row of each series, as the mean of the model's seeds.

    Returns:
        unique_id, cutoff, ds, target, mean in the target's units; H rows per series and target.

    Raises:
        DataError: a series the model has not seen, one shorter than the look-back, or a missing value.
        ParamsError: the panel lacks a column that a channel is derived from.
    """
    description = model.description
    _refuse_unseen(panel, description)
    last = panel.offsets[1:] - 1
    ahead = _times_ahead(panel, description)
    series = np.asarray([description.series.index(name) for name in panel.ids], np.int64)
    batch = Batch(
        past=_scaled(_seen(panel, description), description, series, slice(None)),
        future=_scaled(_known(ahead, description), description, series, _channels(description).future_index),
        target=np.full((len(series), description.horizon, len(description.channels.target)), np.nan),
        series=series,
    )
    targets = slice(0, len(description.channels.target))
    loc, scale = _scaler(description, series, targets)
    mean = unscaled(model.forecast(batch).mean(axis=0), loc, scale)
    return _long(panel, panel.ds[last], ahead, description.channels.target, mean)


def _channels(description: Description) -> Channels:
    roles = description.channels
    return Channels(roles.target, roles.past, roles.future)


def _refuse_unseen(panel: Panel, description: Description) -> None:
    unseen = [name for name in panel.ids if name not in description.series]
    if unseen:
        raise DataError(
            f"series {', '.join(unseen)}: not among those that {description.name} was trained on "
            f"({first_names(description.series)}); leave them out, or train with them (data.series)"
        )
    if not len(panel):
        raise DataError("the panel has no rows, so there is nothing to forecast from")


def _seen(panel: Panel, description: Description) -> Floats:
    """The last L rows of each series (B, L, C), unscaled."""
    features = description.features
    values, channels = derive_channels(panel, Channels(features.target, features.past, features.future))
    if channels != _channels(description):
        raise DataError(
            f"the panel gives the channels {', '.join(channels.names)}, but {description.name} was trained "
            f"on {', '.join(_channels(description).names)}; rename the panel's columns"
        )
    lengths, steps = np.diff(panel.offsets), description.look_back
    for name, length in zip(panel.ids, lengths, strict=True):
        if length < steps:
            raise DataError(f"series {name}: has {length} rows, but {description.name} looks back {steps}")
    rows = panel.offsets[1:, None] - steps + np.arange(steps)
    seen: Floats = values[rows]
    _refuse_missing(seen, rows, panel, channels)
    return seen


def _refuse_missing(seen: Floats, rows: Ints, panel: Panel, channels: Channels) -> None:
    wrong = np.argwhere(~np.isfinite(seen))
    if len(wrong):
        series, step, channel = wrong[0]
        when = time_text(panel.ds[rows[series, step]])
        raise DataError(
            f"series {panel.ids[series]}, {channels.names[channel]} at {when}: no finite value within "
            f"the look-back ({len(wrong)} such values); give values up to the cutoff"
        )


def _times_ahead(panel: Panel, description: Description) -> Times:
    """The H due times after the last row of each series (B, H)."""
    cutoffs = panel.ds[panel.offsets[1:] - 1]
    calendar, steps = description.calendar, description.horizon
    ahead = {last: following(calendar, last, steps) for last in np.unique(cutoffs)}
    return np.stack([ahead[last] for last in cutoffs])


def _known(ahead: Times, description: Description) -> Floats:
    """Future covariates (B, H, F), unscaled, at the times ahead (B, H)."""
    channels = [
        values for name in description.features.future for values in calendar_channels(name, ahead).values()
    ]
    return np.stack(channels, axis=-1) if channels else np.empty((*ahead.shape, 0))


def _scaler(description: Description, series: Ints, channels: slice) -> tuple[Floats, Floats]:
    """Location and scale of some channels for each series (B, 1, channels)."""
    loc, scale = np.asarray(description.loc), np.asarray(description.scale)
    return loc[series, None, channels], scale[series, None, channels]


def _scaled(values: Floats, description: Description, series: Ints, channels: slice) -> Floats:
    return scaled(values, *_scaler(description, series, channels))


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
