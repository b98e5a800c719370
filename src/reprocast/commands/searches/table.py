"""What searches found, as text."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from reprocast.evaluation.tuned import Record
from reprocast.stages.stage import PARAMS

NONE = "–"


class Found(Protocol):
    """What became of a search."""

    @property
    def record(self) -> Record: ...  # noqa: D102
    @property
    def changed(self) -> Mapping[str, Any]: ...  # noqa: D102


def table(found: Sequence[Found]) -> str:
    """A line an architecture: trials, validation score before and after, what changes."""
    score = found[0].record.score.upper()
    heads = ("network", "trials", f"validation {score} before", "after", "found")
    rows = [heads, *(_row(one) for one in found)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(heads) - 1)]
    return "\n".join(
        "  ".join([row[0].ljust(widths[0]), *(row[n].rjust(widths[n]) for n in (1, 2, 3)), row[4]])
        for row in rows
    )


def _row(one: Found) -> tuple[str, ...]:
    record = one.record
    first, best = record.trials[0], record.trials[record.best]
    moved = {
        key: (first.values[key], value) for key, value in best.values.items() if value != first.values[key]
    }
    what = ", ".join(f"{key} {_text(old)} → {_text(new)}" for key, (old, new) in sorted(moved.items()))
    scores = (NONE if score is None else f"{score:.4f}" for score in (first.score, best.score))
    return (
        record.architecture,
        str(len(record.trials)),
        *scores,
        what or "the values before are best",
    )


def closing(found: Sequence[Found]) -> str:
    """What was written, and what to do next."""
    changed = [one.record.architecture for one in found if one.changed]
    if not changed:
        return f"{PARAMS} stands as it was; records: tuning/"
    return f"{PARAMS} has new values for {', '.join(changed)}; records: tuning/. Now run `reprocast repro`"


def said(values: Mapping[str, Any]) -> str:
    """Values in one line."""
    return ", ".join(f"{key} {_text(value)}" for key, value in sorted(values.items()))


def _text(value: Any) -> str:
    return (
        f"{value:g}" if isinstance(value, float) else value if isinstance(value, str) else json.dumps(value)
    )
