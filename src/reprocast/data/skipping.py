"""Series that are too short to take part: left out by name and with the reason, not refused.

Legend: N series, C channels.
"""

from collections.abc import Mapping

import numpy as np

from reprocast.data.admissible import Series, rows_within
from reprocast.data.folds import refuse_empty_splits
from reprocast.data.held import Held, Shape, held
from reprocast.data.splitting import Span
from reprocast.data.windows import Ints
from reprocast.errors import SHOWN, DataError


def without_short(
    series: Series, spans: Mapping[str, Span], shape: Shape
) -> tuple[Series, Mapping[str, str]]:
    """The series that take part in the fold with these spans, and the names of the others with the reason.

    A series takes part if it has a window in a split, and a training value in each channel.

    Raises:
        DataError: none takes part.
    """
    rows = {name: rows_within(span, series) for name, span in spans.items()}
    windows = held(series, rows, shape, np.ones(len(series.ids), np.bool_))
    counts = _by_series(windows, series.offsets)
    skipped = {
        name: reason
        for n, name in enumerate(series.ids)
        if (reason := _reason(series, n, counts[n], rows["train"][n], shape))
    }
    if len(skipped) == len(series.ids):
        _refuse_all(series, windows, spans, shape, skipped)
    return series.take(np.array([name not in skipped for name in series.ids])), skipped


def _by_series(windows: Held, offsets: Ints) -> Ints:
    """Windows of each series in any split, and those left out (N, 2)."""
    found = np.sum([starts.by_series(offsets) for starts in windows.starts.values()], axis=0)
    return np.stack([found, np.sum(list(windows.left_out.values()), axis=0)], axis=1)


def _reason(series: Series, n: int, counts: Ints, training: Ints, shape: Shape) -> str:
    """Why the series takes no part; empty if it does."""
    found, lost = counts.tolist()
    if not found:
        because = f" ({lost} left out for missing values)" if lost else ""
        length = series.offsets[n + 1] - series.offsets[n]
        return f"its {length} rows hold no window of {shape} in any split{because}"
    begin, end = training.tolist()
    if begin == end:
        return "has no row in the training span"
    empty = np.flatnonzero(np.isnan(series.values[begin:end]).all(axis=0))
    return f"{series.channels.names[empty[0]]} has no value in the training span" if len(empty) else ""


def _refuse_all(
    series: Series, windows: Held, spans: Mapping[str, Span], shape: Shape, skipped: Mapping[str, str]
) -> None:
    if np.diff(series.offsets).max(initial=0) >= shape.steps:
        refuse_empty_splits(windows, series.grid, spans, shape)
    first = "; ".join(f"series {name}: {reason}" for name, reason in list(skipped.items())[:SHOWN])
    more = f" and {len(skipped) - SHOWN} more" if len(skipped) > SHOWN else ""
    raise DataError(
        f"{first}{more}; give them more rows, make the splits or window.look_back shorter, or take other "
        "series (data.series)"
    )
