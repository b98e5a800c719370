"""The table of baselines: a name and what it does; a new one is one small file and one line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reprocast.baselines import drift, har, moving_average, naive, seasonal_naive
from reprocast.data.windows import Floats, Fold, Windows
from reprocast.model import Description


def _nothing(_windows: Windows, _fold: Fold) -> dict[str, Any]:
    return {}


def _none(_model: Description) -> int:
    return 0


@dataclass(frozen=True)
class Method:
    """What a baseline does."""

    forecast: Callable[[Floats, Description], Floats]
    """From the targets seen, scaled (B, L, K), to forecasts (B, H, K)."""
    fit: Callable[[Windows, Fold], dict[str, Any]] = _nothing
    """What it learns from the training windows of a fold, as plain values."""
    parameters: Callable[[Description], int] = _none
    """Numbers fitted for each target."""
    multiply_adds: Callable[[Description], int] = _none
    """Multiplications with addition for one window of one target."""


BASELINES: Mapping[str, Method] = {
    "naive": Method(naive.forecast),
    "seasonal_naive": Method(seasonal_naive.forecast),
    "moving_average": Method(moving_average.forecast, multiply_adds=lambda model: int(model.block["steps"])),
    "drift": Method(drift.forecast, multiply_adds=lambda model: model.horizon),
    "har": Method(
        har.forecast,
        har.fit,
        parameters=lambda model: model.horizon * (1 + len(har.SPANS)),
        multiply_adds=lambda model: model.horizon * (1 + len(har.SPANS)) + sum(har.SPANS),
    ),
}
