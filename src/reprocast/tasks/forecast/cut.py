"""Forecasting, first part: from a panel to windows, causally, split by time."""

from collections.abc import Mapping, Sequence

import numpy as np

from reprocast.data.admissible import Series
from reprocast.data.channels import derive_channels, last_seen
from reprocast.data.filling import Bools, Filled, fill
from reprocast.data.folds import make_fold
from reprocast.data.gaps import refuse_missing
from reprocast.data.held import Shape
from reprocast.data.regular import regular
from reprocast.data.skipping import without_short
from reprocast.data.splitting import Span, fold_spans, time_grid
from reprocast.data.statics import static_channels
from reprocast.data.windows import Channels, Floats, Windows
from reprocast.errors import DataError
from reprocast.panel import Panel, Times
from reprocast.params.columns import Columns
from reprocast.params.window import Split, Window

Spans = Sequence[Mapping[str, Span]]


def cut(panel: Panel, columns: Columns, window: Window, split: Split, season: int, calendar: str) -> Windows:
    """Derives the channels (C), splits by time, fits scalers on training steps, fills what is missing.

    Raises:
        ParamsError: a column or feature that does not exist or stands in the wrong role.
        DataError: a missing value that is to be refused, or a split that holds no window.
    """
    features = Channels(columns.target, columns.past, columns.future, static=columns.static)
    due = _as_far_as_seen(regular(panel, calendar), features)
    if window.missing == "refuse":
        refuse_missing(due, features)
    values, channels = derive_channels(due, features, mask=window.missing == "mask")
    grid = time_grid(due.ds, due.offsets)
    spans = fold_spans(grid, split, window.embargo)
    filled = _filled(values, channels, due, window, _training(grid, spans, due.ds))
    shape = Shape(window.look_back, window.horizon, window.scaling, window.scaling_over)
    series = _series(due, values, filled, channels, grid)
    static, names = static_channels(panel, columns.static)  # of all series: who is skipped may turn out later
    series, skipped = without_short(series, spans[-1], shape)
    windows = Windows(
        values=series.values if series.filled is None else series.filled,
        ds=series.ds,
        ids=series.ids,
        offsets=series.offsets,
        channels=Channels(channels.target, channels.past, channels.future, channels.observed, names),
        features=features,
        look_back=window.look_back,
        horizon=window.horizon,
        season=season,
        calendar=calendar,
        folds={number: make_fold(series, each, shape) for number, each in enumerate(spans)},
        refit=split.refit,
        embargo=window.embargo,
        scaling=window.scaling,
        missing=window.missing,
        fill_steps=window.fill_steps,
        static=static[[panel.ids.index(name) for name in series.ids]],
        skipped=skipped,
    )
    _refuse_unanswered(windows)
    return windows


def _refuse_unanswered(windows: Windows) -> None:
    """Under mask a window may lack answers, but not all windows of a split."""
    if not windows.channels.observed:
        return
    first = windows.channels.observed_index.start
    answers = windows.values[:, first : first + len(windows.channels.target)].any(axis=1)
    before = np.concatenate([[0], np.cumsum(answers)])
    for fold in windows.folds.values():
        for split, starts in fold.starts.items():
            ahead = np.asarray(starts) + windows.look_back
            if not (before[ahead + windows.horizon] > before[ahead]).any():
                raise DataError(
                    f"split {split}: none of its {len(ahead)} windows has an observed target; make it longer "
                    "or repair the data"
                )


def _as_far_as_seen(panel: Panel, features: Channels) -> Panel:
    """The panel without the rows at a series' end that hold nothing but what is known ahead."""
    lengths = last_seen(panel, features)
    if (lengths == np.diff(panel.offsets)).all():
        return panel
    series = panel.series_of_rows()
    return panel.take(np.arange(len(panel)) - panel.offsets[series] < lengths[series])


def _training(grid: Times, spans: Spans, ds: Times) -> Bools:
    """Rows (T,) in the training span of the first fold, which all later folds have in their past."""
    span = spans[0]["train"]
    if span.end <= span.begin:
        return np.zeros(len(ds), np.bool_)
    rows: Bools = (ds >= grid[span.begin]) & (ds <= grid[span.end - 1])
    return rows


def _filled(values: Floats, channels: Channels, panel: Panel, window: Window, training: Bools) -> Filled:
    return fill(values, channels, panel.offsets, window.missing, window.fill_steps, training)


def _series(panel: Panel, values: Floats, filled: Filled, channels: Channels, grid: Times) -> Series:
    """What was observed, what is shown instead, and which rows a window may hold."""
    masks = {"seen": filled.seen, "ahead": filled.ahead, "cutoffs": filled.cutoffs}
    shown = None if filled.values is values else filled.values
    return Series(values, panel.ids, panel.offsets, channels, panel.ds, grid, shown, **masks)
