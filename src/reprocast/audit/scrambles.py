"""The scramble: everything after random instants is changed, the windows are cut anew, and compared."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from reprocast.audit.cutting import compare
from reprocast.audit.pair import Pair
from reprocast.audit.result import Done
from reprocast.audit.scrambling import KINDS, Kind, Scramble
from reprocast.audit.subject import Subject
from reprocast.data.windows import Windows
from reprocast.errors import DataError
from reprocast.panel import Panel, Times

WORDS: dict[Kind, str] = {
    "values": "other values",
    "holes": "missing values",
    "rows": "lost rows",
    "ends": "early ends",
}
Cut = Callable[[Panel], Windows]


def after_instants(subject: Subject) -> Done:
    """Scrambles after random instants, the ends of each fold's splits among them."""
    rng, compared, done = subject.rng("scrambles"), Counter[str](), 0
    refused = Counter[Kind]()
    for n, after in enumerate(instants(subject, rng)):
        kind = KINDS[n // 2 % len(KINDS)]
        for way in dict.fromkeys((kind, "values")):  # plain values, where the data may have no holes
            scramble = subject.scramble(after, way, int(rng.integers(2**31)), spared=not n % 2)
            false = cut_again(subject.cut, subject.panel, scramble, subject.windows)
            if false is not None:
                compared += compare(Pair(subject.windows, false, after, str(scramble), not n % 2), rng)
                done += 1
                break
            refused[kind] += 1
    said = ", ".join(sorted(WORDS[kind] for kind in refused))
    note = f"{said} would have been refused: mere other values took their place" if said else ""
    return Done({"instants": done, **compared}, note)


def cut_again(cut: Cut, panel: Panel, scramble: Scramble, true: Windows) -> Windows | None:
    """The windows of another future; none where its holes or ends would be refused or a series left out.

    Raises:
        DataError: mere other values are refused.
    """
    try:
        false = cut(scramble(panel))
    except DataError:
        if scramble.kind == "values":
            raise
        return None
    return None if scramble.kind != "values" and false.ids != true.ids else false


def instants(subject: Subject, rng: np.random.Generator) -> Times:
    """Times to scramble after: where splits end, where something is missing, and random ones.

    window.missing `interpolate` fills gaps of the first fold's training span from both sides: all are later.
    """
    grid, windows = subject.grid, subject.windows
    ends: list[Any] = [span[1] for fold in windows.folds.values() for span in fold.bounds.values()]
    first = min(fold.bounds["train"][1] for fold in windows.folds.values())
    allowed = grid[:-1]
    if getattr(windows, "missing", "") == "interpolate":
        allowed = allowed[allowed >= first]
    edges = np.intersect1d(np.asarray(ends, dtype=grid.dtype), allowed)
    gaps = rng.permutation(np.intersect1d(_gaps(subject), allowed))[: subject.instants // 3]
    drawn = rng.choice(allowed, min(subject.instants, len(allowed)), replace=False)
    kept = max(len(drawn) - len(edges) - len(gaps), len(drawn) // 3)
    return np.concatenate([edges, gaps, drawn[:kept]])


def _gaps(subject: Subject) -> Times:
    """Times at which something is missing: there a value might be filled from behind."""
    panel, windows = subject.panel, subject.windows
    lacks = np.logical_or.reduce([np.isnan(values) for values in panel.columns.values()])
    rows = dict(panel.rows())
    lost = [
        np.setdiff1d(windows.ds[begin:end], panel.ds[rows[name]])
        for name, begin, end in zip(windows.ids, windows.offsets[:-1], windows.offsets[1:], strict=True)
    ]
    return np.unique(np.concatenate([panel.ds[lacks], *lost]))
