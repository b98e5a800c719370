"""The source: what the vintage holds after data.end, or after any other as-of date, does not show.

A later split or dividend rewrites the adjusted closes of all rows before it: the scramble does so, too.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from typing import Any

import numpy as np

from reprocast.audit.leak import LeakError, same
from reprocast.audit.result import Done
from reprocast.audit.scrambling import as_it_was, known_ahead_only
from reprocast.audit.subject import Subject
from reprocast.data.calendars import bar_ends, following
from reprocast.errors import DataError
from reprocast.panel import Panel, time_text, write_panel
from reprocast.params.calendar import is_exchange

LATER_ROWS = 30
"""Rows that every series is given after its last one, so that there is something to ignore."""
LATER_SPLIT = 0.5
"""What a later split multiplies earlier adjusted closes by; a power of two, so that no bit is lost."""


def after_the_end(subject: Subject) -> Done:
    """Everything after data.end scrambled: the panel's file is the same bytes."""
    end, raw = subject.params.data.end, lengthened(subject)
    last = end_of(end)
    changed = later_actions(subject.scramble(last, spared=True)(raw), last)
    cause = f"when everything after data.end {end} was scrambled"
    true, false = subject.pulled(raw), _pulled(subject, changed, end, cause)
    compared = same_panels(subject, true, false, cause)
    if _digest(true) != _digest(false):
        raise LeakError(f"pull: data/raw/panel.parquet has other bytes {cause}")
    _refuse_later(subject, true, last, f"as of data.end {end}")
    return Done({"later rows": int((raw.ds > last).sum()), "values": compared})


def at_instants(subject: Subject) -> Done:
    """Pulled as of an instant: the whole vintage, one that was cut then and one that was scrambled agree."""
    raw, rng, compared = lengthened(subject), subject.rng("as of"), 0
    instants = _instants(subject, rng)
    for after in instants:
        end, asked = subject.as_end(after), f"as of {time_text(after)}"
        true, early = subject.pulled(raw, end), as_it_was(raw, after, subject.given)
        cause = f"{asked}, with later rows in the vintage"
        compared += same_panels(subject, _pulled(subject, early, end, cause), true, cause)
        scramble = subject.scramble(after, seed=int(rng.integers(2**31)), spared=True)
        cause = f"{asked}, with later rows scrambled"
        changed = _pulled(subject, later_actions(scramble(raw), after), end, cause)
        compared += same_panels(subject, true, changed, cause)
        _refuse_later(subject, true, after, asked)
    return Done({"instants": len(instants), "values": compared})


def in_session(subject: Subject) -> Done:
    """A minute before a bar is over it is not known: it does not show."""
    data = subject.params.data
    calendar, has_times = data.calendar, subject.panel.ds.dtype.kind == "M"
    if not is_exchange(calendar) and not (data.kind == "prices" and has_times):
        return Done({}, "values are of their time: only an exchange's days and bars of prices last")
    rng, compared, before = subject.rng("in session"), 0, np.timedelta64(1, "us")
    bars = _instants(subject, rng)
    for bar in bars:
        over = bar_ends(calendar, np.asarray([bar]))[0]
        end = str(np.datetime_as_string(over - np.timedelta64(1, "m"), unit="s"))
        true, asked = subject.pulled(end=end), f"as of {end}, a minute before the bar is over"
        _refuse_later(subject, true, bar - before, asked)
        changed = subject.scramble(bar - before, seed=int(rng.integers(2**31)), spared=True)(subject.raw)
        cause = f"{asked} and scrambled"
        compared += same_panels(subject, true, _pulled(subject, changed, end, cause), cause)
    return Done({"bars": len(bars), "values": compared})


def _pulled(subject: Subject, raw: Panel, end: str | int, cause: str) -> Panel:
    """What `pull` makes of changed rows to come; to be refused for them is to depend on them."""
    try:
        return subject.pulled(raw, end)
    except DataError as error:
        raise LeakError(f"pull: was refused {cause}: {error}") from None


