"""Raw rows of one series to what an exported model reads, as `forecast_panel` would derive and fill them.

Legend: R rows given, T due times from the first to the last row, L look-back, H horizon, C channels, F future
covariates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reprocast.errors import DataError, ParamsError
from reprocast.tasks.forecast.light.formulas import CYCLES, FORMULAS, Floats, Times, on_the_circle
from reprocast.tasks.forecast.light.steps import OFF, TIME, steps_from

About = Mapping[str, Any]
"""A model's description, as in model.json."""
ROLES = ("target", "past", "observed", "future")
FILLED = ("forward_fill", "interpolate")
"""What window.missing says where the last value goes on for some steps; with `mask` it goes on for ever."""


@dataclass(frozen=True)
class Rows:
    """What is forecast from."""

    past: Floats
    """Channels of the look-back, unscaled and filled (L, C)."""
    future: Floats
    """Channels known ahead (H, F)."""
    seen: Times
    """Times of the look-back (L,)."""
    ahead: Times
    """Times that are forecast (H,)."""


def rows_of(
    about: About,
    reading: About,
    series: str,
    ds: Any,
    columns: Mapping[str, ArrayLike],
    known: Mapping[str, Sequence[float]],
) -> Rows:
    """The look-back at the end of a series, and what is known of the steps after it.

    Args:
        about: the model.
        reading: what its file says of columns and calendar (`onnx_reading`).
        series: its name.
        ds: times of the rows (R,), increasing.
        columns: raw columns, each (R,); NaN where missing.
        known: columns known ahead, each (H,).

    Raises:
        DataError: times that are not due or not in order, too few rows, no value where one is needed, the
            logarithm of a value that is not positive, or a plan that does not reach far enough.
        ParamsError: a column is not there.
        UsageError: a calendar that the file does not hold.
    """
    L, H = int(about["look_back"]), int(about["horizon"])
    given = {name: np.asarray(values, np.float64) for name, values in columns.items()}
    times, places = _due(about, reading, series, ds, given)
    if places[-1] + 1 < L:
        raise DataError(f"series {series}: has {places[-1] + 1} rows, but {about['name']} looks back {L}")
    table = {name: _placed(values, known.get(name), places, H) for name, values in given.items()}
    by_role = _channels(about, reading, series, times, table)
    _refuse_unknown(by_role["future"], series, times[-H:])
    lacking = np.column_stack([values for role in ROLES for values in by_role[role].values()])
    filled, F = _filled(lacking, about), len(by_role["future"])
    found = Rows(filled[-H - L : -H], filled[-H:, len(filled[0]) - F :], times[-H - L : -H], times[-H:])
    _refuse_missing(found, [name for role in ROLES for name in by_role[role]], series)
    return found


def _due(about: About, reading: About, series: str, ds: Any, given: Mapping[str, Floats]) -> tuple[Any, Any]:
    """Due times from the first row to H after the last (T + H,), and the places of the rows (R,)."""
    calendar = about["calendar"]
    times = np.asarray(ds, np.int64 if calendar == "step" else TIME)
    for name, values in given.items():
        if values.shape != times.shape or times.ndim != 1:
            raise DataError(f"series {series}, {name}: has shape {values.shape}, its times {times.shape}")
    if not len(times):
        raise DataError(f"series {series}: no rows, so there is nothing to forecast from")
    back = np.flatnonzero(times[1:] <= times[:-1])
    if len(back):
        raise DataError(f"series {series}, row {back[0] + 1}: comes after a later time; sort by time")
    steps = steps_from(times[0], calendar, reading.get("sessions"))
    places = steps.places(times)
    if (places == OFF).any():
        wrong = times[places == OFF]
        raise DataError(
            f"series {series}: nothing is due at {time_said(wrong[0])} by calendar {calendar} "
            f"({len(wrong)} such rows); leave these rows out"
        )
    return steps.times(np.arange(places[-1] + 1 + int(about["horizon"]))), places


def time_said(time: Any) -> str:
    """A time for people: a timestamp as short as it can be said, an integer step as it is."""
    return str(time) if isinstance(time, np.integer) else str(np.datetime_as_string(time, unit="auto"))


