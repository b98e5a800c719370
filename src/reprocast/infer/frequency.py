"""How often values are due, and how long a season is, from the times of a panel."""

import re
from dataclasses import dataclass

import numpy as np

from reprocast.data.calendars import due_times, is_exchange
from reprocast.errors import DataError
from reprocast.panel import Panel, Times

DAY = 86_400
MOST_GAPS = 0.5
"""Where more of the due times than this have no row, the times follow no calendar we know."""
SEASONS = {"D": 7, "B": 5, "W": 52, "7D": 52, "MS": 12, "ME": 12, "QS": 4}
"""Steps in a season: a week of days, a year of weeks, months or quarters."""


@dataclass(frozen=True)
class Frequency:
    """When values are due."""

    calendar: str
    """As in params.yaml."""
    season: int
    """Steps in a season."""
    gap_share: float
    """Largest share of due times without a row over the series."""


def frequency(panel: Panel, *, prices: bool, file: str) -> Frequency:
    """The calendar with the fewest gaps among those on which every row is due.

    Raises:
        DataError: none fits, or there are fewer than three times.
    """
    longest = max((panel.ds[rows] for _, rows in panel.rows()), key=len)
    if len(longest) < 3:
        raise DataError(
            f"{file}: its longest series has {len(longest)} rows; nothing can be learned from them"
        )
    if panel.ds.dtype.kind != "M":
        return Frequency("step", 1, _gap_share(panel, "step") or 0.0)
    seconds = float(np.median(np.diff(longest).astype("timedelta64[s]").astype(np.int64)))
    shares = {calendar: _gap_share(panel, calendar) for calendar in _candidates(seconds, prices=prices)}
    fitting = {
        calendar: share for calendar, share in shares.items() if share is not None and share <= MOST_GAPS
    }
    if not fitting:
        raise _irregular(file, longest)
    calendar = min(fitting, key=lambda name: fitting[name])
    return Frequency(calendar, season_of(calendar), fitting[calendar])


def _irregular(file: str, times: Times) -> DataError:
    steps = np.diff(times[:3]).astype("timedelta64[s]")
    return DataError(
        f"{file}: its times follow no calendar (the first steps are {steps[0]} and {steps[1]}); bring them "
        "to a regular frequency first"
    )


def _candidates(seconds: float, *, prices: bool) -> list[str]:
    """Calendars that the usual distance of two times suggests, the likelier first."""
    days = seconds / DAY
    if 0 < days < 1:
        whole = max(1, round(seconds))
        unit, length = next(pair for pair in (("h", 3600), ("min", 60), ("s", 1)) if whole % pair[1] == 0)
        return [f"{whole // length}{unit}" if whole > length else unit]
    if days == 1:
        return ["XNYS", "B", "D"] if prices else ["B", "XNYS", "D"]
    if 28 <= days <= 31:
        return ["MS", "ME"]
    if 89 <= days <= 92:
        return ["QS"]
    if 365 <= days <= 366:
        return ["YS"]
    return ["W", "7D"] if days == 7 else [f"{round(days)}D"]


def season_of(calendar: str) -> int:
    """Steps in a season of a calendar; 1 where none suggests itself."""
    if is_exchange(calendar):
        return SEASONS["B"]
    found = re.fullmatch(r"(\d*)(s|min|h)", calendar)
    if not found:
        return SEASONS.get(calendar, 1)
    seconds = int(found[1] or 1) * {"s": 1, "min": 60, "h": 3600}[found[2]]
    for cycle in (DAY, 3600, 60):
        if cycle % seconds == 0 and 1 < cycle // seconds <= 96:
            return cycle // seconds
    return 1


def _gap_share(panel: Panel, calendar: str) -> float | None:
    """The largest share of due times without a row over the series; None if a row is not due."""
    worst = 0.0
    for _, rows in panel.rows():
        share = _gaps(panel.ds[rows], calendar)
        if share is None:
            return None
        worst = max(worst, share)
    return worst


def _gaps(times: Times, calendar: str) -> float | None:
    due = due_times(calendar, times[0], times[-1])
    if not np.isin(times, due).all():
        return None
    return 1 - len(times) / len(due)
