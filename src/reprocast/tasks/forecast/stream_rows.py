"""From one more value of a series to one more row of channels: due, derived and filled as in training.

Legend: H horizon, C channels, F future covariates.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from reprocast.data.calendars import due_times, following
from reprocast.data.channels import derive_channels, known_columns
from reprocast.data.transforms import needed_columns
from reprocast.data.windows import Channels, Floats, Ints
from reprocast.errors import DataError
from reprocast.model import Description
from reprocast.panel import Panel, Times, time_text

FILLED = ("forward_fill", "interpolate", "mask")
"""What window.missing says where a missing value is no fault."""
TIME = "datetime64[us]"
Row = Mapping[str, float]
"""Raw columns of one step."""
Known = Mapping[str, Floats]
"""Columns known ahead, each (H,)."""


def time_of(ds: Any, last: Any, ahead: Times | None, calendar: str) -> Any:
    """The time of a new value; none given: the next one due.

    Raises:
        DataError: not due, not later than the last one, or none given for the first value.
    """
    if ds is None:
        if ahead is None:
            raise DataError("the first value of a stream needs its time (ds)")
        return ahead[0]
    time = np.int64(ds) if calendar == "step" else np.datetime64(ds).astype(TIME)
    if last is not None and time <= last:
        raise DataError(
            f"the value at {time_text(time)} is not later than the last one, {time_text(last)}; "
            "a stream goes forward only"
        )
    if ahead is not None and time == ahead[0]:
        return time
    due = due_times(calendar, time if last is None else last, time)
    if not len(due) or due[-1] != time:
        raise DataError(f"nothing is due at {time_text(time)} by calendar {calendar}; leave this value out")
    return time


def skipped(last: Any, ahead: Times | None, time: Any, description: Description) -> Times:
    """The due times between the last value and a new one, for which there is none.

    Raises:
        DataError: there are such, and the model was not trained on gaps.
    """
    if last is None or ahead is None or time == ahead[0]:
        return np.empty(0, "int64" if description.calendar == "step" else TIME)
    between = due_times(description.calendar, last, time)[1:-1]
    if description.missing not in FILLED:
        raise DataError(
            f"no value for {time_text(between[0])}, which is due before {time_text(time)} "
            f"({len(between)} such); give the values in order, or train with window.missing: forward_fill"
        )
    return between


def channels_of(
    row: Row, before: Row, last: Any, time: Any, known: Known | None, description: Description
) -> tuple[Floats, Floats, Times]:
    """Channels of a new row (C,), NaN where missing, what is known ahead (H, F), and the times ahead (H,).

    Args:
        row: its raw columns.
        before: those of the row before; empty for the first.
        last: the time of the row before.
        time: its own time.
        known: values of columns known ahead, each (H,); none where nothing is forecast after this row.
        description: of the model.

    Raises:
        ParamsError: a column that a channel is derived from is not there.
        DataError: the logarithm of a value that is not positive, or a column that is not known far enough.
    """
    features, H = Channels(**dict(description.features)), description.horizon
    ahead = following(description.calendar, time, H)
    ahead = ahead if description.calendar == "step" else ahead.astype(TIME)
    needed = needed_columns(features.target + features.past + features.future, tuple(row))
    if known is not None:
        _refuse_unknown(known, known_columns(features, tuple(row)), H, time)
    to_come = {} if known is None else known
    columns = {
        name: np.concatenate([_first(before, name), [row[name]], to_come.get(name, np.full(H, np.nan))])
        for name in needed
        if name in row
    }
    ds = np.concatenate([np.asarray([last, time] if before else [time], ahead.dtype), ahead])
    panel = Panel(("the stream",), np.asarray([0, len(ds)]), ds, columns)
    values, channels = derive_channels(panel, features, mask=description.missing == "mask")
    return values[-H - 1], values[-H:, channels.future_index], ahead


def _first(before: Row, name: str) -> list[float]:
    return [before.get(name, np.nan)] if before else []


def _refuse_unknown(known: Known, needed: tuple[str, ...], horizon: int, time: Any) -> None:
    for name in needed:
        given = np.asarray(known.get(name, []), np.float64)
        if given.shape != (horizon,) or not np.isfinite(given).all():
            raise DataError(
                f"{name} is known ahead and is not known for the {horizon} steps after {time_text(time)}; "
                f"give them: update(…, ahead={{'{name}': […]}})"
            )


def filled(now: Floats, observed: Floats, age: Ints, description: Description) -> tuple[Floats, Floats, Ints]:
    """A row (C,) with what lacks carried on as in training, the values last observed and their ages (C,).

    Args:
        now: the row, NaN where missing.
        observed: last value of each channel.
        age: steps since.
        description: says what is filled, and how far.
    """
    lacks = np.isnan(now)
    age, observed = np.where(lacks, age + 1, 0), np.where(lacks, observed, now)
    near = age <= description.fill_steps
    carried = lacks & (
        near if description.missing in ("forward_fill", "interpolate") else description.missing == "mask"
    )
    return np.where(carried, observed, now), observed, age
