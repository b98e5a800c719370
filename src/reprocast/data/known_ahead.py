"""Rows after the as-of date, of which nothing is kept but what is known ahead."""

from collections.abc import Collection
from functools import lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from reprocast.data.calendars import following
from reprocast.panel import Column, Panel


def with_known(panel: Panel, raw: Panel, known: Collection[str], steps: int, calendar: str) -> Panel:
    """`panel`, with rows of `raw` at the `steps` due times after each series' last row.

    Args:
        panel: series up to the as-of date.
        raw: the same series, later rows too.
        known: columns of `raw` that are known ahead; others are missing (NaN) in the rows that are added.
            A row without a value in any of them is not added.
        steps: how far ahead.
        calendar: when a value is due.
    """
    there = [name for name in known if name in raw.columns and name in panel.columns]
    later = _later(panel, raw, steps, calendar)
    some = ~np.logical_and.reduce([np.isnan(raw.columns[name]) for name in there]) if there else later
    keep = later & some
    if not there or not keep.any():
        return panel
    ids = np.asarray(raw.ids, object)[raw.series_of_rows()[keep]]
    place = np.searchsorted(np.asarray(panel.ids, object), ids)  # which series each row is added to
    at = panel.offsets[place + 1]
    columns = {
        name: _inserted(values, at, raw.columns[name][keep] if name in there else None)
        for name, values in panel.columns.items()
    }
    counts = np.diff(panel.offsets) + np.bincount(place, minlength=len(panel.ids))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Panel(panel.ids, offsets, np.insert(panel.ds, at, raw.ds[keep]), columns, panel.static)


def _later(panel: Panel, raw: Panel, steps: int, calendar: str) -> NDArray[np.bool_]:
    """Rows of `raw` (T,) within `steps` due times after the last row of their series in `panel`."""

    @lru_cache
    def reach(last: object) -> object:
        return following(calendar, last, steps)[-1]

    later = np.zeros(len(raw), np.bool_)
    last = {name: panel.ds[rows.stop - 1] for name, rows in panel.rows()}
    for name, rows in raw.rows():
        if name in last:
            later[rows] = (raw.ds[rows] > last[name]) & (raw.ds[rows] <= reach(last[name]))
    return later


def _inserted(values: Column, at: NDArray[np.int64], added: Column | None) -> Column:
    """A column with values added; where there are none, with missing ones."""
    if added is None:
        return _inserted(values.astype(np.float64), at, np.full(len(at), np.nan))
    return cast("Column", np.insert(values, at, added))
