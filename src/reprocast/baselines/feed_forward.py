"""Feed-forward: one hidden layer of rectifiers on all that a network sees of a window, flattened.

Rumelhart, Hinton & Williams (1986), Learning Representations by Back-Propagating Errors:
    y = V max(0, W x + b) + c,
trained by scikit-learn with Adam (Kingma & Ba 2015), a pass at a time, pooled over the series. Penalty and
passes are declared, or are those with the least squared error on the validation windows, never on a share
drawn at random. Targets are seen and forecast relative to their mean over the look-back. Legend: B batch,
H horizon, K targets, M windows, I inputs (all channels seen, future covariates, static ones), D hidden.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from reprocast.data.windows import Batch, Floats, Fold, Windows, gather, series_of
from reprocast.errors import DataError
from reprocast.model import Description

HIDDEN = 32
ALPHAS = (0.1, 1.0, 10.0, 100.0)
"""Penalties ½ α |w|² over the sum of squared errors that validation chooses from."""
PASSES, PATIENCE = 60, 8
"""Most passes, and passes without a better validation error after which it stops."""
RATE, BATCH, SEED = 0.001, 256, 0
FIGURES = 9
"""Significant digits kept of a weight."""
Net = tuple[Floats, Floats, Floats, Floats]
"""W (I, D), b (D,), V (D, H), c (H,) of one target."""


@dataclass(frozen=True)
class Examples:
    """Windows of a split, in order of cutoff and name of the series, whatever the order of the panel."""

    x: Floats
    """Inputs (M, I)."""
    y: Floats
    """Answers relative to the mean of the look-back (M, H, K)."""


@dataclass(frozen=True)
class Trained:
    """What came of one penalty."""

    error: float
    epochs: int
    nets: Sequence[Net]


def forecast(batch: Batch, model: Description) -> Floats:
    """Forecasts (B, H, K)."""
    x, mean = _inputs(batch)
    ahead = [_apply(x, [np.asarray(part) for part in net]) for net in model.fitted["weights"]]
    return np.stack(ahead, axis=2) + mean


def fit(windows: Windows, fold: Fold, block: dict[str, Any]) -> dict[str, Any]:
    """`weights` of each target, and the penalty `alpha` and number of `epochs` that were declared or chosen.

    Raises:
        DataError: no training window has all answers of a target.
    """
    train, validation = (_examples(windows, fold, split) for split in ("train", "validation"))
    alphas = ALPHAS if block["alpha"] is None else (block["alpha"],)
    hidden = block["hidden"] or HIDDEN
    limits = import_module("threadpoolctl").threadpool_limits
    with limits(1):  # the last bits of a product depend on how many share it
        found = {alpha: _trained(train, validation, alpha, hidden, block["epochs"]) for alpha in alphas}
    alpha = min(found, key=lambda each: found[each].error)
    best = found[alpha]
    rounded = [[_rounded(part) for part in net] for net in best.nets]
    return {"alpha": alpha, "epochs": best.epochs, "weights": rounded}


def products(model: Description) -> int:
    """Multiplications with addition for one window of one target."""
    w, b, _, c = model.fitted["weights"][0]
    return (len(w) + len(c)) * len(b)


def _examples(windows: Windows, fold: Fold, split: str) -> Examples:
    starts = np.asarray(fold.starts[split])
    names = np.asarray(windows.ids)[series_of(windows, starts)]
    batch = gather(windows, fold, starts[np.lexsort((names, windows.ds[starts]))])
    x, mean = _inputs(batch)
    return Examples(x, batch.target - mean)


def _inputs(batch: Batch) -> tuple[Floats, Floats]:
    """Inputs (B, I), and the mean of each target over the look-back (B, 1, K)."""
    K, past = batch.target.shape[2], batch.past.copy()
    mean = past[:, :, :K].mean(axis=1, keepdims=True)
    past[:, :, :K] -= mean
    parts = [part.reshape(len(past), -1) for part in (past, batch.future, batch.static)]
    return np.concatenate(parts, axis=1), mean


def _trained(
    train: Examples, validation: Examples, alpha: float, hidden: int, declared: int | None
) -> Trained:
    """The nets with the least validation error, or those after the passes that are declared."""
    passes = zip(*(_passes(train, k, alpha, hidden) for k in range(train.y.shape[2])), strict=True)
    best = Trained(np.inf, 0, ())
    for epoch, nets in enumerate(passes, 1):
        here = Trained(_error(nets, validation), epoch, nets)
        if epoch == declared:
            return here
        if here.error < best.error or not best.nets:
            best = here
        if declared is None and (epoch == PASSES or epoch - best.epochs >= PATIENCE):
            break
    return best


def _passes(train: Examples, k: int, alpha: float, hidden: int) -> Iterator[Net]:
    """The net of one target after each pass, without end."""
    known = ~np.isnan(train.y[:, :, k]).any(axis=1)
    if not known.any():
        raise DataError("baselines: feed_forward: no training window has all its answers observed")
    x, y = train.x[known], train.y[known][:, :, k]
    centre, spread, unit = x.mean(axis=0), x.std(axis=0), float(y.std()) or 1.0
    spread = np.where(spread > 0, spread, 1.0)
    x, y = (x - centre) / spread, y / unit
    network = import_module("sklearn.neural_network").MLPRegressor(
        hidden_layer_sizes=(hidden,), alpha=alpha, learning_rate_init=RATE, shuffle=False,
        batch_size=min(BATCH, len(x)), random_state=SEED,
    )  # fmt: skip
    epoch = 0
    while True:
        order = np.random.default_rng([SEED, epoch]).permutation(len(x))
        network.partial_fit(x[order], y[order] if y.shape[1] > 1 else y[order, 0])
        (w, v), (b, c) = network.coefs_, network.intercepts_
        own = w / spread[:, None]
        yield own, b - centre @ own, v * unit, c * unit
        epoch += 1


def _apply(x: Floats, net: Sequence[Floats]) -> Floats:
    """Answers (B, H) to inputs (B, I)."""
    w, b, v, c = net
    hidden = np.maximum(np.einsum("bi,id->bd", x, w) + b, 0)
    result: Floats = np.einsum("bd,dh->bh", hidden, v) + c
    return result


def _error(nets: Sequence[Net], examples: Examples) -> float:
    """Mean squared error of the answers that were observed; without any, 0."""
    squared = [np.square(_apply(examples.x, net) - examples.y[:, :, k]) for k, net in enumerate(nets)]
    seen = ~np.isnan(squared)
    return float(np.nansum(squared) / max(int(seen.sum()), 1))


def _rounded(part: Floats) -> Any:
    if part.ndim > 1:
        return [_rounded(row) for row in part]
    return [float(f"{value:.{FIGURES}g}") for value in part]
