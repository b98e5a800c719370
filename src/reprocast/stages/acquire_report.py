"""reports/acquire.md: what the last answer of the source has changed. No output depends on it."""

from collections.abc import Iterator
from pathlib import Path

from reprocast.data.differences import Differences, said
from reprocast.data.revisions import SeriesChange
from reprocast.data.vintage import Vintage
from reprocast.errors import first_names

REPORT = Path("reports/acquire.md")


def acquire_report(vintage: Vintage, found: Differences) -> str:
    """The page, in Markdown."""
    turn = vintage.turns[-1] if vintage.turns else None
    used = (
        "in use"
        if turn is None or turn.accepted
        else "kept, not used until `reprocast acquire --accept-revision`"
    )
    lines = [
        f"# What {vintage.request['source']} answered",
        "",
        f"- asked: {turn.called} (UTC)" if turn and turn.called else "- asked: files of this project",
        f"- vintage: {vintage.name}, up to {vintage.last}, {used}",
        f"- compared with: {', '.join(found.against) or 'nothing, it is the first'}",
        f"- verdict: {found.kind if found.against else 'first'}",
        "",
    ]
    return "\n".join([*lines, *_series(found), *_revised(found), *_shifted(found)])


def _series(found: Differences) -> Iterator[str]:
    yield from ("| series | verdict | new rows | recorded actions |", "|---|---|---:|---|")
    for change in found.changes:
        if change.kind != "unchanged":
            actions = "; ".join(map(str, change.actions))
            new = "all" if change.is_new else f"{len(change.appended) + change.earlier:,}"
            yield f"| {change.series} | {_verdict(change)} | {new} | {actions} |"
    yield ""


def _verdict(change: SeriesChange) -> str:
    if change.kind == "rebased" and change.rebased:
        return f"rebased: {', '.join(change.rebased)}"
    return "first" if change.is_new else change.kind


def _revised(found: Differences) -> Iterator[str]:
    revised = [change for change in found.changes if change.kind == "revised"]
    if revised or found.absent:
        yield from ("## Revised without a recorded reason", "", *(f"- {text}" for text in found.absent))
        for change in revised:
            yield from (f"- {text}" for text in said(change))
            if change.largest:
                yield f"  - largest change: {change.largest}"
            if change.times:
                yield f"  - at {first_names(change.times)}"
        yield ""


def _shifted(found: Differences) -> Iterator[str]:
    yield "## Distribution, against the vintage before"
    yield ""
    if not found.shifts:
        yield from ("No column has shifted (PSI up to 0.25, or no more than chance explains).", "")
        return
    yield from ("| series | column | of | PSI | KS |", "|---|---|---|---:|---:|")
    for shift in found.shifts:
        yield f"| {shift.series} | {shift.column} | {shift.what} | {shift.psi:.2f} | {shift.ks:.2f} |"
    yield ""
