"""LightGBM: boosted trees that forecast the next value from the look-back, and the steps after it from there.

Ke et al. (2017), LightGBM: A Highly Efficient Gradient Boosting Decision Tree; lags and recursion through
mlforecast. One model over all series, each scaled by its own training steps; every step of the look-back is a
lag. The number of trees is declared, or is the one of `GRID` with the least squared error on validation.
Both packages come with `pip install 'reprocast[lightgbm]'`.
Legend: B batch, L look-back, H horizon, K targets.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from reprocast.baselines.affine import units
from reprocast.baselines.training_rows import training_rows
from reprocast.data.windows import Batch, Floats, Fold, Windows, gather
from reprocast.errors import DataError, UnavailableError
from reprocast.model import Description

GRID = (25, 50, 100, 200, 400)
"""Numbers of trees that validation chooses from."""
SETTINGS = {
    "learning_rate": 0.05,
    "num_leaves": 31,
    "random_state": 0,
    "n_jobs": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
_CHUNK = 1024


@dataclass(frozen=True)
class Trees:
    """The first `count` trees of a booster, as mlforecast asks for a model."""

    booster: Any
    count: int

    def predict(self, lags: Any) -> Floats:
        """The next value (B,) from lags (B, L), as a frame or an array."""
        result: Floats = self.booster.predict(np.asarray(lags), num_iteration=self.count)
        return result


def forecast(batch: Batch, model: Description) -> Floats:
    """Forecasts (B, H, K) from the targets seen."""
    boosters = [_package("lightgbm").Booster(model_str=text) for text in model.fitted["models"]]
    numbers = (np.asarray(model.loc), np.asarray(model.scale))
    return _ahead(batch, boosters, model.fitted["trees"], numbers, model.horizon)


def fit(windows: Windows, fold: Fold, block: dict[str, Any]) -> dict[str, Any]:
    """`models` (K,) as LightGBM writes them, and how many `trees` they have.

    Raises:
        UnavailableError: lightgbm or mlforecast is not installed.
        DataError: no run of training steps is longer than the look-back.
    """
    counts = GRID if block["trees"] is None else (block["trees"],)
    boosters = [_booster(windows, fold, k, max(counts)) for k in range(len(windows.channels.target))]
    errors = [_error(windows, fold, boosters, count) for count in counts] if len(counts) > 1 else [0.0]
    best = counts[int(np.argmin(errors))]
    return {"trees": best, "models": [_text(own, best) for own in boosters]}


def _text(booster: Any, trees: int) -> str:
    """The trees as LightGBM writes them, without the settings that made them."""
    text, end = str(booster.model_to_string(num_iteration=trees)), "end of trees\n"
    return text[: text.index(end) + len(end)]


def leaves(model: Description) -> int:
    """Thresholds and values of all trees."""
    lines = [line for text in model.fitted["models"] for line in text.splitlines()]
    found = [line.split("=")[1].split() for line in lines if line.startswith(("threshold=", "leaf_value="))]
    return sum(map(len, found))


def _booster(windows: Windows, fold: Fold, k: int, trees: int) -> Any:
    """The booster of one target, from every run of training steps."""
    frame = _training(windows, fold, k)
    model = _package("lightgbm").LGBMRegressor(n_estimators=trees, **SETTINGS)
    forecaster = _forecaster(windows.look_back, model)
    with _quiet():
        forecaster.fit(frame, static_features=[], as_numpy=True)
    return forecaster.models_["trees"].booster_


def _training(windows: Windows, fold: Fold, k: int) -> Any:
    """unique_id, ds and y of every run of training steps that is longer than the look-back, scaled."""
    rows = training_rows(windows, fold)
    series = np.searchsorted(windows.offsets, rows, side="right") - 1
    run = np.cumsum((np.diff(rows, prepend=-2) > 1) | (np.diff(series, prepend=-1) > 0))
    long = np.bincount(run)[run] > windows.look_back
    if not long.any():
        raise DataError("baselines: lightgbm: no run of training steps is longer than window.look_back")
    rows, series, run = rows[long], series[long], run[long]
    values = (windows.values[rows, k] - fold.loc[series, k]) / fold.scale[series, k]
    names = [f"{windows.ids[n]} {first:012d}" for n, first in zip(series, run - run.min(), strict=True)]
    return _frame(names, rows, values)


def _error(windows: Windows, fold: Fold, boosters: list[Any], count: int) -> float:
    """Squared error of the validation windows, in units of their scale."""
    starts, total = fold.starts["validation"], 0.0
    for first in range(0, len(starts), _CHUNK):
        batch = gather(windows, fold, starts[first : first + _CHUNK])
        ahead = _ahead(batch, boosters, count, (fold.loc, fold.scale), windows.horizon)
        total += float(np.nansum(np.square(ahead - batch.target)))
    return total


def _ahead(
    batch: Batch, boosters: list[Any], count: int, numbers: tuple[Floats, Floats], horizon: int
) -> Floats:
    """Scaled forecasts (B, H, K); trees see the series' own scale (N, C), whatever window.scaling is."""
    K, B = len(boosters), len(batch.past)
    loc, scale = (part[batch.series][:, None, :K] for part in numbers)
    seen, ahead = (units(batch, K) - loc) / scale, np.empty((B, horizon, K))
    for k, booster in enumerate(boosters):
        ahead[:, :, k] = _path(seen[:, :, k], Trees(booster, count), horizon)
    result: Floats = (ahead * scale + loc - batch.loc[:, None]) / batch.scale[:, None]
    return result


def _path(seen: Floats, trees: Trees, horizon: int) -> Floats:
    """The steps (B, H) after those seen (B, L), each the last one's lag."""
    (B, L), forecaster = seen.shape, _forecaster(seen.shape[1], None)
    frame = _frame(np.repeat(np.arange(B), L), np.tile(np.arange(L), B), seen.ravel())
    with _quiet():
        forecaster.preprocess(frame, static_features=[], dropna=False, keep_last_n=L, as_numpy=True)
        forecaster.models_ = {"trees": trees}
        ahead: Floats = forecaster.predict(horizon)["trees"].to_numpy().reshape(B, horizon)
    return ahead


@contextmanager
def _quiet() -> Iterator[None]:
    """Mlforecast 1.0 still names arguments that pandas 3 deprecates."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _forecaster(look_back: int, model: Any) -> Any:
    models = {"trees": model} if model is not None else {}
    lags = list(range(1, look_back + 1))
    return _package("mlforecast").MLForecast(models=models, freq=1, lags=lags, num_threads=1)


def _frame(names: Any, steps: Any, values: Floats) -> Any:
    return _package("pandas").DataFrame({"unique_id": names, "ds": steps, "y": values})


def _package(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise UnavailableError(
            f"baselines: lightgbm needs the package {name}: pip install 'reprocast[lightgbm]', or take the "
            "entry out of params.yaml"
        ) from None
