"""An exported model as a model like any other: `forecast_panel` reads panels with it, and PyTorch stays out.

Legend: S seeds, B batch, L look-back, H horizon, C channels, K targets, P parameters, Q levels.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from reprocast.data.scaling import unscaled
from reprocast.data.windows import Batch, Floats, Ints
from reprocast.errors import DataError, NoInputError
from reprocast.model import Description, levels_of
from reprocast.tasks.forecast.kept_intervals import Intervals
from reprocast.tasks.forecast.onnx_reader import OnnxForecaster

AGAIN = "write it with `reprocast export`"


@dataclass(frozen=True)
class OnnxNetworks:
    """What `SavedNetworks` is, from an ONNX file."""

    description: Description
    session: Any
    """Of onnxruntime."""
    intervals: Intervals | None = None
    """Conformal ones, where the file keeps some."""

    def forecast(self, batch: Batch) -> Floats:
        """Scaled forecasts (S, B, H, K)."""
        answers = self.parameters(batch)
        kind = self._kind()
        if kind == "point":
            return answers
        return self.quantiles_at(answers, (0.5,))[..., 0] if kind == "quantiles" else answers[..., 0]

    def quantiles(self, batch: Batch) -> Floats:
        """Scaled quantiles (S, B, H, K, Q) at the levels of the head."""
        return self.quantiles_at(self.parameters(batch), levels_of(self.description))

    def parameters(self, batch: Batch) -> Floats:
        """What each seed's network answers, scaled (S, B, H, K, P), or (S, B, H, K) of a point head."""
        given = {"past": self._past(batch), "series": self._series(batch)}
        if self.description.channels.future:
            loc, scale = self._scaler(batch, slice(-len(self.description.channels.future), None))
            given["future"] = unscaled(batch.future, loc, scale)
        found: Floats = self.session.run(["answers"], given)[0].astype(np.float64)
        return found

    def _past(self, batch: Batch) -> Floats:
        """What is seen, as the graph reads it.

        Scaled once more by its own look-back, what was scaled so stays as it is.
        """
        loc, scale = self._scaler(batch, slice(None))
        if self.description.scaling == "window":
            roles = self.description.channels
            own = slice(0, len(roles.target) + len(roles.past))
            loc[:, :, own], scale[:, :, own] = 0, 1
        return unscaled(batch.past, loc, scale)

    def _scaler(self, batch: Batch, channels: slice) -> tuple[Floats, Floats]:
        d = self.description
        loc, scale = (np.asarray(part)[self._series(batch)][:, None, channels] for part in (d.loc, d.scale))
        return loc.copy(), scale.copy()

    def _series(self, batch: Batch) -> Ints:
        """Places in the graph's list; any will do for a new series, because its scaler is undone first."""
        series = np.asarray(batch.series, np.int64)
        return np.where(series < len(self.description.series), series, 0)

    def quantiles_at(self, answers: Floats, levels: tuple[float, ...]) -> Floats:
        """Quantiles (…, Q) of answers (…, P), by the formulas of `networks.families`."""
        wanted, kind = np.asarray(levels), self._kind()
        if kind == "quantiles":
            return _between(answers, np.asarray(levels_of(self.description)), wanted)
        from scipy import stats  # a second of imports that point and quantile heads do without

        first, second = answers[..., 0:1], answers[..., 1:2]
        if kind == "negative_binomial":
            return np.asarray(stats.nbinom.ppf(wanted, 1 / second, 1 / (1 + second * first)))
        z = stats.norm.ppf(wanted) if kind == "gaussian" else stats.t.ppf(wanted, answers[..., 2:3])
        return np.asarray(first + second * z)

    def _kind(self) -> str:
        return str(self.description.block.get("head", {}).get("kind", "point"))


def _between(trained: Floats, levels: Floats, wanted: Floats) -> Floats:
    """Trained quantiles (…, P) at other levels: on the line between, beyond the ends the ends."""
    at = wanted.clip(levels[0], levels[-1])
    after = np.searchsorted(levels, at).clip(max=len(levels) - 1)
    before = (after - 1).clip(min=0)
    share = ((at - levels[before]) / (levels[after] - levels[before]).clip(min=1e-12)).clip(0, 1)
    found: Floats = trained[..., before] * (1 - share) + trained[..., after] * share
    return found


def from_onnx(content: bytes) -> OnnxNetworks:
    """From an exported file's bytes; raises like `OnnxForecaster`.

    Raises:
        DataError: what the file says of the model was changed, or written by another version.
    """
    reader = OnnxForecaster(content)
    try:
        description = Description.model_validate_json(json.dumps(reader.about))
        kept = reader.kept and Intervals.model_validate_json(json.dumps(reader.kept))
    except ValidationError as error:
        raise DataError(f"the ONNX file describes no model ({_first(error)}); {AGAIN}") from None
    if kept and not (kept.is_whole and kept.fingerprint == description.fingerprint):
        raise DataError(f"the ONNX file's intervals are not those of {description.name}; {AGAIN}")
    return OnnxNetworks(description, reader.session, kept or None)


def read_onnx(path: Path) -> OnnxNetworks:
    """From a file; raises like `from_onnx`, naming the file.

    Raises:
        NoInputError: no such file.
    """
    try:
        return from_onnx(path.read_bytes())
    except FileNotFoundError:
        raise NoInputError(f"{path}: no such file; {AGAIN}") from None
    except DataError as error:
        raise DataError(f"{path}: {error}") from None


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
