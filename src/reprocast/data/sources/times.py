"""Cells of a file to times in UTC, or to integer steps; the first one that is none is named with its place.

What is odd is looked at word by word, each distinct one once: a panel of a thousand series has the same times
a thousand times. Legend: T rows, W distinct words.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from reprocast.data.sources.cells import MISSING, Cells, Place, encoded
from reprocast.panel import Times

ZONE = re.compile(r"(?<=\d)\s*(?:Z|UTC|[+-]\d\d:?\d\d)$", re.IGNORECASE)
FIRST = np.datetime64("0001-01-01", "us")
LAST = np.datetime64("9999-12-31T23:59:59.999999", "us")
"""What dates can say."""


@dataclass(frozen=True)
class Writing:
    """How times are written."""

    date_format: str | None = None
    """As in strptime; none: ISO 8601."""
    zone: str | None = None
    """Zone of those without an offset; none: UTC."""


def to_steps(cells: Cells, column: str, place: Place) -> Times:
    """A column of text as integer steps (T,).

    Raises:
        DataError: a cell that is not a whole number.
    """
    text = pc.utf8_trim_whitespace(cells)
    whole = pc.match_substring_regex(text, r"^[-+]?[0-9]{1,18}$").to_numpy()
    wrong = np.flatnonzero(~whole)
    if len(wrong):
        value = text[int(wrong[0])].as_py()
        said = f"{value!r} is not a whole number (data.calendar is step)"
        raise place.fault(int(wrong[0]), column, said)
    steps: Times = pc.replace_substring_regex(text, r"^\+", "").cast(pa.int64()).to_numpy()
    return steps


def to_times(cells: Cells, column: str, place: Place, writing: Writing) -> Times:
    """A column of text as times (T,), datetime64[us] in UTC.

    Raises:
        DataError: a cell that is no such time, is missing, has a zone where others have none, or does not
            exist or stands for two instants where clocks are changed.
    """
    quick = _plain(cells) if writing == Writing() else None
    if quick is not None:
        return quick
    codes, words = encoded(cells)
    zoned = np.asarray([_has_zone(word, writing) for word in words], np.bool_)
    times = _parsed(words, writing)
    _refuse(pd.isna(times)[codes], lambda row: _no_time(words[codes[row]], writing), column, place)
    mixed = zoned[codes] != zoned[codes[0]]
    _refuse(mixed, lambda row: _mixed(words[codes[row]], has_zone=bool(zoned[codes[row]])), column, place)
    if writing.zone and not zoned[codes[0]]:
        return localised(times, codes, words, column, place, writing.zone)
    return _instants(times, codes)


def localised(
    times: pd.DatetimeIndex, codes: NDArray[Any], words: Sequence[str], column: str, place: Place, zone: str
) -> Times:
    """Local times (W,) at `codes` (T,) as UTC (T,); raises like `to_times`."""
    utc = times.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")

    def said(row: int) -> str:
        word = int(codes[row])
        return _no_instant(words[word], times[word], zone)

    _refuse(pd.isna(utc)[codes], said, column, place)
    return _instants(utc.tz_convert("UTC").tz_localize(None), codes)


def refuse_out_of_range(times: Times, column: str, place: Place) -> None:
    """Raises: DataError: a time (T,) is missing or before the year 1 or after 9999."""
    _refuse(np.isnat(times), lambda _: "the time is missing", column, place)
    _refuse((times < FIRST) | (times > LAST), lambda row: f"{times[row]} is no date", column, place)


def _plain(cells: Cells) -> Times | None:
    """ISO times, all with a zone or all without; None where one is odd."""
    for kind in (pa.timestamp("us"), pa.timestamp("us", "UTC")):
        try:
            times: Times = cells.cast(kind).cast(pa.timestamp("us")).to_numpy()
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            continue
        return times if len(times) and times.min() >= FIRST else None  # null is NaT: no comparison holds
    return None


def _parsed(words: list[str], writing: Writing) -> pd.DatetimeIndex:
    """Times (W,) without a zone; NaT where a word is none."""
    format_ = writing.date_format or "ISO8601"
    parsed = pd.to_datetime(pd.Series(words, dtype=str), format=format_, errors="coerce", utc=True)
    return pd.DatetimeIndex(parsed.dt.tz_localize(None))


def _has_zone(word: str, writing: Writing) -> bool:
    if writing.date_format:
        return "%z" in writing.date_format
    return ":" in word and ZONE.search(word) is not None


def _instants(times: pd.DatetimeIndex, codes: NDArray[Any]) -> Times:
    instants: Times = times.to_numpy().astype("datetime64[us]")[codes]
    return instants


def _refuse(wrong: NDArray[np.bool_], said: Callable[[int], str], column: str, place: Place) -> None:
    rows = np.flatnonzero(wrong)
    if len(rows):
        raise place.fault(int(rows[0]), column, said(int(rows[0])))


def _no_time(word: str, writing: Writing) -> str:
    if word in MISSING:
        return "the time is missing"
    if writing.date_format:
        return f"{word!r} is no time written as data.date_format {writing.date_format!r}"
    return (
        f"{word!r} is not a date like 2013-03-31 or a time like 2013-03-31T16:00 (ISO 8601); "
        "say how it is written with data.date_format"
    )


def _mixed(word: str, *, has_zone: bool) -> str:
    said = (
        "has a time zone, those before it have none" if has_zone else "has no time zone, those before it do"
    )
    return f"{word!r} {said}; give all of them a zone, or none"


def _no_instant(word: str, time: pd.Timestamp, zone: str) -> str:
    twice = not pd.isna(time.tz_localize(zone, ambiguous=True, nonexistent="NaT"))
    said = "stands for two instants" if twice else "does not exist"
    return f"{word!r} {said} in {zone}, where clocks were changed; write times with their offset (+01:00)"
