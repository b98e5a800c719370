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
        return gap / max(abs(self.before), 1e-300) if np.isfinite(gap) else float("inf")

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
    rounded: bool = False
    """Whether values differ by no more than rounding."""
    actions: tuple[Action, ...] = ()
    """Newly recorded splits and dividends."""
    is_new: bool = False
    """Whether there was nothing to compare it with."""

    @property
    def kind(self) -> str:
        """One of KINDS."""
        if self.gone or self.inserted or self.columns:
            return "revised"
        if self.rebased or (self.rounded and any(action.kind == "split" for action in self.actions)):
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
    near = ROUNDING_OF_SPLITS if any(action.kind == "split" for action in actions) else ROUNDING
    wrong_rows, wrong_columns = np.zeros(len(times), bool), []
    rebased, rounded, worst = [], False, []
    for column, values in before.columns.items():
        if column not in after.columns:
            wrong_columns.append(column)
            continue
        was, now = values[old].astype(np.float64), after.columns[column][new].astype(np.float64)
        factors = candidates(column, actions, new, raw=raw)
        label, wrong = _best(was, now, factors, near)
        if column in NEUTRAL:
            wrong &= ~np.isin(new, [action.row for action in actions if action.kind == column])
        if wrong.any():
            wrong_columns.append(column)
            wrong_rows |= wrong
            worst += [
                Revised(series, column, time_value(times[n]), float(was[n]), float(now[n]))
                for n in np.flatnonzero(wrong)
            ]
        if label:
            rebased.append(column)
        rounded |= bool((~wrong & (was != now) & ~(np.isnan(was) & np.isnan(now))).any())
    return {
        "times": _texts(times[wrong_rows]),
        "columns": tuple(wrong_columns),
        "largest": max(worst, key=lambda value: value.size, default=None),
        "rebased": tuple(rebased),
        "rounded": rounded,
        "actions": tuple(actions),
    }


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
