"""Forecasts from an exported model with numpy and onnxruntime alone: nothing else is imported.

Legend: B batch, L look-back, H horizon, C channels, K targets, F future covariates, Q levels, R raw rows.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reprocast.errors import DataError, NoInputError, UnavailableError
from reprocast.tasks.forecast.light.counts import count_quantiles
from reprocast.tasks.forecast.light.forecast import Forecast
from reprocast.tasks.forecast.light.intervals import ends, levels_kept
from reprocast.tasks.forecast.light.rows import ROLES, rows_of
from reprocast.tasks.forecast.light.units import refuse_unfamiliar

Floats = NDArray[np.float64]
DESCRIPTION, READING, INTERVALS = "reprocast", "reprocast.reading", "reprocast.intervals"
"""Keys of the metadata, each JSON: model.json, how raw columns are read, and intervals.json, if any."""
QUIET = 4
"""Only what is fatal is printed by onnxruntime; errors come as exceptions."""


class OnnxForecaster:
    """An exported model."""

    def __init__(self, content: bytes, threads: int = 1) -> None:
        """Reads what `reprocast export` wrote.

        Raises:
            UnavailableError: onnxruntime is not installed.
            DataError: not an exported model.
        """
        self.session = _session(content, threads)
        said = self.session.get_modelmeta().custom_metadata_map
        if DESCRIPTION not in said or READING not in said:
            raise DataError("the ONNX file holds no description; write it with `reprocast export`")
        self.about: Mapping[str, Any] = json.loads(said[DESCRIPTION])
        """The model's description, as in model.json."""
        self.reading: Mapping[str, Any] = json.loads(said[READING])
        """How raw columns become channels; see `onnx_reading`."""
        self.kept: Mapping[str, Any] | None = json.loads(said.get(INTERVALS, "null"))
        """Conformal intervals, where the model has some."""
        roles = self.about["channels"]
        self.channels: tuple[str, ...] = tuple(name for role in ROLES for name in roles[role])
        """Names of the channels (C,), in the order in which they are given."""
        reads = (column for feature in self.reading["features"] for column in feature["columns"])
        self.columns: tuple[str, ...] = tuple(dict.fromkeys(reads))
        """Names of the raw columns that these are derived from."""
        self.shape = (int(self.about["look_back"]), len(self.channels))
        self.ahead = (int(self.about["horizon"]), len(roles["future"]))
        head = self.about["block"].get("head", {})
        self._kind = str(head.get("kind", "point"))
        self.levels: tuple[float, ...] = (
            levels_kept(self.kept) if self._kind == "point" else tuple(head["levels"])
        )
        """Levels of the quantiles that `forecast_after` gives (Q,)."""

    @classmethod
    def read(cls, path: Path, threads: int = 1) -> "OnnxForecaster":
        """From a file; raises like the constructor.

        Raises:
            NoInputError: no such file.
        """
        try:
            return cls(path.read_bytes(), threads)
        except FileNotFoundError:
            raise NoInputError(f"{path}: no such file; write it with `reprocast export`") from None

    def forecast_after(
        self,
        series: str,
        ds: Any,
        columns: Mapping[str, ArrayLike],
        ahead: Mapping[str, Sequence[float]] | None = None,
    ) -> Forecast:
        """The H steps after the last raw row of a series, with the quantiles at `levels`.

        Args:
            series: its name.
            ds: times of the rows (R,): UTC without a zone, or integer steps. At least the look-back; one more
                where a return is derived, and more where gaps are filled from before.
            columns: raw columns as in the panel that the model was trained on, each (R,); NaN where missing.
            ahead: columns that are known ahead, for the H steps to come.

        Raises:
            DataError: a series the model has not seen, times that are not due, too few rows, a value that
                lacks, or values unlike all that training has shown.
            ParamsError: a column is not there.
            UsageError: a calendar that the file does not hold.
        """
        place = self._place(series)
        rows = rows_of(self.about, self.reading, series, ds, columns, ahead or {})
        if self.reading["limits"] is not None:
            shown = np.stack([self.about["shown"][end][place] for end in ("low", "high")], axis=1)
            limits = self.reading["limits"][place]
            refuse_unfamiliar(rows.past, limits, shown, f"series {series}", self.channels)
        past, future = rows.past[None], rows.future[None]
        mean = self.forecast(past, [series], future)[0]
        if self._kind == "point":
            quantiles = ends(mean, self.kept, self.about["channels"]["target"], series)
        else:
            quantiles = self.quantiles(past, [series], future)[0]
        return Forecast(rows.seen[-1], rows.ahead, mean, quantiles)

    def forecast(self, past: Floats, series: Sequence[str], future: Floats | None = None) -> Floats:
        """Forecasts (B, H, K) in the targets' units, from channels that the caller has derived.

        Args:
            past: channels of each look-back in their own units (B, L, C).
            series: name of each example's series (B,).
            future: what is known ahead (B, H, F), unless F = 0.

        Raises:
            DataError: a series the model has not seen, another shape, or a value that is not finite.
        """
        return self._run("mean", past, series, future)

    def quantiles(self, past: Floats, series: Sequence[str], future: Floats | None = None) -> Floats:
        """Quantiles (B, H, K, Q) of the head; arguments and errors as of `forecast`.

        Raises:
            DataError: the head is a point.
        """
        if self._kind == "point":
            raise DataError(f"{self.about['name']}: head point has no quantiles of its own")
        if self._kind != "negative_binomial":
            return self._run("quantiles", past, series, future)
        answers = self._run("answers", past, series, future)  # (S, B, H, K, 2), in units: counts are unscaled
        found: Floats = count_quantiles(answers, self.levels).mean(axis=0)
        return found

    def _run(self, output: str, past: Floats, series: Sequence[str], future: Floats | None) -> Floats:
        given = {"past": _checked("past", past, (len(series), *self.shape))}
        given["series"] = np.asarray([self._place(name) for name in series], np.int64)
        if self.ahead[1]:
            given["future"] = _checked("future", future, (len(series), *self.ahead))
        found: Floats = self.session.run([output], given)[0]
        return found

    def _place(self, name: str) -> int:
        known = self.about["series"]
        if name not in known:
            raise DataError(f"series {name}: not among those that {self.about['name']} was trained on")
        return int(known.index(name))


def _session(content: bytes, threads: int) -> Any:
    try:
        import onnxruntime  # type: ignore[import-untyped]
    except ImportError:
        raise UnavailableError("onnxruntime is not installed; `pip install reprocast[onnx]`") from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = threads
    options.log_severity_level = QUIET
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own exceptions have no common base but this
        raise DataError(f"not an ONNX file: {_first_line(error)}; write it with `reprocast export`") from None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _checked(name: str, values: Floats | None, shape: tuple[int, ...]) -> Floats:
    found = np.asarray(values, np.float64) if values is not None else np.empty(0)
    if found.shape != shape:
        raise DataError(f"{name}: has shape {found.shape}, the model reads {shape}")
    if not np.isfinite(found).all():
        place = tuple(int(index) for index in np.argwhere(~np.isfinite(found))[0])
        raise DataError(f"{name}: no finite value at {place}; give values up to the cutoff")
    return found
