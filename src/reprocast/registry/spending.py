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
import pandas as pd

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


def tested(entries: Sequence[Entry]) -> list[Entry]:
    """The decisions that a test was made for, in order."""
    return [entry for entry in entries if entry.evidence is not None and entry.evidence.p_value is not None]


def fresh(cutoffs: Any, entries: Sequence[Entry]) -> int:
    """How many of the distinct `cutoffs` (n,) lie after all that the ledger's tests have looked at."""
    return (
        int(np.sum(_unique(cutoffs) > _last(entries, cutoffs))) if tested(entries) else len(_unique(cutoffs))
    )


def level(alpha: float, period: int, cutoffs: Any, entries: Sequence[Entry]) -> float:
    """alpha_t: what a test on these cutoffs (n,) may spend.

    Args:
        alpha: probability of a false promotion over a period.
        period: its cutoffs.
        cutoffs: those that are compared now.
        entries: the ledger.
    """
    before = tested(entries)
    if not before:
        return alpha * FIRST
    share = min(1.0, fresh(cutoffs, entries) / period)
    return alpha * share * ((1 - FIRST) if _is_young(before, cutoffs, period) else 1.0)


def _is_young(before: Sequence[Entry], cutoffs: Any, period: int) -> bool:
    """Whether less than a period has passed since the first test."""
    first = before[0].evidence
    since = _unique(cutoffs) > _time(first.last_cutoff, cutoffs) if first else np.zeros(0)
    return int(np.sum(since)) < period


def _last(entries: Sequence[Entry], cutoffs: Any) -> Any:
    ends = [entry.evidence.last_cutoff for entry in tested(entries) if entry.evidence]
    return max(_time(end, cutoffs) for end in ends)


def _time(text: str | int, like: Any) -> Any:
    return pd.Series([text]).to_numpy().astype(np.asarray(like).dtype)[0]


def _unique(cutoffs: Any) -> Any:
    return np.unique(np.asarray(cutoffs))
