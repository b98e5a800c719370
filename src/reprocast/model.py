"""What every model is, network or baseline: a description that suffices to forecast, and one method."""

from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from reprocast.data.shown import shown_in_training
from reprocast.data.windows import Batch, Fold, Windows
from reprocast.panel import time_text
from reprocast.params.base import Block


class Roles(Block):
    """Names of columns by role, as params.yaml gives them or as channels."""

    target: tuple[str, ...]
    past: tuple[str, ...]
    future: tuple[str, ...]
    observed: tuple[str, ...] = ()
    static: tuple[str, ...] = ()


class Shown(Block):
    """What the training windows have shown of each series and channel; each (N, C)."""

    low: tuple[tuple[float, ...], ...]
    high: tuple[tuple[float, ...], ...]
    """Range of the values, but for a few at either end."""
    least: tuple[tuple[float, ...], ...]
    most: tuple[tuple[float, ...], ...]
    """Smallest and largest spread of a look-back."""


class Cost(Block):
    """What does not vary from run to run; measured times are kept elsewhere."""

    parameters: int
    """Numbers that were fitted."""
    multiply_adds: int
    """Multiplications with addition for one forecast of one window."""
    optimiser_steps: int
    """Steps over all seeds; what is deployed counts those of the earlier folds as well."""


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
    """The channels (C) they became, in order: target, past, observed, future; and static columns (S)."""
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
    scaling: str = "standard"
    """window.scaling: what `loc` and `scale` are; with `window` they are each window's own."""
    missing: str = "leave_out"
    """window.missing: what became of missing values."""
    fill_steps: int = 3
    """Most missing values in a row that `forward_fill` fills."""
    static: tuple[tuple[float, ...], ...] = ()
    """Static covariates, ready for a network (N, S)."""
    folds: int = 1
    """Folds of the backtest that have a model of their own; the last one's is deployed."""
    fold: int = 0
    """The fold whose training windows this model was fitted on."""
    validation_end: str | int | None = None
    """Latest step that validation of this fold forecasts: what lies after it neither fitted nor chose the
    model. None in models from before this was kept."""
    shown: Shown | None = None
    """What training has shown; values far from it are refused, because their unit must be another one."""
    cost: Cost
    fitted: dict[str, Any]
    """What was fitted and is not in weight files: a baseline's coefficients, a network's best epochs."""
    fingerprint: str
    windows_sha256: str
    weights: dict[str, str] = Field(default_factory=dict)
    """Hash of each seed's file of weights; empty for a baseline, and before the model was saved."""


def seen_in(windows: Windows, fold: int) -> dict[str, Any]:
    """The fields of a description that come from the windows and the fold a model was fitted on."""
    scaler = windows.folds[fold]
    return {
        "features": Roles.model_validate(vars(windows.features)),
        "channels": Roles.model_validate(vars(windows.channels)),
        "look_back": windows.look_back,
        "horizon": windows.horizon,
        "season": windows.season,
        "calendar": windows.calendar,
        "series": windows.ids,
        "loc": tuple(map(tuple, scaler.loc.tolist())),
        "scale": tuple(map(tuple, scaler.scale.tolist())),
        "scaling": windows.scaling,
        "missing": windows.missing,
        "fill_steps": windows.fill_steps,
        "static": tuple(map(tuple, windows.static.tolist())),
        "folds": len(fitted_folds(windows)),
        "fold": fold,
        "validation_end": _validation_end(scaler),
        "shown": _shown(windows, fold),
    }


def _validation_end(fold: Fold) -> str | int | None:
    bounds = fold.bounds.get("validation")
    return None if bounds is None else time_text(bounds[1])


def _shown(windows: Windows, fold: int) -> Shown:
    ranges = vars(shown_in_training(windows, windows.folds[fold]))
    return Shown(**{name: tuple(map(tuple, part.tolist())) for name, part in ranges.items()})


def levels_of(description: Description) -> tuple[float, ...]:
    """The quantiles a model forecasts beside its mean (Q): those of its head, none with a point head."""
    head = description.block.get("head", {})
    return () if head.get("kind", "point") == "point" else tuple(head["levels"])


DISTRIBUTIONS = ("gaussian", "student_t", "negative_binomial")
"""Heads that answer with a distribution."""


def distribution_of(description: Description) -> str | None:
    """The family of a model's distribution, if its head is one."""
    kind = description.block.get("head", {}).get("kind")
    return str(kind) if kind in DISTRIBUTIONS else None


def fitted_folds(windows: Windows) -> list[int]:
    """The folds that models are fitted on, in order: all, or the first alone where split.refit is false."""
    return sorted(windows.folds) if windows.refit else [min(windows.folds)]


def fitted_for(windows: Windows, fold: int) -> int:
    """The fold whose model forecasts a fold."""
    return fold if windows.refit else min(windows.folds)


def deployed_fold(windows: Windows) -> int:
    """The fold whose model is deployed: the last fitted, which has learned from the latest data."""
    return fitted_folds(windows)[-1]


def folder_of_fold(model: Path, fold: int, deployed: int) -> Path:
    """Where the model of a fold is kept: the deployed one in the model's folder, earlier ones below it."""
    return model if fold == deployed else model / "folds" / str(fold)


class Model(Protocol):
    """A fitted model."""

    @property
    def description(self) -> Description:
        """What it is and what it needs."""
        ...

    def forecast(self, batch: Batch) -> NDArray[np.float64]:
        """Scaled forecasts (S, B, H, K): one per seed, or S = 1 for a baseline."""
        ...


class QuantileModel(Model, Protocol):
    """A fitted model whose description has levels."""

    def quantiles(self, batch: Batch) -> NDArray[np.float64]:
        """Scaled quantiles (S, B, H, K, Q) at the description's levels."""
        ...


class DistributionModel(QuantileModel, Protocol):
    """A fitted model whose head is a distribution."""

    def parameters(self, batch: Batch) -> NDArray[np.float64]:
        """Parameters (S, B, H, K, P) of the scaled answers' distributions."""
        ...
