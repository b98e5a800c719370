"""What has changed from one answer of a source to the next: rows added, history rebased, history revised.

Legend: C rows that both have.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reprocast.data.asof import time_value
from reprocast.data.rebasing import NEUTRAL, Action, candidates, new_actions
from reprocast.panel import Panel

Floats = NDArray[np.float64]

ROUNDING = 1e-6
"""Relative difference below which two figures are the same: sources send some seven digits."""
ROUNDING_OF_SPLITS = 1e-4
"""The same where a split was recorded: the source has scaled and rounded all that was before it."""
TINY = 1e-100  # keeps a division finite
KINDS = ("unchanged", "appended", "rebased", "revised")
"""From harmless to grave."""


@dataclass(frozen=True)
class Revised:
    """One value that is not what it was."""

    series: str
    column: str
    time: str | int
    before: float
    after: float

    @property
    def size(self) -> float:
        """Relative change; infinite where a value came or went."""
        gap = abs(self.after - self.before)
        return gap / max(abs(self.before), TINY) if np.isfinite(gap) else float("inf")

    def __str__(self) -> str:
        """For people."""
        before, after = (
            "none" if np.isnan(value) else f"{value:.10g}" for value in (self.before, self.after)
        )
        share = f" ({self.after / self.before - 1:+.2%})" if 0 < self.size < np.inf and self.before else ""
        return f"{self.series} {self.column} {self.time}: {before} → {after}{share}"


@dataclass(frozen=True)
class SeriesChange:
    """What has changed in one series."""

    series: str
    appended: tuple[str | int, ...] = ()
    """Times of rows after the last one there was."""
    earlier: int = 0
    """Rows before the first one there was, now that more was asked for."""
    gone: tuple[str | int, ...] = ()
    """Times of rows that are no longer there."""
    inserted: tuple[str | int, ...] = ()
    """Times of rows that were not there within the span."""
    times: tuple[str | int, ...] = ()
    """Times of rows with a revised value."""
    columns: tuple[str, ...] = ()
    """Columns with a revised value, or no longer there."""
    largest: Revised | None = None
    """The largest revision of a value."""
    rebased: tuple[str, ...] = ()
    """Columns whose history was rebased by a recorded action."""
    explained: bool = False
    """Whether values differ that rounding, or an action recorded late, explains."""
    actions: tuple[Action, ...] = ()
    """Newly recorded splits and dividends."""
    is_new: bool = False
    """Whether there was nothing to compare it with."""

    @property
    def kind(self) -> str:
        """One of KINDS."""
        if self.gone or self.inserted or self.columns:
            return "revised"
        if self.rebased or (self.explained and self.actions):
            return "rebased"
        return "appended" if self.appended or self.earlier or self.is_new else "unchanged"


def compare(series: str, before: Panel, after: Panel, *, raw: bool, more_asked: bool = False) -> SeriesChange:
    """What has changed in one series.

    Args:
        series: its name.
        before: its rows as they were, cut to what was asked for this time; may be empty.
        after: its rows now.
        raw: prices are kept as they were traded, so that only an adjusted close may be rebased.
        more_asked: rows before the first one are there because an earlier start was asked for.
    """
    if not len(before):
        return SeriesChange(series, is_new=True)
    times, old, new = np.intersect1d(before.ds, after.ds, assume_unique=True, return_indices=True)
    fresh = np.setdiff1d(after.ds, before.ds, assume_unique=True)
    late = fresh > before.ds[-1]
    early = (fresh < before.ds[0]) & more_asked
    values = _compare_values(series, before, after, (times, old, new), raw=raw)
    return SeriesChange(
        series,
        appended=_texts(fresh[late]),
        earlier=int(early.sum()),
        gone=_texts(np.setdiff1d(before.ds, after.ds, assume_unique=True)),
        inserted=_texts(fresh[~late & ~early]),
        **values,
    )


def _texts(times: NDArray[Any]) -> tuple[str | int, ...]:
    return tuple(time_value(time) for time in times)


def _compare_values(
    series: str, before: Panel, after: Panel, common: tuple[NDArray[Any], ...], *, raw: bool
) -> dict[str, Any]:
    """The fields of a change that concern the rows which both have (C,)."""
    times, old, new = common
    actions = _actions(before, after, old, new, raw=raw)
    seen, wrong_rows = {}, np.zeros(len(times), np.bool_)
    for column in before.columns.keys() & after.columns.keys():
        was, now = before.columns[column][old], after.columns[column][new]
        seen[column] = _compare_column(column, was, now, actions, new, raw=raw)
        wrong_rows |= seen[column].wrong
    worst = [
        Revised(series, column, time_value(times[row]), *values)
        for column in before.columns
        if column in seen and (row := seen[column].worst) is not None
        for values in [(float(panel.columns[column][at[row]]) for panel, at in ((before, old), (after, new)))]
    ]
    return {
        "times": _texts(times[wrong_rows]),
        "columns": tuple(name for name in before.columns if name not in seen or seen[name].wrong.any()),
        "largest": max(worst, key=lambda value: value.size, default=None),
        "rebased": tuple(name for name in before.columns if name in seen and seen[name].factor),
        "explained": any(column.explained for column in seen.values()),
        "actions": tuple(actions),
    }


@dataclass(frozen=True)
class _Column:
    """What has changed in one column."""

    factor: str
    """Which recorded actions its values were scaled by; empty for none."""
    wrong: NDArray[np.bool_]
    """Rows that nothing explains (C,)."""
    worst: int | None
    """The row of these whose value has changed most, relatively."""
    explained: bool
    """Whether other rows have changed."""


def _compare_column(
    column: str, was: Any, now: Any, actions: list[Action], rows: NDArray[np.int64], *, raw: bool
) -> _Column:
    """Compares its values in the rows that both have (C,), which are `rows` of the answer."""
    was, now = was.astype(np.float64), now.astype(np.float64)
    near = ROUNDING_OF_SPLITS if any(action.kind == "split" for action in actions) else ROUNDING
    factor, wrong = _best(was, now, candidates(column, actions, rows, raw=raw), near)
    if column in NEUTRAL:
        wrong &= ~np.isin(rows, [action.row for action in actions if action.kind == column])
    differs = (was != now) & ~(np.isnan(was) & np.isnan(now))
    size = np.where(wrong, np.nan_to_num(np.abs(now - was) / np.maximum(np.abs(was), TINY), nan=np.inf), -1)
    worst = int(size.argmax()) if wrong.any() else None
    return _Column(factor, wrong, worst, bool((differs & ~wrong).any()))


def _actions(before: Panel, after: Panel, old: Any, new: Any, *, raw: bool) -> list[Action]:
    now = {name: values.astype(np.float64) for name, values in after.columns.items()}
    was = {name: np.full(len(after), np.nan) for name in NEUTRAL if name in before.columns}
    for name, values in was.items():
        values[new] = before.columns[name][old]
    late = after.ds > before.ds[0]
    return [action for action in new_actions(after.ds, now, was, raw=raw) if late[action.row]]


def _best(
    was: Floats, now: Floats, factors: Mapping[str, Floats], near: float
) -> tuple[str, NDArray[np.bool_]]:
    """The factor that leaves the fewest rows unexplained (none, where that is one), and those rows (C,)."""
    wrong = {label: ~_same(was * factor, now, near) for label, factor in factors.items()}
    label = min(wrong, key=lambda name: int(wrong[name].sum()))
    return label, wrong[label]


def _same(was: Floats, now: Floats, near: float) -> NDArray[np.bool_]:
    return np.isclose(now, was, rtol=near, atol=1e-12, equal_nan=True)
