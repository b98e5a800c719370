"""How a source's answer differs from the vintages in use: series by series, in words, as distributions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from reprocast.data.asof import select, since, until
from reprocast.data.distributions import Shift, shifts
from reprocast.data.revisions import KINDS, SeriesChange, compare
from reprocast.data.sources.answer import Answer
from reprocast.data.vintage import Vintage, is_live, options
from reprocast.data.vintages import known, packed, store, usable
from reprocast.errors import first_names
from reprocast.panel import Panel

SHOWN = 3
"""Series whose revision a line names."""


@dataclass(frozen=True)
class Differences:
    """How an answer differs from what was in use."""

    changes: tuple[SeriesChange, ...] = ()
    """Series by series."""
    against: tuple[str, ...] = ()
    """Names of the vintages it was compared with."""
    absent: tuple[str, ...] = ()
    """Vintages in use whose rows are not here and that this answer cannot be, in words."""
    changed_since: bool = False
    """Whether history also differs from that of a revision that waits to be accepted."""
    shifts: tuple[Shift, ...] = ()
    """Columns that are distributed otherwise than before."""

    @property
    def kind(self) -> str:
        """One of KINDS, the gravest of all series."""
        kinds = [change.kind for change in self.changes] + ["revised"] * len(self.absent)
        return max(kinds, key=KINDS.index, default="unchanged")

    @property
    def reasons(self) -> tuple[str, ...]:
        """The newly recorded splits and dividends."""
        return tuple(f"{change.series}: {action}" for change in self.changes for action in change.actions)

    @property
    def revision(self) -> str:
        """What was revised, in a line."""
        revised = [change for change in self.changes if change.kind == "revised"]
        parts = [*self.absent, *(text for change in revised[:SHOWN] for text in said(change))]
        if len(revised) > SHOWN:
            parts.append(f"{len(revised) - SHOWN} more series")
        values = [change.largest for change in revised if change.largest]
        if values:
            parts.append(f"largest change {max(values, key=lambda value: value.size)}")
        return "; ".join(parts)


def said(change: SeriesChange) -> Iterator[str]:
    """What was revised in a series, in words."""
    if change.columns:
        yield f"{change.series}: {counted(len(change.times), 'row')} revised in {', '.join(change.columns)}"
    for times, what in ((change.gone, "gone"), (change.inserted, "inserted")):
        if times:
            yield f"{change.series}: {counted(len(times), 'row')} {what} ({first_names(times)})"


def counted(n: int, what: str) -> str:
    """1 row, 2 rows."""
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def differences(answer: Answer, used: str | None, *, raw: bool) -> Differences:
    """Compares an answer with the newest usable vintage of each of its series, for the same options.

    Args:
        answer: what the source says now.
        used: the vintage that data/raw was made from; files of one's own are compared with that one.
        raw: prices are kept as they were traded.
    """
    bases = _bases(answer, used)
    absent = [vintage for vintage in _unique(bases.values()) if not vintage.is_whole()]
    gone = tuple(_said_absent(vintage, answer) for vintage in absent if not _restored(vintage, answer))
    names = {vintage.name for vintage in absent} if gone else set()
    here = {series: vintage for series, vintage in bases.items() if vintage.name not in names}
    pairs = _pairs(answer, here)
    compared = set(bases) - set(here)
    return Differences(
        tuple(
            compare(series, before, after, raw=raw, more_asked=_more_asked(answer, bases.get(series)))
            for series, (before, after) in pairs.items()
            if series not in compared
        ),
        tuple(sorted({vintage.name for vintage in bases.values()})),
        gone,
        _changed_since(answer, raw=raw),
        tuple(shift for series, (before, after) in pairs.items() for shift in shifts(series, before, after)),
    )


def _bases(answer: Answer, used: str | None) -> dict[str, Vintage]:
    """The vintage that each series of the answer is compared with."""
    same = [vintage for vintage in usable() if options(vintage.request) == options(answer.request)]
    if not is_live(answer.request):
        same = [vintage for vintage in same if vintage.name == used and vintage.is_whole()]
    same.sort(key=lambda vintage: vintage.turn)
    asked = {*answer.panel.ids, *answer.request.get("series", ())}
    return {series: vintage for vintage in same for series in vintage.series if series in asked}


def _pairs(answer: Answer, bases: Mapping[str, Vintage]) -> dict[str, tuple[Panel, Panel]]:
    """Each series as it was, cut to what was asked for this time, and as it is."""
    panels = {vintage.name: vintage.panel() for vintage in _unique(bases.values())}
    empty = answer.panel.take(np.zeros(len(answer.panel), np.bool_))
    found = {}
    for series in sorted({*answer.panel.ids, *bases}):
        before = _only(panels[bases[series].name], series) if series in bases else empty
        after = _only(answer.panel, series) if series in answer.panel.ids else empty
        found[series] = (_asked(before, answer.request), after)
    return found


def _asked(panel: Panel, request: Mapping[str, Any]) -> Panel:
    """The rows within a request's span."""
    if request.get("end") is not None:
        panel = until(panel, request["end"])
    return since(panel, request.get("start"))