def _placed(values: Floats, known: Sequence[float] | None, places: NDArray[np.int64], H: int) -> Floats:
    """A column with a row at every due time (T + H,), NaN where there is none."""
    column = np.full(int(places[-1]) + 1 + H, np.nan)
    column[places] = values
    ahead = np.asarray([] if known is None else known, np.float64)[:H]
    column[len(column) - H :][: len(ahead)] = ahead
    return column


def _channels(
    about: About, reading: About, series: str, times: Times, table: Mapping[str, Floats]
) -> dict[str, dict[str, Floats]]:
    """By role the channels by name, each (T + H,)."""
    found: dict[str, dict[str, Floats]] = {role: {} for role in ROLES}
    for feature in reading["features"]:
        found[feature["role"]] |= _derived(feature, series, times, table)
    if about["missing"] == "mask":
        inputs = found["target"] | found["past"]
        found["observed"] = {
            f"observed({name})": np.where(np.isnan(values), 0.0, 1.0) for name, values in inputs.items()
        }
    return found


def _derived(feature: About, series: str, times: Times, table: Mapping[str, Floats]) -> dict[str, Floats]:
    """A column, or what is derived from columns or from the times."""
    name, formula = feature["name"], feature["formula"]
    if formula in CYCLES and (feature["role"] == "future" or name not in table):
        return on_the_circle(formula, times)
    if name in table:
        return {name: table[name]}
    lacks = [column for column in feature["columns"] if column not in table]
    if lacks:
        what = "is not there" if lacks == [name] else f"needs column {lacks[0]!r}"
        raise ParamsError(f"{name!r} {what}; columns given: {', '.join(sorted(table)) or 'none'}")
    inputs = [table[column] for column in feature["columns"]]
    for column, values in zip(feature["columns"], inputs, strict=True):
        _refuse_outside(f"series {series}, {column}", name, values, feature["above"], times)
    return {name: FORMULAS[formula](*inputs)}


def _refuse_outside(where: str, name: str, values: Floats, above: float | None, times: Times) -> None:
    """Refuses what has no logarithm."""
    wrong = np.flatnonzero(values <= (-np.inf if above is None else above))
    if len(wrong):
        raise DataError(
            f"{where} at {time_said(times[wrong[0]])}: {name} has no value for {values[wrong[0]]} "
            f"({len(wrong)} such rows)"
        )


def _refuse_unknown(future: Mapping[str, Floats], series: str, ahead: Times) -> None:
    """What is known ahead must reach as far as is forecast; what lacks there is not filled."""
    for channel, values in future.items():
        missing = np.flatnonzero(np.isnan(values[-len(ahead) :]))
        if len(missing):
            raise DataError(
                f"series {series}, {channel}: not known at {len(missing)} of the {len(ahead)} steps to be "
                f"forecast, the first {time_said(ahead[missing[0]])}; give its values up to "
                f"{time_said(ahead[-1])} as `ahead`"
            )


def _filled(values: Floats, about: About) -> Floats:
    """What lacks in (T + H, C) as the last value, as far back as training has carried it."""
    if about["missing"] not in (*FILLED, "mask"):
        return values
    rows = np.arange(len(values))[:, None]
    last = np.maximum.accumulate(np.where(np.isnan(values), -1, rows), axis=0)
    most = about["fill_steps"] if about["missing"] in FILLED else len(values)
    carried = np.take_along_axis(values, last.clip(min=0), axis=0)
    return np.where((last >= 0) & (rows - last <= most), carried, values)


def _refuse_missing(found: Rows, names: Sequence[str], series: str) -> None:
    wrong = np.argwhere(~np.isfinite(found.past.T))  # by channel, targets first
    if len(wrong):
        channel, row = names[wrong[0][0]], found.seen[wrong[0][1]]
        raise DataError(
            f"series {series}, {channel} at {time_said(row)}: no finite value within the look-back "
            f"({len(wrong)} such values); give values up to the cutoff, and rows before the look-back where "
            "a return is derived or a gap filled"
        )
    if not np.isfinite(found.future).all():
        raise DataError(f"series {series}: what is known ahead must be finite")
