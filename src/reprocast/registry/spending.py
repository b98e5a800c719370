"""The error over the rounds: each cutoff pays for its share of alpha, once.

A round tests at alpha_t = alpha · min(1, fresh / period), where fresh counts the cutoffs after all that
earlier rounds have tested on. Shares of disjoint stretches add up, so that the rounds of any period spend
alpha at most, whether they are daily, monthly or as they come, and by the union bound (Bonferroni 1936) the
probability that one of them promotes a challenger that is no better is at most alpha, however much the
challengers are alike and their test sets overlap. The first round looks back on more than a period; it has
half of alpha, and until a period has passed the rounds after it share the other half.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reprocast.data.calendars import due_times
from reprocast.registry.ledger_entry import Entry

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
    ends = _tested_up_to(entries, cutoffs)
    return _after(cutoffs, max(ends)) if len(ends) else len(np.unique(np.asarray(cutoffs)))


def level(alpha: float, period: int, cutoffs: Any, entries: Sequence[Entry]) -> float:
    """alpha_t: what a test on these cutoffs (n,) may spend.

    Args:
        alpha: probability of a false promotion over a period.
        period: its cutoffs.
        cutoffs: those that are compared now.
        entries: the ledger, in order.
    """
    ends = _tested_up_to(entries, cutoffs)
    if not len(ends):
        return alpha * FIRST
    is_young = _after(cutoffs, ends[0]) <= period
    return alpha * min(1.0, fresh(cutoffs, entries) / period) * ((1 - FIRST) if is_young else 1.0)


def _tested_up_to(entries: Sequence[Entry], cutoffs: Any) -> Any:
    """Last cutoff of each test of the ledger, in the cutoffs' type; decisions without a test do not count."""
    said = [entry.evidence for entry in entries]
    ends = [one.last_cutoff for one in said if one is not None and one.p_value is not None]
    return np.asarray(ends).astype(np.asarray(cutoffs).dtype)


def _after(cutoffs: Any, end: Any) -> int:
    """How many of the distinct cutoffs (n,) are later."""
    return int(np.sum(np.unique(np.asarray(cutoffs)) > end))