def _refuse_later(subject: Subject, found: Panel, last: Any, cause: str) -> None:
    """Raises when the panel says more than what is known ahead of a time after `last`."""
    wrong = np.flatnonzero((found.ds > last) & ~known_ahead_only(found, subject.given))
    if len(wrong):
        row = int(wrong[np.argmin(found.ds[wrong])])
        name = found.ids[int(found.series_of_rows()[row])]
        raise LeakError(f"pull: series {name} has a row at {time_text(found.ds[row])}, not known {cause}")


def same_panels(subject: Subject, true: Panel, false: Panel, cause: str) -> int:
    """How many values were compared; raises when a series, a time or a value moved."""
    if true.ids != false.ids:
        raise LeakError(f"pull: series {_first_other(true.ids, false.ids)} came or went {cause}")

    def where(column: str) -> Callable[[tuple[int, ...]], str]:
        def words(index: tuple[int, ...]) -> str:
            if not index:
                return f"pull: {column}"
            name = true.ids[int(true.series_of_rows()[index[0]])]
            return f"pull: series {name}, {column} at {time_text(true.ds[index[0]])}"

        return words

    compared = same(true.ds, false.ds, where("times"), cause)
    given = subject.given
    for name in sorted(true.columns, key=lambda name: name in given):
        compared += same(true.columns[name], false.columns[name], where(name), cause, true.ds)
    return compared


def _first_other(one: tuple[str, ...], other: tuple[str, ...]) -> str:
    return min(set(one) ^ set(other))


def lengthened(subject: Subject) -> Panel:
    """The raw panel with later rows for every series, at due times after the last there is."""
    raw, calendar = subject.raw, subject.params.data.calendar
    later = following(calendar, max(raw.ds.max(), end_of(subject.params.data.end)), LATER_ROWS)
    rows = [np.append(np.arange(r.start, r.stop), np.full(len(later), r.stop - 1)) for _, r in raw.rows()]
    index = np.concatenate(rows)
    ds = np.concatenate([np.append(raw.ds[r], later) for _, r in raw.rows()])
    lengths = [len(one) for one in rows]
    columns = {name: values[index] for name, values in raw.columns.items()}
    return replace(raw, offsets=np.append(0, np.cumsum(lengths)).astype(np.int64), ds=ds, columns=columns)


def end_of(end: str | int) -> Any:
    """The last instant that an as-of date includes: a date without a time means the whole day."""
    if isinstance(end, int):
        return end
    try:
        return np.datetime64(date.fromisoformat(end), "us") + np.timedelta64(1, "D") - np.timedelta64(1, "us")
    except ValueError:
        return np.datetime64(datetime.fromisoformat(end), "us")


def later_actions(raw: Panel, after: Any) -> Panel:
    """Splits and dividends after an instant; earlier adjusted closes are rewritten as the source does it."""
    columns = dict(raw.columns)
    if "split" in columns:
        columns["split"] = np.where(raw.ds > after, 2.0, columns["split"].astype(np.float64))
    if {"dividend", "close"} <= columns.keys():
        before = np.roll(columns["close"], 1)
        columns["dividend"] = np.where(raw.ds > after, before / 4, columns["dividend"].astype(np.float64))
    if "adj_close" in columns:
        early = columns["adj_close"] * LATER_SPLIT
        columns["adj_close"] = np.where(raw.ds > after, columns["adj_close"], early)
    return raw.with_columns(columns)


def _instants(subject: Subject, rng: np.random.Generator) -> list[Any]:
    """Times at which every series has rows, the first and the last of them included."""
    panel = subject.panel
    begun = panel.ds[panel.offsets[:-1]].max()
    late = panel.ds[~known_ahead_only(panel, subject.given)].max()
    times = subject.grid[(subject.grid > begun) & (subject.grid <= late)]
    drawn = rng.choice(times, min(subject.instants, len(times)), replace=False)
    return sorted({*drawn[: max(len(drawn) - 1, 1)], times[-1]})


def _digest(panel: Panel) -> str:
    stream = BytesIO()
    write_panel(panel, stream)
    return hashlib.sha256(stream.getvalue()).hexdigest()
