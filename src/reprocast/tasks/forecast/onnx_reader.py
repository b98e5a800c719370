"""Forecasts from an exported model with numpy and onnxruntime alone: nothing else is imported.

The values are the model's channels in their own units: columns as they are, features such as log_return
already derived. Legend: B batch, L look-back, H horizon, C channels, K targets, F future covariates.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reprocast.errors import DataError, NoInputError, UnavailableError

Floats = NDArray[np.float64]
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
        props = self.session.get_modelmeta().custom_metadata_map
        if "reprocast" not in props:
            raise DataError("the ONNX file holds no description; write it with `reprocast export`")
        self.about: Mapping[str, Any] = json.loads(props["reprocast"])
        """The model's description, as in model.json."""
        roles = self.about["channels"]
        self.channels: tuple[str, ...] = tuple(
            name for role in ("target", "past", "observed", "future") for name in roles[role]
        )
        """Names of the channels (C,), in the order in which they are given."""
        self.shape = (int(self.about["look_back"]), len(self.channels))
        self.ahead = (int(self.about["horizon"]), len(roles["future"]))

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

    def forecast(self, past: Floats, series: Sequence[str], future: Floats | None = None) -> Floats:
        """Forecasts (B, H, K) in the targets' units.

        Args:
            past: channels of each look-back (B, L, C).
            series: name of each example's series (B,).
            future: what is known ahead (B, H, F), unless F = 0.

        Raises:
            DataError: a series the model has not seen, another shape, or a value that is not finite.
        """
        return self._run("mean", past, series, future)

    def quantiles(self, past: Floats, series: Sequence[str], future: Floats | None = None) -> Floats:
        """Quantiles (B, H, K, levels) of the head; arguments and errors as of `forecast`.

        Raises:
            DataError: the head has none in the graph.
        """
        if "quantiles" not in [output.name for output in self.session.get_outputs()]:
            kind = self.about["block"]["head"]["kind"]
            raise DataError(
                f"{self.about['name']}: head {kind} has no quantiles in ONNX; quantiles and gaussian have"
            )
        return self._run("quantiles", past, series, future)

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
