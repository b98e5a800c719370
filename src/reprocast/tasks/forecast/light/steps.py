"""Which step of a calendar a time is, and the time of a step, with numpy alone.

Steps are counted from an origin that is due itself, as frequencies without an anchor are. Legend: T times.
"""

import re
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from reprocast.errors import DataError, UsageError

Times = NDArray[Any]
Ints = NDArray[np.int64]

OFF = -1
"""Place of a time at which nothing is due."""
TIME = "datetime64[us]"
SECONDS = {"s": 1, "min": 60, "h": 3600, "D": 86400}
WEEKS = {"B": "1111100", "W": "0000001"}
"""Days of the week (from Monday) that count."""
MONTHS = {"MS": 1, "ME": 1, "QS": 3, "YS": 12}


class Steps(Protocol):
    """The steps of a calendar after an origin."""

    @abstractmethod
    def places(self, times: Times) -> Ints:
        """Steps from the origin to each time (T,); OFF where none is due."""
        ...

    @abstractmethod
    def times(self, places: Ints) -> Times:
        """Times of these steps (T,)."""
        ...


@dataclass(frozen=True)
class Spans:
    """Steps of one length: integers, seconds, minutes, hours, days."""

    origin: Any
    step: Any

    def places(self, times: Times) -> Ints:
        """See `Steps`."""
        away = (times - self.origin) // self.step
        return np.where(self.origin + away * self.step == times, away, OFF).astype(np.int64)

    def times(self, places: Ints) -> Times:
        """See `Steps`."""
        return np.asarray(self.origin + places * self.step)


@dataclass(frozen=True)
class Days:
    """Every n-th of some days: business days, Sundays, an exchange's sessions."""

    origin: Any
    every: int
    days: np.busdaycalendar
    known: tuple[Any, Any] | None = None
    """First and last day of which it is known whether they count; none: all."""

    def places(self, times: Times) -> Ints:
        """See `Steps`.

        Raises:
            DataError: a time of which it is not known.
        """
        day, first = times.astype("datetime64[D]"), self.origin.astype("datetime64[D]")
        self._refuse_unknown(day)
        due = np.is_busday(day, busdaycal=self.days) & (times - day == self._clock)
        away = np.busday_count(first, day, busdaycal=self.days)
        return np.where(due & (away % self.every == 0), away // self.every, OFF).astype(np.int64)

    def times(self, places: Ints) -> Times:
        """See `Steps`; raises like `places`."""
        first = self.origin.astype("datetime64[D]")
        days = np.busday_offset(first, places * self.every, busdaycal=self.days)
        self._refuse_unknown(days)
        return np.asarray(days + self._clock, TIME)

    @property
    def _clock(self) -> Any:
        """Time of day; a session is labelled by its date."""
        return np.timedelta64(0, "us") if self.known else self.origin - self.origin.astype("datetime64[D]")

    def _refuse_unknown(self, days: Times) -> None:
        if self.known and (days.min() < self.known[0] or days.max() > self.known[1]):
            raise DataError(
                f"the file knows the exchange's days from {self.known[0]} to {self.known[1]}, not "
                f"{days.min()} … {days.max()}; `reprocast predict` asks the calendar itself"
            )


@dataclass(frozen=True)
class Months:
    """First or last days of every n-th month."""

    origin: Any
    every: int
    unit: int
    """Months that the calendar counts in: 1, 3 from January on, 12."""
    last: bool

    def places(self, times: Times) -> Ints:
        """See `Steps`."""
        months = times.astype("datetime64[M]").astype(np.int64)
        away = months - self.origin.astype("datetime64[M]").astype(np.int64)
        due = (times == self._day(months)) & (months % self.unit == 0) & (away % self.every == 0)
        return np.where(due, away // self.every, OFF)

    def times(self, places: Ints) -> Times:
        """See `Steps`."""
        return self._day(self.origin.astype("datetime64[M]").astype(np.int64) + places * self.every)

    def _day(self, months: Ints) -> Times:
        """The day of these months that is due, at the origin's time of day."""
        clock = self.origin - self.origin.astype("datetime64[D]")
        day = (months + self.last).astype("datetime64[M]").astype("datetime64[D]") - int(self.last)
        return np.asarray(day + clock, TIME)


def steps_from(origin: Any, calendar: str, sessions: Mapping[str, Any] | None) -> Steps:
    """The steps after `origin`.

    Args:
        origin: a time (datetime64[us]) or an integer step; whether it is due itself, `places` says.
        calendar: as the model's description has it.
        sessions: of an exchange, as the exported file has them.

    Raises:
        UsageError: a calendar whose steps numpy alone cannot count.
    """
    if calendar == "step":
        return Spans(np.int64(origin), np.int64(1))
    if sessions is not None:
        days = np.busdaycalendar(sessions["week"], np.asarray(sessions["rests"], "datetime64[D]"))
        known = (np.datetime64(sessions["first"]), np.datetime64(sessions["last"]))
        return Days(origin, 1, days, known)
    found = re.fullmatch(r"(\d*)(s|min|h|D|B|W|MS|ME|QS|YS)", calendar)
    if found is None:
        raise UsageError(
            f"calendar {calendar}: the exported file does not hold its times; use "
            "`reprocast predict --model FILE.onnx`"
        )
    every, unit = int(found[1] or 1), found[2]
    if unit in SECONDS:
        return Spans(origin, np.timedelta64(every * SECONDS[unit] * 10**6, "us"))
    if unit in WEEKS:
        return Days(origin, every, np.busdaycalendar(WEEKS[unit]))
    return Months(origin, every * MONTHS[unit], MONTHS[unit], unit == "ME")
