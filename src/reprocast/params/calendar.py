"""How `data.calendar` is written: an exchange's sessions, a plain frequency, or integer steps."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator

EXCHANGE = r"[A-Z]{4}"
MINUTES = {"min": 1, "h": 60}


def is_exchange(calendar: str) -> bool:
    """Whether it means an exchange's trading days (XNYS): no frequency, not within the day, not `step`."""
    return re.fullmatch(EXCHANGE, calendar) is not None


def is_within_sessions(calendar: str) -> bool:
    """Whether it means the bars within an exchange's sessions (XNYS@15min)."""
    return re.fullmatch(rf"{EXCHANGE}@\d*(min|h)", calendar) is not None


def step_within_day(calendar: str) -> timedelta | None:
    """The step of minutes or hours, with or without an exchange: 15min, h, XNYS@15min; none for others."""
    found = re.fullmatch(rf"(?:{EXCHANGE}@)?(\d*)(min|h)", calendar)
    return timedelta(minutes=int(found[1] or 1) * MINUTES[found[2]]) if found else None


def yahoo_interval(calendar: str) -> str | None:
    """What Yahoo calls these bars: 1d, 15m, …; none where it has no such ones.

    Weeks and months are made of days (data/sources/yahoo_bars.py).
    """
    step = step_within_day(calendar)
    if step is None:
        is_daily = is_exchange(calendar) or calendar in ("D", "B", "W", "MS", "ME")
        return "1d" if is_daily else None
    minutes = step // timedelta(minutes=1)
    return f"{minutes}m" if minutes in (1, 2, 5, 15, 30, 60, 90) else None


def _is_calendar(text: str) -> str:
    if is_within_sessions(text):
        step = step_within_day(text)
        if step is None or not timedelta() < step < timedelta(days=1):
            raise ValueError("has a step within the sessions that is not between 1min and a day")
    elif not re.fullmatch(rf"{EXCHANGE}|\d*(s|min|h|D|B|W|MS|ME|QS|YS)|step", text):
        raise ValueError(
            "is not an exchange (XNYS, XNYS@15min), a frequency (15min, h, D, B, W, MS) or `step`"
        )
    return text


Calendar = Annotated[str, AfterValidator(_is_calendar)]
"""An exchange's trading days (XNYS) or the bars within its sessions (XNYS@15min), a plain frequency
(15min, h, D, B, W, MS) or `step` for integer steps."""
