"""Whether the latest steps of a channel are distributed as the reference was at the same phases.

Three things must come together: the distance is large enough to matter, larger than chance explains, and
larger than that of any stretch of the reference from the rest of it, so that what was always restless is no
alarm. Legend: T steps of one series, n reference values, m latest ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from reprocast.evaluation.drift.measures import MEASURES, by_chance, measures
from reprocast.evaluation.drift.persistence import LEAST
from reprocast.evaluation.drift.phases import season_free

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CLEAR = 1.2
"""A measure must exceed the largest of the reference's stretches so many times: there are few of them."""
DISTANCES = ("ks", "spread")
"""Measures that cannot exceed 1; beyond 1 / `CLEAR` half of what is left must be exceeded instead."""
ENOUGH = 30
"""Seasons of the reference from which on patterns are compared; from 17 there were 10 % false alarms."""
STRETCHES = 60
"""Stretches of the reference that are compared at most, evenly spread."""


@dataclass(frozen=True)
class Distance:
    """How far the latest steps are from the reference, freed of the season."""

    size: Mapping[str, float]
    """By measure."""
    moved: float
    """Median of the latest values, in spreads of the reference at their phases."""
    width: float
    """Their spread, in the same unit."""
    beyond: tuple[str, ...]
    """Measures that are large, and neither by chance nor as ever."""


class Reference:
    """One channel of one series: what it was, freed of the season, and what came after."""

    def __init__(self, values: Floats, phase: Ints, begin: int) -> None:
        """A channel at due steps (T,), NaN where missing, phases (T,), and the row after the reference."""
        self.phase, self.begin = phase, begin
        self.free = season_free(values, phase, np.arange(len(values)) < begin)
        self._usual: dict[int, list[dict[str, float]]] = {}

    @cached_property
    def known(self) -> Floats:
        """The reference's values that are there (n,)."""
        before = self.free[: self.begin]
        return before[np.isfinite(before)]

    def distance(self, stop: int, m: int, limits: Mapping[str, float], chance: float) -> Distance | None:
        """Compares the m steps before row `stop` with the reference.

        Args:
            stop: at least `begin` + m.
            m: steps compared.
            limits: what each measure must exceed.
            chance: probability that each may have by chance.

        Returns:
            None where the reference or the steps hold too little to compare.
        """
        latest = slice(stop - m, stop)
        there = np.isfinite(self.free[latest])
        if len(self.known) < LEAST * m or 2 * there.sum() < m:
            return None
        now = self.free[latest][there]
        found = self._measures(self.known, now, self.phase[latest][there])
        low, middle, high = np.quantile(now, (0.25, 0.5, 0.75))
        beyond = self._beyond(found, m, limits, chance)
        return Distance(found, float(middle), float(high - low), beyond)

    def _beyond(
        self, found: Mapping[str, float], m: int, limits: Mapping[str, float], chance: float
    ) -> tuple[str, ...]:
        large = [name for name in MEASURES if found[name] > limits[name]]
        if not large:
            return ()
        past = self._stretches(m)
        p_value = by_chance(found, self.free[: self.begin], len(self.known), m, past)
        usual = {name: _clear_of(name, max(one[name] for one in past)) for name in large}
        return tuple(name for name in large if p_value[name] < chance and found[name] > usual[name])

    def _measures(self, rest: Floats, stretch: Floats, phase: Ints) -> dict[str, float]:
        """Without the season's pattern where the reference knows too few seasons to say how it varies."""
        found = measures(rest, stretch, phase)
        few = len(self.known) < ENOUGH * len(np.unique(self.phase[: self.begin]))
        return found | {"season": 0.0} if few else found

    def _stretches(self, m: int) -> list[dict[str, float]]:
        """Measures of half-overlapping stretches of m reference steps against the others."""
        if m not in self._usual:
            starts = _starts(self.begin, m)
            self._usual[m] = [one for start in starts if (one := self._stretch(start, m)) is not None]
        return self._usual[m]

    def _stretch(self, start: int, m: int) -> dict[str, float] | None:
        before, inside = self.free[: self.begin], slice(start, start + m)
        rest = np.concatenate([before[:start], before[start + m :]])
        here = np.isfinite(before[inside])
        if 2 * here.sum() < m:
            return None
        found = self._measures(rest[np.isfinite(rest)], before[inside][here], self.phase[inside][here])
        # its own values took part in the phases' medians, those of later steps do not
        share = m / self.begin
        return found | {"season": found["season"] * float(np.sqrt((1 + share) / (1 - share)))}


def _clear_of(name: str, largest: float) -> float:
    """What a measure must exceed, given the largest of the reference's stretches; a distance ends at 1."""
    return min(CLEAR * largest, (1 + largest) / 2) if name in DISTANCES else CLEAR * largest


def _starts(n: int, m: int) -> list[int]:
    """As many stretches as fit when each overlaps the next by half, up to `STRETCHES`."""
    count = min(STRETCHES, 2 * (n // m) - 1)
    return sorted(set(np.linspace(0, n - m, count).astype(int).tolist()))
