"""Another future: the same panel up to an instant, and after it wild values, holes, lost rows, early ends.

Legend: T rows, N series.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from reprocast.panel import Column, Panel, time_text

Kind = Literal["values", "holes", "rows", "ends"]
KINDS: tuple[Kind, ...] = ("values", "holes", "rows", "ends")
"""Each brings other values; then some missing, some rows lost, or some series that end early as well."""
DECADES = 3
"""Values are stretched by up to a thousand either way."""
HOLES, LOST = 0.004, 0.01
"""Shares of the later values that are missing, and of the later rows that are lost: some windows are left."""


@dataclass(frozen=True)
class Scramble:
    """One way to change everything after an instant."""

    after: Any
    """The last time that stays as it is."""
    kind: Kind
    seed: int
    given: frozenset[str] = frozenset()
    """Columns that are known ahead."""
    spared: bool = True
    """Whether these stay as they are, too."""

    def __str__(self) -> str:
        extra = {"values": "", "holes": ", some missing", "rows": ", some lost", "ends": ", series ended"}
        return f"when the rows after {time_text(self.after)} were scrambled{extra[self.kind]}"

    def __call__(self, panel: Panel) -> Panel:
        """The panel with another future."""
        rng = np.random.default_rng(self.seed)
        later = np.asarray(panel.ds > self.after) & ~known_ahead_only(panel, self.given)
        columns = {
            name: values if self._stays(name) else scrambled(values, later, rng)
            for name, values in panel.columns.items()
        }
        if self.kind == "holes":
            columns = {name: self._filled(name, values, later, rng) for name, values in columns.items()}
            later[panel.offsets[1:] - 1] = False  # so that no series ends before its time
            columns = {name: self._with_holes(name, values, later, rng) for name, values in columns.items()}
        changed = panel.with_columns(columns)
        if self.kind == "rows":
            return self._without(changed, _kept_rows(panel, later, rng))
        return changed.take(_kept_ends(panel, later, rng)) if self.kind == "ends" else changed

    def _stays(self, name: str) -> bool:
        return self.spared and name in self.given

    def _without(self, panel: Panel, keep: NDArray[np.bool_]) -> Panel:
        """The panel without some rows, but for what is known ahead in them where that is spared."""
        if not (self.spared and self.given):
            return panel.take(keep)
        columns = {
            name: values if self._stays(name) else np.where(keep, values, np.nan)
            for name, values in panel.columns.items()
        }
        return panel.with_columns(columns)

    def _filled(
        self, name: str, values: Column, later: NDArray[np.bool_], rng: np.random.Generator
    ) -> Column:
        """Missing values are there: what is missing may not tell of the past, either."""
        lacks = later & np.isnan(values)
        if self._stays(name) or not lacks.any():
            return values
        return np.where(lacks, rng.choice(values[~np.isnan(values)], len(values)), values)

    def _with_holes(
        self, name: str, values: Column, later: NDArray[np.bool_], rng: np.random.Generator
    ) -> Column:
        holes = _some(later, HOLES, rng)
        return values if self._stays(name) else np.where(holes, np.nan, values)


def scrambled(values: Column, later: NDArray[np.bool_], rng: np.random.Generator) -> Column:
    """The later values (T,) shuffled, stretched and shifted; a column without negative values stays so.

    What may be taken the logarithm of may still be: the truth was positive, and so is this. What is missing
    stays missing.
    """
    later = later & ~np.isnan(values)
    known = np.asarray(values[later], np.float64)
    if not len(known):
        return values
    wild = rng.permutation(known) * 10 ** rng.uniform(-DECADES, DECADES, len(known))
    if np.nanmin(values) < 0:
        wild = wild * rng.choice([-1.0, 1.0], len(known)) + rng.normal(size=len(known))
    else:
        wild = wild + rng.uniform(0.001, 1, len(known))
    changed = values.copy()
    whole = values.dtype.kind == "i"
    changed[later] = np.clip(np.ceil(wild), -(2**53), 2**53).astype(np.int64) if whole else wild
    return changed


def _some(rows: NDArray[np.bool_], share: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """A share of the rows (T,) at random; one at least, where there is one."""
    there = np.flatnonzero(rows)
    chosen = np.zeros(len(rows), np.bool_)
    chosen[rng.choice(there, int(np.ceil(share * len(there))), replace=False)] = True
    return chosen


def _kept_rows(panel: Panel, later: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.bool_]:
    """All but some of the later rows; a series' last row stays, so that its end does not move."""
    keep = ~_some(later, LOST, rng)
    keep[panel.offsets[1:] - 1] = True
    return keep


def _kept_ends(panel: Panel, later: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Some series, but never all of those that reach the end, lose their rows from some later time on."""
    keep, last = np.ones(len(panel), np.bool_), panel.ds[panel.offsets[1:] - 1]
    longest = int(rng.choice(np.flatnonzero(last == last.max())))
    rows = [rows for n, (_, rows) in enumerate(panel.rows()) if n != longest and later[rows].any()]
    for n in rng.permutation(len(rows))[: rng.integers(1, len(rows) + 1) if rows else 0]:
        mine = np.flatnonzero(later[rows[n]]) + rows[n].start
        keep[int(rng.choice(mine)) : rows[n].stop] = False
    return keep


def known_ahead_only(panel: Panel, given: Collection[str]) -> NDArray[np.bool_]:
    """Rows (T,) in which nothing but what is known ahead has a value: they are still to come."""
    others = [np.isnan(values) for name, values in panel.columns.items() if name not in given]
    if not given or not others:
        return np.zeros(len(panel), np.bool_)
    return np.asarray(np.logical_and.reduce(others))


def as_it_was(panel: Panel, after: Any, given: Collection[str]) -> Panel:
    """The panel at an instant: no later row, or of later rows only what is known ahead."""
    if not given:
        return panel.take(panel.ds <= after)
    late = panel.ds > after
    columns = {
        name: values if name in given else np.where(late, np.nan, values)
        for name, values in panel.columns.items()
    }
    return panel.with_columns(columns)
