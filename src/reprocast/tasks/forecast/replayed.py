"""A fitted model on a panel that it may never have seen, at every cutoff: by its own description alone.

Look-back, transforms, fillings and scaler are the model's; of the panel each window shows what was known at
its cutoff, as `forecast_panel` would have been given then. Legend: N series, T rows, C channels, M windows.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from reprocast.data.admissible import Series
from reprocast.data.channels import derive_channels, last_seen
from reprocast.data.filling import fill
from reprocast.data.held import Shape, held
from reprocast.data.regular import regular
from reprocast.data.windows import Channels, Floats, Fold, Ints, Windows
from reprocast.errors import DataError
from reprocast.evaluation.forecasting import forecast_windows
from reprocast.model import Description, Model
from reprocast.panel import Panel, Times
from reprocast.tasks.forecast.tabulating import tabulate

SPLIT = "test"


@dataclass(frozen=True)
class Units:
    """The scale that losses are in, the same for all models: by series and target."""

    series: tuple[str, ...]
    targets: tuple[str, ...]
    loc: Floats
    """(N, K)."""
    scale: Floats
    """(N, K)."""

    def of(self, series: tuple[str, ...]) -> tuple[Floats, Floats]:
        """Location and scale of these series, in their order."""
        rows = [self.series.index(name) for name in series]
        return self.loc[rows], self.scale[rows]


def forecasts_after(model: Model, panel: Panel, after: Any, units: Units) -> pd.DataFrame:
    """The forecast table, in `units`, of all windows whose first target lies after the time `after`.

    Series that the model or the units do not know are left out.

    Raises:
        DataError: no series is left, the panel gives other channels, or a forecast is not finite.
        ParamsError: the panel lacks a column that a channel is derived from.
    """
    windows = windows_after(model.description, panel, after, units)
    fold = windows.folds[0]
    starts = np.asarray(fold.starts[SPLIT])
    forecasts = forecast_windows(model, windows, fold, starts)
    table = tabulate(windows, 0, SPLIT, starts, forecasts, model.description)
    return table[table["seed"].isna()].reset_index(drop=True)


def windows_after(description: Description, panel: Panel, after: Any, units: Units) -> Windows:
    """The windows of the common series, scaled with the model's numbers; raises like `forecasts_after`."""
    panel = _common(panel, description, units)
    features = Channels(**dict(description.features))
    due = _as_far_as_seen(regular(panel, description.calendar), features)
    values, channels = derive_channels(due, features, mask=description.missing == "mask")
    _refuse_other_channels(channels, description)
    filled = fill(values, channels, due.offsets, description.missing, description.fill_steps, None)
    series = Series(
        values, due.ids, due.offsets, channels, due.ds, np.unique(due.ds),
        seen=filled.seen, ahead=filled.ahead, cutoffs=filled.cutoffs,
    )  # fmt: skip
    rows = np.array([description.series.index(name) for name in due.ids])
    static = np.asarray(description.static, np.float64)
    return Windows(
        values=filled.values,
        ds=due.ds,
        ids=due.ids,
        offsets=due.offsets,
        channels=replace(channels, static=description.channels.static),
        features=features,
        look_back=description.look_back,
        horizon=description.horizon,
        season=description.season,
        calendar=description.calendar,
        folds={0: _fold(description, series, rows, after, units)},
        scaling=description.scaling,
        missing=description.missing,
        fill_steps=description.fill_steps,
        static=static[rows] if static.size else np.empty((len(rows), 0)),
    )


def _common(panel: Panel, description: Description, units: Units) -> Panel:
    keep = np.array([name in description.series and name in units.series for name in panel.ids], np.bool_)
    if not keep.any():
        raise DataError(
            f"{description.name}: none of its series ({len(description.series)}) is among those that are "
            "compared; a model of other series needs another registry.model (operations.yaml)"
        )
    return panel if keep.all() else panel.take(np.repeat(keep, np.diff(panel.offsets)))


def _as_far_as_seen(panel: Panel, features: Channels) -> Panel:
    """Without the rows at a series' end that hold nothing but what is known ahead."""
    lengths, series = last_seen(panel, features), panel.series_of_rows()
    return panel.take(np.arange(len(panel)) - panel.offsets[series] < lengths[series])


def _refuse_other_channels(channels: Channels, description: Description) -> None:
    expected = Channels(**dict(description.channels))
    if channels.names != expected.names:
        raise DataError(
            f"the panel gives the channels {', '.join(channels.names)}, but {description.name} was trained "
            f"on {', '.join(expected.names)}; a model of other data needs another registry.model in "
            "operations.yaml"
        )


def _fold(description: Description, series: Series, rows: Ints, after: Any, units: Units) -> Fold:
    """The model's own scaler, and the windows that it may be asked for."""
    shape = Shape(description.look_back, description.horizon, description.scaling)
    windows = held(series, {SPLIT: _targets(series, after)}, shape, np.ones(len(rows), np.bool_))
    loc, scale = units.of(series.ids)
    return Fold(
        loc=np.asarray(description.loc)[rows],
        scale=np.asarray(description.scale)[rows],
        starts=windows.starts,
        score_loc=loc,
        score_scale=scale,
    )


def _targets(series: Series, after: Any) -> Ints:
    """Rows of each series later than `after` (N, 2)."""
    ds: Times = np.asarray(series.ds)
    found = []
    for begin, end in zip(series.offsets[:-1], series.offsets[1:], strict=True):
        found.append((begin + np.searchsorted(ds[begin:end], after, side="right"), end))
    return np.asarray(found, np.int64).reshape(-1, 2)
