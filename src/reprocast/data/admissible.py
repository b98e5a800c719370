"""Which windows a split admits, found by bisection in each series' times and kept as ranges of starts.

Legend: N series, T rows, C channels, R ranges, L look-back, H horizon.
A range is a row (2,): the first, and the one after the last; ranges are (N, 2) by series or (R, 2).
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from reprocast.data.splitting import Span
from reprocast.data.starts import Starts
from reprocast.data.windows import Channels, Floats, Ints
from reprocast.panel import Times

Mask = NDArray[np.bool_]
BLOCK = 1 << 22
"""Values looked at at once."""


@dataclass(frozen=True)
class Series:
    """The values of all series, and which of their rows may be seen and forecast."""

    values: Floats
    """Unscaled values (T, C) as they were observed, NaN where not."""
    ids: tuple[str, ...]
    """Names of the series (N,)."""
    offsets: Ints
    """Row where each series begins, and the end (N+1,)."""
    channels: Channels
    """Names of the channels."""
    ds: Times
    """Time of each row (T,)."""
    grid: Times
    """The sorted unique times of all series, of those that were skipped, too (G,)."""
    filled: Floats | None = None
    """The values with what window.missing puts in place of NaN (T, C); none: the same."""
    seen: Mask | None = None
    """Rows that may stand in a look-back (T,); none: those without NaN."""
    ahead: Mask | None = None
    """Rows that may be forecast (T,); none: those without NaN."""
    cutoffs: Mask | None = None
    """Rows that may be the last one seen (T,); none: all."""

    @cached_property
    def complete(self) -> Mask:
        """Rows without NaN (T,)."""
        rows = max(BLOCK // self.values.shape[1], 1)
        parts = [self.values[first : first + rows] for first in range(0, len(self.values), rows)]
        return np.concatenate([np.zeros(0, np.bool_), *(~np.isnan(part).any(axis=1) for part in parts)])

    def take(self, keep: Mask) -> "Series":
        """The series where `keep` (N,) is true."""
        if keep.all():
            return self
        rows = np.repeat(keep, np.diff(self.offsets))
        of_rows = ("values", "ds", "filled", "seen", "ahead", "cutoffs")
        parts = {name: part[rows] for name in of_rows if (part := getattr(self, name)) is not None}
        ids = tuple(name for name, kept in zip(self.ids, keep, strict=True) if kept)
        offsets = np.concatenate([[0], np.cumsum(np.diff(self.offsets)[keep])]).astype(np.int64)
        return replace(self, **parts, ids=ids, offsets=offsets)


def rows_within(span: Span, series: Series) -> Ints:
    """The rows of each series whose times lie in the span (N, 2)."""
    if span.end <= span.begin:
        return np.repeat(series.offsets[:-1, None], 2, axis=1)
    first, last = series.grid[span.begin], series.grid[span.end - 1]
    ds, rows = np.asarray(series.ds), np.empty((len(series.ids), 2), np.int64)
    for n, (begin, end) in enumerate(zip(series.offsets[:-1], series.offsets[1:], strict=True)):
        own = ds[begin:end]
        rows[n] = begin + np.searchsorted(own, first), begin + np.searchsorted(own, last, side="right")
    return rows


def admitted(rows: Ints, offsets: Ints, look_back: int, horizon: int) -> Ints:
    """Starts (N, 2) of the windows whose target span lies in a split's rows (N, 2), whatever they hold."""
    begins = np.maximum(rows[:, 0] - look_back, offsets[:-1])
    ends = rows[:, 1] - look_back - horizon + 1
    return np.stack([begins, np.maximum(begins, ends)], axis=1)


def touching(rows: Ints, offsets: Ints, look_back: int, horizon: int) -> Ints:
    """Starts (N, 2) of the windows whose target span holds one of the rows of a split (N, 2) or more."""
    begins = np.maximum(rows[:, 0] - look_back - horizon + 1, offsets[:-1])
    ends = np.minimum(rows[:, 1] - look_back, offsets[1:] - look_back - horizon + 1)
    ends[rows[:, 0] == rows[:, 1]] = 0
    return np.stack([begins, np.maximum(begins, ends)], axis=1)


def refused(series: Series, look_back: int, horizon: int) -> Ints:
    """Starts (R, 2) of the windows that hold a row they may not; ranges may overlap."""
    seen, ahead = (series.complete if mask is None else mask for mask in (series.seen, series.ahead))
    unseen, unknown = _runs_of_false(seen), _runs_of_false(ahead)
    cutoffs = np.empty((0, 2), np.int64) if series.cutoffs is None else _runs_of_false(series.cutoffs)
    return np.concatenate(
        [
            unseen - [look_back - 1, 0],
            unknown - [look_back + horizon - 1, look_back],
            cutoffs - (look_back - 1),
        ]
    )


def _runs_of_false(mask: Mask) -> Ints:
    """First row of each run where the mask (T,) is false, and the one after its last (R, 2)."""
    edges = np.flatnonzero(np.diff(mask, prepend=True, append=True))
    return edges.reshape(-1, 2).astype(np.int64)


def starts_of(admitted: Ints, refused: Ints, offsets: Ints) -> Starts:
    """The starts in `admitted` (N, 2) that no range of `refused` (R, 2) holds."""
    begins = np.concatenate([refused[:, 0], offsets[:-1], admitted[:, 1]])
    ends = np.concatenate([refused[:, 1], admitted[:, 0], offsets[1:]])
    order = np.argsort(begins, kind="stable")
    reached = np.maximum.accumulate(np.maximum(ends[order], 0))
    return Starts.between(np.append(0, reached), np.append(begins[order], offsets[-1]))
