"""What is refused before it is forecast from, by the same findings that validate the training data.

Legend: B series forecast, L look-back, C channels, N series.
"""

import numpy as np

from reprocast.data import findings
from reprocast.data.familiar import Ranges, said_of, unfamiliar
from reprocast.data.windows import Floats, Ints
from reprocast.errors import DataError
from reprocast.model import Description
from reprocast.panel import Panel, Times


def refuse_empty(panel: Panel) -> None:
    """Raises where there is nothing to forecast from.

    Raises:
        DataError: the panel has no rows.
    """
    if not len(panel):
        raise DataError("the panel has no rows, so there is nothing to forecast from")


def refuse_missing(names: tuple[str, ...], times: Times, past: Floats, description: Description) -> None:
    """Raises on a look-back that is not complete.

    Args:
        names: of the series (B,).
        times: of the look-backs' rows (B, L).
        past: their values (B, L, C), unscaled and filled as declared.
        description: names the channels.

    Raises:
        DataError: series, channel and first time.
    """
    looked = _panel_of(names, times, np.where(np.isfinite(past), past, np.nan), description)
    wrong = [
        (name, found) for name in looked.columns for found in findings.missing(looked, name)
    ]  # by channel, targets first
    if wrong:
        channel, found = wrong[0]
        count = sum(one.count for _, one in wrong)
        raise DataError(
            f"series {found.series}, {channel} at {found.first[0]}: no finite value within the look-back "
            f"({count} such values); give values up to the cutoff"
        )


def refuse_unfamiliar(names: tuple[str, ...], series: Ints, past: Floats, description: Description) -> None:
    """Raises on look-backs (B, L, C) whose level or spread is far from all that the model was trained on.

    Channels of the calendar cannot be, and what is scaled by its own look-back has no unit.

    Raises:
        DataError: series, channel, the values seen in training and now.
    """
    if description.shown is None:
        return
    channels = _channels(description)
    shown = Ranges(**{name: np.asarray(part)[series] for name, part in description.shown})  # each (B, C)
    wrong = unfamiliar(past, shown)
    for b, c in np.argwhere(wrong & [has_a_unit(name, description) for name in channels]):
        own = Ranges(*(part[b, c : c + 1] for part in (shown.low, shown.high, shown.least, shown.most)))
        said = said_of(past[b : b + 1, :, c : c + 1], own)
        raise DataError(
            f"series {names[b]}, {channels[c]}: holds {said}, as if it had another unit; give that of "
            f"training, or train {description.name} again with such values"
        )


def has_a_unit(channel: str, description: Description) -> bool:
    """Whether a channel's values have a unit that could be mistaken: see `refuse_unfamiliar`."""
    own = description.channels.target + description.channels.past
    if channel in own:
        return description.scaling != "window"
    return channel in description.features.future


def _channels(description: Description) -> tuple[str, ...]:
    """Names of the channels (C,) in their order."""
    roles = description.channels
    return roles.target + roles.past + roles.observed + roles.future


def _panel_of(names: tuple[str, ...], times: Times, past: Floats, description: Description) -> Panel:
    """The look-backs as a panel."""
    columns = {name: past[:, :, c].ravel() for c, name in enumerate(_channels(description))}
    return Panel(names, np.arange(len(names) + 1) * past.shape[1], times.ravel(), columns)


def refuse_not_finite(names: tuple[str, ...], forecast: Floats, description: Description) -> None:
    """Raises on a forecast that is no number: the panel was whole, so it is the model that is not.

    Args:
        names: of the series (B,).
        forecast: their means (B, H, K).
        description: names the model.

    Raises:
        DataError: model and first series.
    """
    broken = ~np.isfinite(forecast).all(axis=(1, 2))
    if broken.any():
        raise DataError(
            f"series {names[int(broken.argmax())]}: the forecast of {description.name} is not finite; take "
            "another model (`reprocast rollback`), or train it again"
        )