def _more_asked(answer: Answer, base: Vintage | None) -> bool:
    """Whether an earlier start was asked for than the last time."""
    was, now = (base.request.get("start") if base else None), answer.request.get("start")
    return was is not None and (now is None or now < was)


def _changed_since(answer: Answer, *, raw: bool) -> bool:
    same = [vintage for vintage in known() if options(vintage.request) == options(answer.request)]
    waiting = [vintage for vintage in same if vintage.waits and vintage.is_whole()]
    newest = max(waiting, key=lambda vintage: vintage.turns[-1].number, default=None)
    if newest is None or newest.turns[-1].number < max(vintage.turn for vintage in same):
        return False
    pairs = _pairs(answer, {series: newest for series in newest.series if series in answer.panel.ids})
    more = _more_asked(answer, newest)
    kinds = [compare(series, *pair, raw=raw, more_asked=more).kind for series, pair in pairs.items()]
    return "revised" in kinds


def _restored(vintage: Vintage, answer: Answer) -> bool:
    """Puts a vintage whose rows are not here back, if the answer still has the very same."""
    again = replace(
        answer, panel=_within(vintage, answer.panel), request=vintage.request, notes=vintage.notes
    )
    if packed(again)[0] != vintage.content():
        return False
    store(again)
    return True


def _within(vintage: Vintage, panel: Panel) -> Panel:
    """The rows of a panel that a vintage could have: of its series, from its first to its last row."""
    keep = np.zeros(len(panel), np.bool_)
    for name, rows in panel.rows():
        if name in vintage.series:
            first, last = (_time(vintage.series[name][end]) for end in ("first", "last"))
            keep[rows] = (panel.ds[rows] >= first) & (panel.ds[rows] <= last)
    return panel.take(keep)


def _time(value: str | int) -> Any:
    return value if isinstance(value, int) else np.datetime64(value, "us")


def _said_absent(vintage: Vintage, answer: Answer) -> str:
    """What the manifest tells of a vintage that is not here, beside what is answered now."""
    counts = {name: rows.stop - rows.start for name, rows in _within(vintage, answer.panel).rows()}
    other = [
        f"{name} had {counted(span['rows'], 'row')} up to {span['last']}, now {counts.get(name, 0):,}"
        for name, span in vintage.series.items()
        if counts.get(name, 0) != span["rows"]
    ]
    how = first_names(other) if other else "as many rows, other values"
    return (
        f"vintage {vintage.name}, which is in use, is not here (`dvc pull` brings it), and what is answered "
        f"today is not the same: {how}"
    )


def _only(panel: Panel, series: str) -> Panel:
    return select(panel, [series])


def _unique(vintages: Any) -> list[Vintage]:
    return list({vintage.name: vintage for vintage in vintages}.values())
