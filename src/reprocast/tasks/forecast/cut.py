"""Forecasting, first part: from a panel to windows, causally, split by time."""

from reprocast.data.channels import derive_channels
from reprocast.data.folds import Series, Shape, make_fold
from reprocast.data.splitting import target_spans, time_grid
from reprocast.data.windows import Channels, Windows
from reprocast.panel import Panel
from reprocast.params.columns import Columns
from reprocast.params.window import Split, Window


def cut(panel: Panel, columns: Columns, window: Window, split: Split, season: int, calendar: str) -> Windows:
    """Derives the channels (C), splits by time and fits scalers on training steps only.

    Raises:
        ParamsError: a column or feature that does not exist or stands in the wrong role.
        DataError: a series or a split that holds no window, or no training step.
    """
    features = Channels(columns.target, columns.past, columns.future)
    values, channels = derive_channels(panel, features)
    series = Series(values, panel.ids, panel.offsets, channels, *time_grid(panel.ds))
    shape = Shape(window.look_back, window.horizon, window.scaling, season)
    return Windows(
        values=values,
        ds=panel.ds,
        ids=panel.ids,
        offsets=panel.offsets,
        channels=channels,
        features=features,
        look_back=window.look_back,
        horizon=window.horizon,
        season=season,
        calendar=calendar,
        folds={0: make_fold(series, target_spans(series.grid, split, window.embargo), shape)},
        embargo=window.embargo,
    )
