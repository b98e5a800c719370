"""A panel that is too large to be tried twenty times: some of its series stand for all."""

import numpy as np

from reprocast.audit.subject import Subject
from reprocast.panel import Panel
from reprocast.params.root import Params

MOST = 1_000_000
"""Rows that are audited; a single series is never cut."""


def subject_of(params: Params, raw: Panel, instants: int, seed: int) -> Subject:
    """The subject, with as many of the series asked for as have `MOST` rows together, drawn at random."""
    series = params.data.series
    names = [name for name in raw.ids if not series or name in series]
    if len(raw) <= MOST or len(names) < 2:
        return Subject(params, raw, instants, seed)
    rows = dict(raw.rows())
    drawn = np.random.default_rng(seed).permutation(len(names))
    total = np.cumsum([rows[names[n]].stop - rows[names[n]].start for n in drawn])
    chosen = sorted(names[n] for n in drawn[: max(int(np.searchsorted(total, MOST, side="right")), 1)])
    keep = np.isin(np.asarray(raw.ids, object), np.asarray(chosen, object))
    data = params.data.model_copy(update={"series": tuple(chosen) if series else series})
    fewer = params.model_copy(update={"data": data})
    return Subject(fewer, raw.take(keep[raw.series_of_rows()]), instants, seed, len(names) - len(chosen))
