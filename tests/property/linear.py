"""A model that uses every input: least squares from all that is seen, known ahead and the series."""

from dataclasses import dataclass

import numpy as np

from reprocast.data.windows import Batch, Windows, gather
from reprocast.model import Cost, Description, seen_in


@dataclass(frozen=True)
class Linear:
    """A fitted linear map; its forecasts (S = 1, B, H, K)."""

    description: Description
    weights: np.ndarray

    def forecast(self, batch: Batch) -> np.ndarray:
        shape = (1, len(batch.past), self.description.horizon, len(self.description.channels.target))
        return (inputs(batch, len(self.description.series)) @ self.weights).reshape(shape)


def inputs(batch: Batch, series: int) -> np.ndarray:
    B = len(batch.past)
    which = np.eye(series)[batch.series]
    return np.concatenate([batch.past.reshape(B, -1), batch.future.reshape(B, -1), which], axis=1)


def fit(windows: Windows) -> Linear:
    """Fits to the training windows of fold 0."""
    fold = windows.folds[0]
    batch = gather(windows, fold, np.asarray(fold.starts["train"]))
    x, y = inputs(batch, len(windows.ids)), batch.target.reshape(len(batch.target), -1)
    weights = np.linalg.solve(x.T @ x + np.eye(x.shape[1]), x.T @ y)
    return Linear(describe(windows), weights)


def describe(windows: Windows) -> Description:
    return Description(
        kind="baseline",
        name="linear",
        task="forecast",
        block={},
        shared={},
        seeds=(),
        **seen_in(windows, 0),
        cost=Cost(parameters=0, multiply_adds=0, optimiser_steps=0),
        fitted={},
        fingerprint="",
        windows_sha256="",
    )
