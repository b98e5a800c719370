"""From columns by role, as params.yaml names them, to the channels of windows. Legend: T rows, C channels."""

from collections.abc import Collection, Iterable

import numpy as np

from reprocast.data.transforms import calendar_channels, derive, is_known_ahead, needed_columns
from reprocast.data.windows import Channels, Floats, Ints
from reprocast.errors import ParamsError
from reprocast.panel import Panel


def derive_channels(panel: Panel, features: Channels, *, mask: bool = False) -> tuple[Floats, Channels]:
    """Values of all channels (T, C), NaN where missing, and the channels' names by role.

    Args:
        panel: series with a row at every due time.
        features: columns and features by role.
        mask: whether channels say where each target and past channel has a value (1) and where not (0).

    Raises:
        ParamsError: a name that is unknown or in the wrong role, or two channels of one name.
        DataError: the logarithm of a value that is not positive.
    """
    refuse_roles(features, panel.columns)
    target = _of_role(panel, features.target, "columns.target")
    past = _of_role(panel, features.past, "columns.past")
    seen = {f"observed({name})": _observed(values) for name, values in (target | past).items() if mask}
    future = _known(panel, features.future)
    channels = Channels(tuple(target), tuple(past), tuple(future), tuple(seen))
    twice = sorted({name for name in channels.names if channels.names.count(name) > 1})
    if twice:
        raise ParamsError(f"columns: two of them become the channel {twice[0]!r}; leave one out")
    parts = [values for role in (target, past, seen, future) for values in role.values()]
    return np.column_stack(parts), channels


def _of_role(panel: Panel, names: tuple[str, ...], key: str) -> dict[str, Floats]:
    return {channel: values for name in names for channel, values in derive(panel, name, key).items()}


def _known(panel: Panel, names: tuple[str, ...]) -> dict[str, Floats]:
    """Channels that are known ahead: of the calendar, or of columns of the panel."""
    channels: dict[str, Floats] = {}
    for name in names:
        if is_known_ahead(name):
            channels |= calendar_channels(name, panel.ds)
        else:
            channels |= derive(panel, name, "columns.future")
    return channels


def _observed(values: Floats) -> Floats:
    return np.where(np.isnan(values), 0.0, 1.0)


def known_columns(features: Channels, available: Collection[str]) -> tuple[str, ...]:
    """Columns of the panel that the future covariates read; the calendar is known without any.

    Raises:
        ParamsError: a name that is no feature.
    """
    return needed_columns([name for name in features.future if not is_known_ahead(name)], available)


def last_seen(panel: Panel, features: Channels) -> Ints:
    """Rows of each series (N,) up to its last value in a column that targets and past covariates read.

    What follows is known ahead only: values of `columns.future` for steps that are still to come.
    """
    reads = needed_columns(features.target + features.past, panel.columns)
    known = known_columns(features, panel.columns)
    there = [panel.columns[name] for name in reads if name in panel.columns and name not in known]
    lengths = np.diff(panel.offsets).astype(np.int64)
    if not known or not there:
        return lengths
    some = ~np.logical_and.reduce([np.isnan(values) for values in there])
    ends = [np.flatnonzero(some[rows])[-1:] + 1 for _, rows in panel.rows()]
    return np.asarray([int(end[0]) if len(end) else 0 for end in ends], np.int64)


def refuse_roles(features: Channels, available: Collection[str] = ()) -> None:
    """Raises when a target is known ahead, or something known ahead is read from a column that is forecast.

    Raises:
        ParamsError: naming the key and what is wrong.
    """
    for name in features.target:
        if is_known_ahead(name):
            raise ParamsError(f"columns.target: {name!r} is known ahead, there is nothing to forecast")
    forecast = needed_columns(features.target, available)
    for name in features.future:
        shared = set(_reads(name, available)) & set(forecast)
        if shared:
            raise ParamsError(
                f"columns.future: {name!r} reads {min(shared)}, which columns.target forecasts; what is "
                "forecast is not known ahead, name it under columns.past"
            )


def _reads(name: str, available: Collection[str]) -> Iterable[str]:
    return () if is_known_ahead(name) else needed_columns([name], available)
