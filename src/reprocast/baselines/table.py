"""The table of baselines: a name and what it does; a new one is one small file and one line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reprocast.baselines import (
    affine,
    auto_arima,
    auto_ets,
    auto_theta,
    boosting,
    climatology,
    drift,
    ewma,
    feed_forward,
    garch,
    har,
    moving_average,
    naive,
    naive2,
    ridge,
    seasonal_naive,
)
from reprocast.data.windows import Batch, Floats, Fold, Windows
from reprocast.model import Description


def _nothing(_windows: Windows, _fold: Fold, _block: dict[str, Any]) -> dict[str, Any]:
    return {}


def _from_seen(method: Callable[[Floats, Description], Floats]) -> Callable[[Batch, Description], Floats]:
    """A method that needs nothing but the targets seen (B, L, K)."""
    return lambda batch, model: method(batch.past[:, :, : len(model.channels.target)], model)


def _none(_model: Description) -> int:
    return 0


def _targets(model: Description) -> int:
    return len(model.channels.target)


def _weights(model: Description) -> int:
    return model.horizon * model.look_back


@dataclass(frozen=True)
class Method:
    """What a baseline does."""

    forecast: Callable[[Batch, Description], Floats]
    """From scaled examples to forecasts (B, H, K)."""
    fit: Callable[[Windows, Fold, dict[str, Any]], dict[str, Any]] = _nothing
    """What it learns from the training windows of a fold, its own block in hand, as plain values."""
    parameters: Callable[[Description], int] = _none
    """Numbers fitted, of all targets."""
    multiply_adds: Callable[[Description], int] = _none
    """Multiplications with addition for one window of one target."""


BASELINES: Mapping[str, Method] = {
    "naive": Method(_from_seen(naive.forecast)),
    "seasonal_naive": Method(_from_seen(seasonal_naive.forecast)),
    "moving_average": Method(
        _from_seen(moving_average.forecast), multiply_adds=lambda model: int(model.block["steps"])
    ),
    "drift": Method(_from_seen(drift.forecast), multiply_adds=lambda model: model.horizon),
    "har": Method(
        _from_seen(har.forecast),
        har.fit,
        parameters=lambda model: _targets(model) * model.horizon * (1 + len(har.SPANS)),
        multiply_adds=lambda model: model.horizon * (1 + len(har.SPANS)) + sum(har.SPANS),
    ),
    "ridge": Method(
        ridge.forecast,
        ridge.fit,
        parameters=lambda model: _targets(model) * model.horizon * (1 + model.look_back),
        multiply_adds=lambda model: model.horizon * (1 + model.look_back),
    ),
    "climatology": Method(
        climatology.forecast,
        climatology.fit,
        parameters=lambda model: _targets(model) * len(model.series) * len(model.fitted["points"]),
        multiply_adds=lambda model: model.horizon * len(model.fitted["points"]),
    ),
    "ewma": Method(
        _from_seen(ewma.forecast),
        ewma.fit,
        parameters=lambda model: int(model.block["smoothing"] is None),
        multiply_adds=lambda model: model.look_back,
    ),
    "naive2": Method(naive2.forecast),
    "auto_ets": Method(auto_ets.forecast, auto_ets.fit, affine.numbers, _weights),
    "auto_theta": Method(auto_theta.forecast, auto_theta.fit, affine.numbers, _weights),
    "auto_arima": Method(auto_arima.forecast, auto_arima.fit, affine.numbers, _weights),
    "garch": Method(
        garch.forecast,
        garch.fit,
        parameters=lambda model: len(model.series) * (5 + _targets(model) * model.horizon * 2),
        multiply_adds=lambda model: 3 * model.look_back + 3 * model.horizon,
    ),
    "feed_forward": Method(
        feed_forward.forecast,
        feed_forward.fit,
        parameters=lambda model: affine.count(model.fitted["weights"]),
        multiply_adds=feed_forward.products,
    ),
    "lightgbm": Method(boosting.forecast, boosting.fit, parameters=boosting.leaves),
}
