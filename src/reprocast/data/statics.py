"""Static covariates: one value a series, ready for a network. Legend: N series, S static channels.

Numbers are standardised over the series, text becomes a channel a category (`region=north`), 1 or 0.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reprocast.data.windows import Floats
from reprocast.errors import DataError, ParamsError, first_names
from reprocast.panel import Panel


def static_channels(panel: Panel, names: Sequence[str]) -> tuple[Floats, tuple[str, ...]]:
    """Values (N, S) and names of the channels that the columns become.

    Raises:
        ParamsError: no such column.
        DataError: a series without a value, or with several.
    """
    channels: dict[str, Floats] = {}
    for name in names:
        values = _of_series(panel, name)
        channels |= _categories(name, values) if values.dtype == object else {name: _standard(values)}
    stacked = np.column_stack(list(channels.values())) if channels else np.empty((len(panel.ids), 0))
    return stacked, tuple(channels)


def _of_series(panel: Panel, name: str) -> NDArray[Any]:
    """The column's value in each series (N,): float64, or text as objects."""
    if name in panel.static:
        values = np.asarray(panel.static[name])
        values = values if values.dtype == object else values.astype(np.float64)
        lacks = values == "" if values.dtype == object else np.isnan(values)
    elif name in panel.columns:
        values = np.asarray([_constant(panel, series, rows, name) for series, rows in panel.rows()])
        lacks = np.isnan(values)
    else:
        there = first_names([*panel.static, *panel.columns])
        raise ParamsError(f"columns.static: {name!r} is not there; columns of the panel: {there}")
    if lacks.any():
        series = panel.ids[int(np.argmax(lacks))]
        raise DataError(f"series {series}, {name}: has no value; give one, or leave it out of columns.static")
    return values


def _constant(panel: Panel, series: str, rows: slice, name: str) -> float:
    found = np.unique(panel.columns[name][rows].astype(np.float64))
    found = found[~np.isnan(found)]
    if len(found) > 1:
        raise DataError(
            f"series {series}, {name}: has several values ({found[0]:g}, {found[1]:g}), but columns.static "
            "wants one a series; name it under columns.past"
        )
    return float(found[0]) if len(found) else np.nan


def _standard(values: Floats) -> Floats:
    """Mean 0 and deviation 1 over the series (N,); 0 where all have the same."""
    if np.ptp(values) == 0:
        return np.zeros_like(values)
    standard: Floats = (values - values.mean()) / values.std()
    return standard


def _categories(name: str, values: NDArray[Any]) -> dict[str, Floats]:
    return {f"{name}={one}": (values == one).astype(np.float64) for one in sorted(set(values))}


def refuse_other_categories(
    panel: Panel, columns: Sequence[str], channels: Sequence[str], static: Floats
) -> None:
    """Raises when a series' text is not what it was in training.

    Args:
        panel: what is to be forecast from; what it does not say is not compared.
        columns: static columns.
        channels: the channels they became (S,).
        static: their values for the panel's series (N, S).

    Raises:
        DataError: a category that was not there in training, or another one than the series had.
    """
    for name in columns:
        values = panel.static.get(name)
        if values is None or values.dtype != object:
            continue
        known = {channel.partition("=")[2]: s for s, channel in enumerate(channels) if _is_of(channel, name)}
        for n, (series, value) in enumerate(zip(panel.ids, values, strict=True)):
            if value not in known:
                there = first_names(known)
                raise DataError(f"series {series}, {name}: {value!r} was not there in training, only {there}")
            if not static[n, known[value]]:
                raise DataError(f"series {series}, {name}: is {value!r} here, but was not in training")


def _is_of(channel: str, column: str) -> bool:
    return channel.startswith(f"{column}=")
