"""Every window of a panel as training windows of one fold: what is left to learn from after the verdict.

The windows are those of `cut` for the same panel, series and parameters, with nothing held back: those of
validation, test and the embargoes teach as well, and scalers and fillings are fitted on all of it.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from reprocast.data.admissible import Series
from reprocast.data.channels import derive_channels, last_seen
from reprocast.data.filling import fill
from reprocast.data.folds import make_fold
from reprocast.data.held import Shape
from reprocast.data.regular import regular
from reprocast.data.splitting import Span, time_grid
from reprocast.data.starts import Starts
from reprocast.data.statics import static_channels
from reprocast.data.windows import Channels, Fold, Windows
from reprocast.panel import Panel, Times
from reprocast.params.columns import Columns
from reprocast.params.window import Split, Window


def whole(
    panel: Panel, columns: Columns, window: Window, split: Split, cut: Windows, series: Sequence[str]
) -> Windows:
    """The panel's windows with one fold, number 0, whose training span ends with the panel.

    Args:
        panel: the validated one, up to data.end; nothing later than its last row is there.
        columns: roles of the columns.
        window: what a window sees.
        split: its `training_steps` still bound the training span, from the end.
        cut: the windows as they were cut for the scored model: form, season, calendar, static channels.
        series: ids of the series that the scored model knows; others stay unknown.

    Raises:
        DataError: a series holds no value any more.
    """
    features = Channels(columns.target, columns.past, columns.future, static=columns.static)
    due = _as_far_as_seen(regular(panel, cut.calendar), features)
    values, channels = derive_channels(due, features, mask=window.missing == "mask")
    grid = time_grid(due.ds, due.offsets)
    span = Span(max(0, len(grid) - (split.training_steps or len(grid))), len(grid))
    filled = fill(
        values,
        channels,
        due.offsets,
        window.missing,
        window.fill_steps,
        np.asarray(due.ds >= grid[span.begin]),
    )
    shown = None if filled.values is values else filled.values
    all_series = Series(
        values, due.ids, due.offsets, channels, due.ds, grid, shown,
        seen=filled.seen, ahead=filled.ahead, cutoffs=filled.cutoffs,
    )  # fmt: skip
    own = all_series.take(np.array([name in set(series) for name in due.ids]))
    static, names = static_channels(panel, columns.static)
    shape = Shape(window.look_back, window.horizon, window.scaling, window.scaling_over)
    return replace(
        cut,
        values=own.values if own.filled is None else own.filled,
        ds=own.ds,
        ids=own.ids,
        offsets=own.offsets,
        channels=replace(channels, static=names),
        folds={0: _with_nothing_held_back(make_fold(own, {"train": span}, shape))},
        refit=True,
        static=static[[panel.ids.index(name) for name in own.ids]],
    )


def last_time(windows: Windows) -> Times:
    """The latest time that a training window forecasts, as an array without dimensions."""
    return np.asarray(windows.folds[0].bounds["train"][1])


def _with_nothing_held_back(fold: Fold) -> Fold:
    """Some measure an error on validation windows whatever is declared: one will do, it decides nothing."""
    one = Starts.of(fold.starts["train"][:1])
    return replace(fold, starts={**fold.starts, "validation": one})


def _as_far_as_seen(panel: Panel, features: Channels) -> Panel:
    """The panel without the rows at a series' end that hold nothing but what is known ahead."""
    lengths, series = last_seen(panel, features), panel.series_of_rows()
    return panel.take(np.arange(len(panel)) - panel.offsets[series] < lengths[series])
