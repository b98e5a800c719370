"""What every model is, network or baseline: a description that suffices to forecast, and one method."""

from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from reprocast.data.windows import Batch, Fold, Windows
from reprocast.params.base import Block


class Roles(Block):
    """Names of columns by role, as params.yaml gives them or as channels."""

    target: tuple[str, ...]
    past: tuple[str, ...]
    future: tuple[str, ...]
    observed: tuple[str, ...] = ()
    static: tuple[str, ...] = ()


class Cost(Block):
    """What does not vary from run to run; measured times are kept elsewhere."""

    parameters: int
    """Numbers that were fitted."""
    multiply_adds: int
    """Multiplications with addition for one forecast of one window."""
    optimiser_steps: int
    """Steps over all seeds."""


class Description(Block):
    """`model.json`: enough to forecast from a new panel without the training data."""

    schema_version: Literal[1] = 1
    kind: Literal["network", "baseline"]
    name: str
    task: str
    block: dict[str, Any]
    """The model's own entry in params.yaml, resolved."""
    shared: dict[str, Any]
    """The other blocks its stage depends on, resolved."""
    seeds: tuple[int, ...]
    """A network a seed; empty for a baseline."""
    features: Roles
    """Columns as params.yaml names them."""
    channels: Roles
    """The channels (C) they became, in order: target, past, future."""
    look_back: int
    horizon: int
    season: int
    calendar: str
    series: tuple[str, ...]
    """Ids of the series (N,)."""
    loc: tuple[tuple[float, ...], ...]
    """Subtracted before scaling (N, C)."""
    scale: tuple[tuple[float, ...], ...]
    """Divided by (N, C)."""
    cost: Cost
    fitted: dict[str, Any]
    """What was fitted and is not in weight files: a baseline's coefficients, a network's best epochs."""
    fingerprint: str
    windows_sha256: str


def seen_in(windows: Windows, fold: Fold) -> dict[str, Any]:
    """The fields of a description that come from the windows and the scaler a model was fitted with."""
    return {
        "features": Roles.model_validate(vars(windows.features)),
        "channels": Roles.model_validate(vars(windows.channels)),
        "look_back": windows.look_back,
        "horizon": windows.horizon,
        "season": windows.season,
        "calendar": windows.calendar,
        "series": windows.ids,
        "loc": tuple(map(tuple, fold.loc.tolist())),
        "scale": tuple(map(tuple, fold.scale.tolist())),
    }


class Model(Protocol):
    """A fitted model."""

    @property
    def description(self) -> Description:
        """What it is and what it needs."""
        ...

    def forecast(self, batch: Batch) -> NDArray[np.float64]:
        """Scaled forecasts (S, B, H, K): one per seed, or S = 1 for a baseline."""
        ...
