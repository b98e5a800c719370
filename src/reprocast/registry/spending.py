"""The error over the rounds: each cutoff pays for its share of alpha, once.

A round tests at alpha_t = alpha · min(1, fresh / period), where fresh counts the cutoffs after all that
earlier rounds have tested on. Shares of disjoint stretches add up, so that the rounds of any period spend
alpha at most, whether they are daily, monthly or as they come, and by the union bound (Bonferroni 1936) the
probability that one of them promotes a challenger that is no better is at most alpha, however much the
challengers are alike and their test sets overlap. The first round looks back on more than a period; it has
half of alpha, and until a period has passed the rounds after it share the other half. Branches that were
merged may have paid twice for a stretch: the rounds after it have so much less until the period is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from reprocast.data.calendars import due_times
from reprocast.data.windows import Floats, Ints
from reprocast.registry.ledger_entry import Entry, Evidence

FIRST = 0.5
"""Share of alpha that the first round has, and the rest of its period."""
STEPS = 365
"""A period of integer steps, whose calendar knows no year."""
YEAR = ("2023-01-01", "2023-12-31T23:59:59")
"""An ordinary one: not a leap year, its holidays known."""


def year_of_steps(calendar: str) -> int:
    """Due times in a year of a calendar: 250 for XNYS, 8,760 for h; 365 for `step`.

    Raises:
        ParamsError: an unknown exchange.
    """
    return STEPS if calendar == "step" else max(1, len(due_times(calendar, *YEAR)))


def fresh(cutoffs: Any, entries: Sequence[Entry]) -> int:
    """How many of the distinct `cutoffs` (n,) lie after all that the ledger's tests have looked at."""
    times = np.unique(np.asarray(cutoffs))
    return _fresh(times, _tests(entries, times))


def level(alpha: float, period: int, cutoffs: Any, entries: Sequence[Entry]) -> float:
    """alpha_t: what a test on these cutoffs (n,) may spend.

    Args:
        alpha: probability of a false promotion over a period.
        period: its cutoffs.
        cutoffs: those that are compared now.
        entries: the ledger, in order.
    """
    times = np.unique(np.asarray(cutoffs))
    told = _tests(entries, times)
    if not len(told.last):
        return alpha * FIRST
    new = _fresh(times, told)
    share = alpha * min(1.0, new / period)
    begin, end = _stretches(told, times)
    if len(times) - end[0] <= period:
        rest = alpha * (1 - FIRST) - float(told.alpha[1:].sum())
        return max(0.0, min(share * (1 - FIRST), rest))
    inside = np.minimum(end, len(times) - new) - np.maximum(begin, len(times) - period)
    spent = float((told.alpha * np.maximum(inside, 0) / np.maximum(end - begin, 1)).sum())
    return max(0.0, min(share, alpha - spent))


@dataclass(frozen=True)
class _Tests:
    """The tests of the ledger in order of their last cutoff; each (k,)."""

    last: Any
    """Last cutoff, in the type of the cutoffs that are compared now."""
    fresh: Ints
    """Cutoffs that it has paid for: so many up to the last."""
    alpha: Floats
    """What it has spent."""


def _tests(entries: Sequence[Entry], times: Any) -> _Tests:
    """Decisions without a test do not count, and the same test by two branches is one.

    The same are those of the same models on the same cutoffs with the same p-value.
    """
    found: dict[tuple[object, ...], Evidence] = {}
    for entry in entries:
        said = entry.evidence
        if said is not None and said.p_value is not None:
            names = tuple(one and one.fingerprint for one in (entry.champion, entry.challenger))
            found.setdefault((*names, said.first_cutoff, said.last_cutoff, said.p_value), said)
    last = np.asarray([one.last_cutoff for one in found.values()]).astype(times.dtype)
    order = np.argsort(last, kind="stable")
    paid = np.asarray([one.fresh for one in found.values()], np.int64)
    return _Tests(last[order], paid[order], np.asarray([one.alpha for one in found.values()])[order])


def _fresh(times: Any, tests: _Tests) -> int:
    return int(np.sum(times > tests.last[-1])) if len(tests.last) else len(times)


def _stretches(tests: _Tests, times: Any) -> tuple[Ints, Ints]:
    """Begin and end (k,), as places in `times` (n,), of the cutoffs that each test has paid for.

    Before the first of `times` places are below nought, and tests are taken to have followed one another.
    """
    end = np.searchsorted(times, tests.last, side="right").astype(np.int64)
    known = end > 0
    first = min(0, int((end - tests.fresh)[known].min(initial=0)))
    paid_later = np.cumsum(np.where(known, 0, tests.fresh)[::-1])[::-1] - np.where(known, 0, tests.fresh)
    end = np.where(known, end, first - paid_later)
    return end - tests.fresh, end
