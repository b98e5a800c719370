"""What drift is looked for in: the champion's input channels and its errors, on the present panel."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from reprocast.data.asof import until
from reprocast.data.scaling import fit_scaler
from reprocast.data.transforms import is_known_ahead
from reprocast.data.windows import Channels, Floats, Ints, Windows
from reprocast.errors import DataError
from reprocast.evaluation.drift.looking import Evidence, Losses, Seen
from reprocast.evaluation.drift.phases import phases
from reprocast.model import Description, Model
from reprocast.panel import Panel, Times
from reprocast.tasks.forecast.losses import losses
from reprocast.tasks.forecast.replayed import Units, forecasts_after, windows_after


def evidence(
    model: Model,
    panel: Panel,
    as_of: str | int,
    confirmed: Iterable[str | int],
    scored: Model | None = None,
) -> tuple[Evidence, list[int]]:
    """Channels, losses, and after how many due steps each confirmation came.

    Args:
        model: the champion.
        panel: the present validated panel.
        as_of: the champion's as-of date.
        confirmed: as-of dates of later decisions for it.
        scored: the model that the champion was refitted from, whose backtest stands for the one it never had;
            none: the champion was scored itself.

    Raises:
        DataError: the champion does not say where its validation ends, or cannot forecast this panel.
    """
    said = model.description
    end = _validation_end((scored or model).description, panel.ds)
    windows = windows_after(said, panel, end, _unscaled(said))
    units = _own_units(windows, end)
    grid, last = np.unique(windows.ds), _last(panel, as_of)
    after = grid[grid > last]
    table = _forecasts(model, panel, units)
    if scored is not None:
        before = _forecasts(scored, panel, units)
        table = pd.concat([before[_ends(before) <= last], table], ignore_index=True)
    found = Evidence(
        channels=tuple(_channels(windows, said)),
        losses=_losses(table, grid, last, said),
        after=after,
    )
    steps = [int(np.searchsorted(after, _last(panel, one), side="right")) for one in confirmed]
    return found, steps


def _forecasts(model: Model, panel: Panel, units: Units) -> pd.DataFrame:
    """At every cutoff that the model was neither fitted nor chosen on."""
    return forecasts_after(model, panel, _validation_end(model.description, panel.ds), units)


def _ends(table: pd.DataFrame) -> pd.Series:
    """The last step that each row forecasts."""
    return table["ds"].map(lambda steps: steps[-1])


def _validation_end(said: Description, times: Times) -> Any:
    if said.validation_end is None:
        raise DataError(
            f"{said.name}: does not say where its validation ends; train it again with "
            "`reprocast repro`, and promote it"
        )
    return np.asarray([said.validation_end]).astype(times.dtype)[0]


def _unscaled(said: Description) -> Units:
    """Losses of every series of the champion, as they are."""
    targets = said.channels.target
    shape = (len(said.series), len(targets))
    return Units(said.series, targets, np.zeros(shape), np.ones(shape))


def _own_units(windows: Windows, end: Any) -> Units:
    """The deviation of each target up to the end of the champion's validation: no later value moves it.

    That of the present training span would grow with the panel, and past looks would change.
    """
    targets = windows.channels.target
    begins = windows.offsets[:-1]
    seen = [np.searchsorted(windows.ds[a:b], end, side="right") for a, b in pairwise(windows.offsets)]
    rows = np.stack([begins, begins + np.array(seen, np.int64)], axis=1)
    loc, scale = fit_scaler(windows.values[:, : len(targets)], rows, "standard")
    return Units(windows.ids, targets, np.nan_to_num(loc), np.where(np.isnan(scale), 1.0, scale))


def _last(panel: Panel, as_of: str | int) -> Any:
    """The panel's last time that an as-of date covers."""
    covered = until(panel, as_of).ds
    if not len(covered):
        raise DataError(
            f"the panel begins after {as_of}, the champion's as-of date; set data.start before it"
        )
    return covered.max()


def _channels(windows: Windows, said: Description) -> Iterator[Seen]:
    """Targets, past covariates, and plans; the calendar does not drift."""
    channels = windows.channels
    plans = {name for name in said.features.future if not is_known_ahead(name)}
    wanted = [*channels.target, *channels.past, *(name for name in channels.future if name in plans)]
    for n, series in enumerate(windows.ids):
        rows = slice(int(windows.offsets[n]), int(windows.offsets[n + 1]))
        phase = phases(windows.ds[rows], said.calendar, said.season)
        for name in wanted:
            values = _observed(windows.values[rows], channels, name)
            yield Seen(series, name, values, phase, windows.ds[rows])


def _observed(values: Floats, channels: Channels, name: str) -> Floats:
    """A channel (T,) of values (T, C), NaN where it was filled in and the mask says so."""
    own = np.array(values[:, channels.names.index(name)])
    mask = f"observed({name})"
    if mask in channels.observed:
        own[values[:, channels.names.index(mask)] == 0] = np.nan
    return own


def _losses(table: pd.DataFrame, grid: Times, last: Any, said: Description) -> Losses:
    """The mean absolute error of each cutoff, over its series, targets and steps."""
    by_cutoff = losses(table, "mae")
    ends = _ends(table).groupby(table["cutoff"]).max().loc[by_cutoff.index]
    cutoffs, ended = (np.asarray(one).astype(grid.dtype) for one in (by_cutoff.index, ends))
    phase: Ints = phases(grid, said.calendar, said.season)[np.searchsorted(grid, cutoffs)]
    return Losses(cutoffs, np.asarray(by_cutoff, np.float64), phase, int((ended <= last).sum()), ended)
