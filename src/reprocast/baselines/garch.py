"""GARCH: the variance of returns to be expected at each step ahead, and a regression of the target on it.

Bollerslev (1986), Generalized Autoregressive Conditional Heteroskedasticity: with e = r − μ,
    σ²_{t+1} = ω + α e²_t + β σ²_t,   E σ²_{t+h} = ω (1 + p + … + p^{h−2}) + p^{h−1} σ²_{t+1},   p = α + β,
fitted to each series' training returns by the `arch` package. The recursion runs over the look-back, from the
variance of training on. Then target = a + b log σ, by least squares on the series' training windows for each
step ahead. Legend: B batch, L look-back, H horizon, K targets, N series, R returns.
"""

import warnings
from importlib import import_module
from typing import Any

import numpy as np

from reprocast.baselines.affine import rounded, units
from reprocast.baselines.training_rows import longest_run, training_rows
from reprocast.data.windows import Batch, Floats, Fold, Windows, gather, series_of
from reprocast.model import Description

FEWEST = 50
"""Returns that a fit needs; with fewer, or without any that moves, variance stays as in training."""
TINY = 1e-300
_CHUNK = 4096


def forecast(batch: Batch, model: Description) -> Floats:
    """Forecasts (B, H, K) from the returns seen."""
    channel = place(model.channels.target, model.channels.past, model.block["returns"])
    loc, scale = (np.asarray(part)[batch.series] for part in (model.loc, model.scale))
    seen = _returns(batch, channel, loc, scale, len(model.channels.target))
    fitted = model.fitted
    spread = _spread(seen, np.asarray(fitted["variance"])[batch.series], model.horizon)
    lines = np.asarray(fitted["lines"])[batch.series]  # (B, K, H, 2)
    ahead = (lines[..., 0] + lines[..., 1] * spread[:, None]).transpose(0, 2, 1)
    result: Floats = (ahead - batch.loc[:, None]) / batch.scale[:, None]
    return result


def fit(windows: Windows, fold: Fold, block: dict[str, Any]) -> dict[str, Any]:
    """`variance` (N, 5): μ, ω, α, β and the variance of training; `lines` (N, K, H, 2): a and b."""
    channel = place(windows.channels.target, windows.channels.past, block["returns"])
    rows = training_rows(windows, fold)
    runs = (longest_run(windows, rows, series) for series in range(len(windows.ids)))
    variance = [fit_series(np.asarray(windows.values[run, channel], np.float64)) for run in runs]
    lines = [_lines(windows, fold, channel, n, np.asarray(own)) for n, own in enumerate(variance)]
    return rounded({"variance": variance, "lines": lines})


def fit_series(returns: Floats) -> list[float]:
    """μ, ω, α, β and the variance of returns (R,); quasi maximum likelihood, of returns of unit deviation."""
    mean, deviation = float(returns.mean()), float(returns.std())
    if len(returns) < FEWEST or deviation <= 0:
        return [mean, 0.0, 0.0, 1.0, deviation**2]
    model = import_module("arch").arch_model((returns - mean) / deviation, rescale=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an optimiser that stops early: what it found stands
        mu, omega, alpha, beta = model.fit(disp="off", show_warning=False).params.to_numpy().tolist()
    own = [mean + mu * deviation, omega * deviation**2, alpha, beta, deviation**2]
    return [float(f"{value:.9g}") for value in own]


def _spread(returns: Floats, own: Floats, horizon: int) -> Floats:
    """Log σ (B, H) expected ahead of returns (B, L), with the numbers of each one's series (B, 5)."""
    mean, omega, alpha, beta, variance = own.T
    for step in range(returns.shape[1]):
        variance = omega + alpha * np.square(returns[:, step] - mean) + beta * variance
    ahead = []
    for _ in range(horizon):
        ahead.append(variance)
        variance = omega + (alpha + beta) * variance
    result: Floats = np.log(np.maximum(np.stack(ahead, axis=1), TINY)) / 2
    return result


def _lines(windows: Windows, fold: Fold, channel: int, series: int, own: Floats) -> list[Any]:
    """A and b (K, H, 2) of the targets on log σ, over the training windows of one series."""
    starts, K = np.asarray(fold.starts["train"]), len(windows.channels.target)
    starts = starts[series_of(windows, starts) == series]
    spreads, answers = [], []
    for first in range(0, len(starts), _CHUNK):
        batch = gather(windows, fold, starts[first : first + _CHUNK])
        seen = _returns(batch, channel, fold.loc[batch.series], fold.scale[batch.series], K)
        spreads.append(_spread(seen, np.tile(own, (len(seen), 1)), windows.horizon))
        answers.append(batch.target * batch.scale[:, None] + batch.loc[:, None])
    x, y = np.concatenate(spreads), np.concatenate(answers)  # (M, H), (M, H, K)
    return [[_line(x[:, h], y[:, h, k]) for h in range(windows.horizon)] for k in range(K)]


def _line(x: Floats, y: Floats) -> list[float]:
    """Least squares of answers (M,) that were observed; flat where x does not move."""
    seen = ~np.isnan(y)
    x, y = x[seen], y[seen]
    if not len(y):
        return [0.0, 0.0]
    centred = x - x.mean()
    squares = float(centred @ centred)
    slope = float(centred @ y) / squares if squares > len(x) * 1e-18 else 0.0
    return [float(y.mean() - slope * x.mean()), slope]


def _returns(batch: Batch, channel: int, loc: Floats, scale: Floats, targets: int) -> Floats:
    """Returns (B, L) in their units; a target has each window's own scaler, other channels (B, C) theirs."""
    if channel < targets:
        return units(batch, targets)[:, :, channel]
    seen: Floats = batch.past[:, :, channel] * scale[:, None, channel] + loc[:, None, channel]
    return seen


def place(target: tuple[str, ...], past: tuple[str, ...], returns: str) -> int:
    """Where the column stands among the channels."""
    return (target + past).index(returns)
