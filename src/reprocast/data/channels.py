"""From columns by role, as params.yaml names them, to the channels of windows. Legend: T rows, C channels."""

import numpy as np

from reprocast.data.transforms import CALENDAR, calendar_channels, derive, is_known_ahead
from reprocast.data.windows import Channels, Floats
from reprocast.errors import ParamsError
from reprocast.panel import Panel


def derive_channels(panel: Panel, features: Channels) -> tuple[Floats, Channels]:
    """Values of all channels (T, C), and the channels' names by role.

    Raises:
        ParamsError: a name that is unknown or in the wrong role, or two channels of one name.
        DataError: the logarithm of a value that is not positive.
    """
    refuse_roles(features)
    target = _of_role(panel, features.target, "columns.target")
    past = _of_role(panel, features.past, "columns.past")
    future = {
        channel: values
        for name in features.future
        for channel, values in calendar_channels(name, panel.ds).items()
    }
    channels = Channels(tuple(target), tuple(past), tuple(future))
    twice = sorted({name for name in channels.names if channels.names.count(name) > 1})
    if twice:
        raise ParamsError(f"columns: two of them become the channel {twice[0]!r}; leave one out")
    return np.column_stack([*target.values(), *past.values(), *future.values()]), channels


def _of_role(panel: Panel, names: tuple[str, ...], key: str) -> dict[str, Floats]:
    return {channel: values for name in names for channel, values in derive(panel, name, key).items()}


def refuse_roles(features: Channels) -> None:
    """Raises when a future covariate is not known ahead, or a target is.

    Raises:
        ParamsError: naming the key and what is allowed.
    """
    allowed = ", ".join(sorted(CALENDAR))
    for name in features.future:
        if not is_known_ahead(name):
            raise ParamsError(f"columns.future: {name!r} is not known ahead; allowed: {allowed}")
    for name in features.target:
        if is_known_ahead(name):
            raise ParamsError(f"columns.target: {name!r} is known ahead, there is nothing to forecast")
