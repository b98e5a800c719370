"""Forecasts of a live series: value after value, each step as cheap as the one before.

Legend: L look-back, H horizon, K targets, C channels, F future covariates, Q levels.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from reprocast.data.transforms import needed_columns
from reprocast.data.windows import Floats
from reprocast.errors import DataError, UsageError
from reprocast.networks.streaming import hindrance
from reprocast.panel import time_text
from reprocast.params.architecture import Architecture
from reprocast.tasks.forecast import stream_rows
from reprocast.tasks.forecast.light.forecast import Forecast
from reprocast.tasks.forecast.refusing import refuse_unfamiliar
from reprocast.tasks.forecast.strangers import with_strangers
from reprocast.tasks.forecast.stream_networks import Seeds, Tops
from reprocast.tasks.forecast.stream_state import Stream, from_bytes, to_bytes
from reprocast.tasks.networks import SavedNetworks, load_network

__all__ = ["Forecast", "Forecaster"]


class Forecaster:
    """A trained network that follows one series."""

    def __init__(self, model: SavedNetworks, series: str) -> None:
        """Before the first value.

        Raises:
            UsageError: the network cannot go on step by step, and what keeps it from that.
            DataError: a series that the model would have to know and does not.
        """
        self.series, self.description = series, with_strangers(model.description, [series])
        d = self.description
        architecture = Architecture.model_validate_json(json.dumps(d.block))
        why = hindrance(architecture, d.scaling)
        if why:
            raise UsageError(f"{d.name} cannot stream: {why}; train a network without it")
        self._seeds = Seeds(model.networks, d, series)
        self.stream = self._beginning()

    @classmethod
    def load(cls, folder: Path, series: str) -> "Forecaster":
        """From models/NAME; raises like the constructor and `load_network`."""
        return cls(load_network(folder), series)

    def _beginning(self) -> Stream:
        C = len(self._seeds.loc)
        nothing = np.full(C, np.nan)
        return Stream(self._seeds.beginning(), nothing, np.zeros(C, np.int64), np.empty((0, C)), {})

    def update(
        self,
        value: float | Mapping[str, float],
        ds: Any = None,
        ahead: Mapping[str, Sequence[float]] | None = None,
    ) -> Forecast | None:
        """Reads one more value and forecasts what follows; none until the look-back has been read once.

        What is refused leaves the state as it was.

        Args:
            value: the raw columns at this time, as in the panel that the model was trained on; a number where
                the model reads a single column.
            ds: its time; none: the next one due after the last.
            ahead: values of columns that are known ahead, for the H steps to come.

        Raises:
            DataError: a time that is not due or not later than the last, due times left out, a missing value
                that training would not have filled, or values unlike all that training has shown.
            ParamsError: a column is not there.
        """
        row = self._row(value)
        time = stream_rows.time_of(ds, self.stream.ds, self.stream.ahead, self.description.calendar)
        stream = self.stream
        for due in stream_rows.skipped(stream.ds, stream.ahead, time, self.description):
            stream, _, _ = self._read(stream, dict.fromkeys(row, np.nan), due, None)
        known = {name: np.asarray(values, np.float64) for name, values in (ahead or {}).items()}
        stream, tops, future = self._read(stream, row, time, known)
        found = None
        if tops is not None and stream.steps >= self.description.look_back:
            mean, quantiles = self._seeds.forecast(tops, stream.recent, future)
            found = Forecast(time, np.asarray(stream.ahead), mean, quantiles)
        self.stream = stream
        return found

    def state(self) -> bytes:
        """What the stream remembers, to be kept in a file."""
        return to_bytes(self.stream, self.description, self.series)

    def restore(self, content: bytes) -> None:
        """Goes on where `state` was asked for.

        Raises:
            DataError: not such a file, or that of another model or series.
        """
        self.stream = from_bytes(content, self._beginning(), self.description, self.series)

    def _row(self, value: float | Mapping[str, float]) -> dict[str, float]:
        """The columns that are read of a value."""
        features = self.description.features
        if not isinstance(value, Mapping):
            names = needed_columns(features.target + features.past)
            if len(names) > 1:
                raise DataError(f"{self.description.name} reads {', '.join(names)}; give each by its name")
            return {names[0]: float(value)}
        there = tuple(value)
        needed = needed_columns(features.target + features.past + features.future, there)
        return {name: float(value[name]) for name in needed if name in value}

    def _read(
        self, stream: Stream, row: stream_rows.Row, time: Any, known: stream_rows.Known | None
    ) -> tuple[Stream, Tops, Floats]:
        """The stream after one more row, what the networks found, and what is known ahead (H, F)."""
        d = self.description
        now, future, ahead = stream_rows.channels_of(row, stream.before, stream.ds, time, known, d)
        now, observed, age = stream_rows.filled(now, stream.observed, stream.age, d)
        after = replace(stream, observed=observed, age=age, before=row, ds=time, ahead=ahead)
        if not np.isfinite(now).all():
            self._refuse_missing(stream, row, now, time)
            return after, None, future
        recent = np.concatenate([stream.recent, now[None]])[-d.look_back :]
        if len(recent) == d.look_back:
            place = np.asarray([d.series.index(self.series)])
            refuse_unfamiliar((self.series,), place, recent[None], d)
        carried, tops = self._seeds.read(stream.carried, recent)
        return replace(after, recent=recent, carried=carried, steps=stream.steps + 1), tops, future

    def _refuse_missing(self, stream: Stream, row: stream_rows.Row, now: Floats, time: Any) -> None:
        """Raises unless nothing was read yet and what lacks is a first return, or was filled in training."""
        d, roles = self.description, self.description.channels
        lost = not stream.before and bool(np.isfinite(list(row.values())).all())
        if not stream.steps and (lost or d.missing in stream_rows.FILLED):
            return
        names = roles.target + roles.past + roles.observed + roles.future
        wrong = names[int(np.flatnonzero(~np.isfinite(now))[0])]
        raise DataError(
            f"series {self.series}, {wrong} at {time_text(time)}: no finite value; give one, or begin anew "
            "after it"
        )
