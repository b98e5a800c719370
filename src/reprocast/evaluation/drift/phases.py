"""Where in its season each step of a series stands, and values freed of the season.

Legend: T steps of one series, P phases, n reference values of one phase.
"""

import numpy as np
from numpy.typing import NDArray

from reprocast.panel import Times
from reprocast.params.calendar import is_exchange, is_within_sessions

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

WEEK = 5
"""Sessions in a week: with this season, days of an exchange are told apart by weekday, holidays or not."""
NIGHT = np.timedelta64(6, "h")
"""Bars further apart than this belong to two sessions."""
FEWEST = 8
"""Seasons a reference must have: from fewer values a phase's centre and spread say little."""
MIDDLE = (0.25, 0.5, 0.75)


def phases(times: Times, calendar: str, season: int) -> Ints:
    """The phase of each due time (T,), from 0: weekday, bar within the session, or steps modulo the season.

    Holidays would shift a count of sessions against the week, so exchanges are read from their times.
    """
    count = np.arange(len(times), dtype=np.int64)
    if is_exchange(calendar) and season == WEEK:
        days = times.astype("datetime64[D]").astype(np.int64)
        return (days + 3) % 7  # 1970-01-01 was a Thursday
    if is_within_sessions(calendar) and len(times):
        opens = np.concatenate([[True], np.diff(times) > NIGHT])
        return (count - np.maximum.accumulate(np.where(opens, count, 0))) % season
    return count % season


def season_free(values: Floats, phase: Ints, reference: Mask) -> Floats:
    """Each value (T,) in spreads (interquartile ranges) from the median of the reference at its phase.

    A value of the reference is measured by the others of its phase, so that it and a later value are
    alike when nothing has changed, however few there are. NaN where a value is missing or its phase has
    fewer than `FEWEST` values in the reference.
    """
    finite = np.isfinite(values)
    whole = _spread_of(values[reference & finite])
    free = np.full(len(values), np.nan)
    for one in np.unique(phase):
        here = (phase == one) & finite
        known = np.sort(values[here & reference])
        if len(known) < FEWEST:
            continue
        place = np.searchsorted(known, values[here & reference])
        for rows, without in ((here & reference, place), (here & ~reference, None)):
            low, centre, high = (_quantile(known, share, without) for share in MIDDLE)
            spread = high - low
            free[rows] = (values[rows] - centre) / np.where(spread > 0, spread, whole)
    return free


def _quantile(known: Floats, share: float, without: Ints | None) -> Floats:
    """A quantile of the sorted values (n,), or for each place left out (M,) that of the others."""
    size = len(known) - (without is not None)
    at = share * (size - 1)
    below = np.asarray(int(at))
    above = np.minimum(below + 1, size - 1)
    if without is not None:
        weight, below, above = at - below, below + (below >= without), above + (above >= without)
    else:
        weight = at - below
    found: Floats = known[below] + weight * (known[above] - known[below])
    return found


def _spread_of(values: Floats) -> float:
    """Spread of all values, 1 where they do not differ: for phases in which most values are equal."""
    if not len(values):
        return 1.0
    low, high = np.quantile(values, (MIDDLE[0], MIDDLE[2]))
    return float(high - low) or float(values.std()) or 1.0
