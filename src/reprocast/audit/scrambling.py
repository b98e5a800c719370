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
SHARE = 0.1
"""Of the later rows are lost, or of the later values missing."""


@dataclass(frozen=True)
class Scramble:
    """One way to change everything after an instant."""

    after: Any
    """The last time that stays as it is."""
    kind: Kind
    seed: int
    given: frozenset[str] = frozenset()
    """Columns that are known ahead: they stay, too."""

    def __str__(self) -> str:
        extra = {"values": "", "holes": ", some missing", "rows": ", some lost", "ends": ", series ended"}
        return f"when the rows after {time_text(self.after)} were scrambled{extra[self.kind]}"

    def __call__(self, panel: Panel) -> Panel:
        """The panel with another future."""
        rng = np.random.default_rng(self.seed)
        later = np.asarray(panel.ds > self.after)
        columns = {
            name: values if name in self.given else scrambled(values, later, rng)
            for name, values in panel.columns.items()
        }
        if self.kind == "holes":
            columns = {name: self._with_holes(name, values, later, rng) for name, values in columns.items()}
        changed = panel.with_columns(columns)
        if self.kind == "rows":
            return changed.take(_kept_rows(panel, later, rng))
        return changed.take(_kept_ends(panel, later, rng)) if self.kind == "ends" else changed

    def _with_holes(
        self, name: str, values: Column, later: NDArray[np.bool_], rng: np.random.Generator
    ) -> Column:
        holes = later & (rng.random(len(values)) < SHARE)
        return values if name in self.given else np.where(holes, np.nan, values)


def scrambled(values: Column, later: NDArray[np.bool_], rng: np.random.Generator) -> Column:
    """The later values (T,) shuffled, stretched and shifted; a column without negative values stays so.

    What may be taken the logarithm of may still be: the truth was positive, and so is this.
    """
    found = np.asarray(values[later], np.float64)
    if not len(found):
        return values
    known = np.where(np.isnan(found), 1.0, found)
    wild = rng.permutation(known) * 10 ** rng.uniform(-DECADES, DECADES, len(known))
    if np.nanmin(values) < 0:
        wild = wild * rng.choice([-1.0, 1.0], len(known)) + rng.normal(size=len(known))
    else:
        wild = wild + rng.uniform(0.001, 1, len(known))
    changed = values.copy()
    whole = values.dtype.kind == "i"
    changed[later] = np.clip(np.ceil(wild), -(2**53), 2**53).astype(np.int64) if whole else wild
    return changed


def _kept_rows(panel: Panel, later: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.bool_]:
    """All but some of the later rows; a series' last row stays, so that its end does not move."""
    keep = ~(later & (rng.random(len(panel)) < SHARE))
    keep[panel.offsets[1:] - 1] = True
    return keep


def _kept_ends(panel: Panel, later: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Some series, but never all of those that reach the end, lose their rows from some later time on."""
    keep = np.ones(len(panel), np.bool_)
    last = panel.ds[panel.offsets[1:] - 1]
    longest = int(rng.choice(np.flatnonzero(last == last.max())))
    for n, (_, rows) in enumerate(panel.rows()):
        mine = np.flatnonzero(later[rows]) + rows.start
        if n != longest and len(mine) and rng.random() < 0.7:
            keep[int(rng.choice(mine)) : rows.stop] = False
    return keep


def draw_kinds(count: int, kinds: Collection[Kind] = KINDS) -> list[Kind]:
    """The kinds in turn, `count` of them."""
    return [list(kinds)[n % len(kinds)] for n in range(count)]
