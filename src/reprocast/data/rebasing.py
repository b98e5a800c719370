"""What a newly recorded split or dividend does to the values before it, where a source keeps them rebased.

Legend: T rows of the answer, C rows that both answers have.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reprocast.data.adjust import PRICES
from reprocast.data.asof import time_value
from reprocast.panel import Times

Floats = NDArray[np.float64]
Table = Mapping[str, Floats]
"""Column -> values of one series (T,)."""
NEUTRAL = {"split": 1.0, "dividend": 0.0}


@dataclass(frozen=True)
class Action:
    """A split or dividend that the answer records and the vintage before did not."""

    kind: str
    """split | dividend."""
    time: str | int
    """Its ex-date."""
    value: float
    """Ratio, or amount per share."""
    factor: float
    """What it multiplies the prices before it by."""
    row: int
    """Row of the answer."""

    def __str__(self) -> str:
        """For people."""
        what = f"{self.value:g}:1 split" if self.kind == "split" else f"dividend of {self.value:g}"
        return f"{what} on {self.time} (factor {self.factor:.6g})"


def new_actions(ds: Times, now: Table, was: Table, *, raw: bool) -> list[Action]:
    """The actions in `now` (T,) that `was` (T,; NaN where it has no row) does not have.

    With `raw` prices a dividend of D takes D/close off what was before; where all prices are rebased, the
    close before it is already smaller by D.
    """
    found = []
    for kind, neutral in NEUTRAL.items():
        if kind in now:
            values, old = _active(now[kind], neutral), _active(was.get(kind, now[kind] * np.nan), neutral)
            for row in np.flatnonzero((values != neutral) & (values != old)):
                factor = _factor(kind, int(row), now, raw=raw)
                found.append(Action(kind, time_value(ds[row]), float(values[row]), factor, int(row)))
    return found


def candidates(
    column: str, actions: list[Action], rows: NDArray[np.int64], *, raw: bool
) -> dict[str, Floats]:
    """By what a column's values may have been multiplied, at the given rows of the answer (C,).

    Raw prices and volumes stay as they were traded: of theirs only the adjusted close is ever rebased.
    """
    one = {"": np.ones(len(rows))}
    if raw and column != "adj_close":
        return one
    splits, dividends = (_product(actions, kind, rows) for kind in ("split", "dividend"))
    if column in (*PRICES, "adj_close"):
        return one | {"split": splits, "dividend": dividends, "split and dividend": splits * dividends}
    if column == "volume":
        return one | {"split": 1 / splits}
    return one | ({"split": splits} if column == "dividend" else {})


def _product(actions: list[Action], kind: str, rows: NDArray[np.int64]) -> Floats:
    product = np.ones(len(rows))
    for action in actions:
        if action.kind == kind:
            product[rows < action.row] *= action.factor
    return product


def _factor(kind: str, row: int, now: Table, *, raw: bool) -> float:
    if kind == "split":
        return 1 / float(now["split"][row])
    closes = now["close"][:row] if "close" in now else np.zeros(0)
    closes = closes[np.isfinite(closes)]
    if not len(closes):
        return 1.0
    split = float(_active(now["split"][row : row + 1], 1.0)[0]) if "split" in now else 1.0
    close, paid = float(closes[-1]) / (split if raw else 1.0), float(now["dividend"][row])
    return 1 - paid / close if raw else close / (close + paid)


def _active(values: Floats, neutral: float) -> Floats:
    """Actions, with the neutral value where none is given."""
    return np.where(np.isnan(values) | (values == 0), neutral, values)
