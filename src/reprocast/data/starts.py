"""Window starts as runs of neighbouring rows: memory follows the gaps in the data, not the windows.

Legend: M windows, R runs, N series.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Starts:
    """Increasing rows at which windows start (M,), as a sequence that is not kept in memory."""

    begins: Ints
    """First start of each run (R,), increasing."""
    counts: Ints
    """Starts in each run (R,), 1 or more; runs do not overlap."""

    @classmethod
    def of(cls, starts: ArrayLike) -> Self:
        """From the starts themselves (M,), increasing."""
        rows = np.asarray(starts, np.int64)
        first = np.flatnonzero(np.diff(rows, prepend=-2) != 1)
        return cls(rows[first], np.diff(np.append(first, len(rows))).astype(np.int64))

    @classmethod
    def between(cls, begins: Ints, ends: Ints) -> Self:
        """From the first start of each run and the row after its last; runs without a start are dropped."""
        some = ends > begins
        return cls(begins[some], (ends - begins)[some])

    @classmethod
    def of_runs(cls, runs: Ints) -> Self:
        """From what `runs` gave (R, 2)."""
        return cls(runs[:, 0], runs[:, 1])

    @property
    def runs(self) -> Ints:
        """First start and number of starts of each run (R, 2)."""
        return np.stack([self.begins, self.counts], axis=1)

    @cached_property
    def _ends(self) -> Ints:
        """How many starts there are up to the end of each run (R,)."""
        return np.cumsum(self.counts, dtype=np.int64)

    @cached_property
    def _shift(self) -> Ints:
        """Start minus its place in the sequence, for each run (R,)."""
        return self.begins - (self._ends - self.counts)

    def __len__(self) -> int:
        return int(self._ends[-1]) if len(self._ends) else 0

    @overload
    def __getitem__(self, places: int) -> int: ...
    @overload
    def __getitem__(self, places: slice | NDArray[np.integer[Any]]) -> Ints: ...
    def __getitem__(self, places: int | slice | NDArray[np.integer[Any]]) -> int | Ints:
        """The starts at these places: an int for an int, else (B,)."""
        if isinstance(places, slice):
            return self._at(np.arange(*places.indices(len(self)), dtype=np.int64))
        found = self._at(np.where(np.less(places, 0), np.add(places, len(self)), places))
        return found if found.ndim else int(found)

    def _at(self, places: Ints) -> Ints:
        if places.size and places.min() < 0:
            raise IndexError("there are fewer windows")
        starts: Ints = places + self._shift[np.searchsorted(self._ends, places, side="right")]
        return starts

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """All starts (M,)."""
        return np.asarray(self[:], dtype)

    def by_series(self, offsets: Ints) -> Ints:
        """How many of the starts lie in each series (N,); `offsets` are (N+1,)."""
        return np.diff(self.before(offsets))

    def before(self, rows: Ints) -> Ints:
        """How many of the starts are less than each of `rows`, in their shape."""
        knots = np.stack([self.begins, self.begins + self.counts], axis=1).ravel()
        reached = np.stack([self._ends - self.counts, self._ends], axis=1).ravel()
        counted: Ints = np.interp(rows, np.append(0, knots), np.append(0, reached)).astype(np.int64)
        return counted  # exact: every slope is 0 or 1
