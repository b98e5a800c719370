"""Scores of forecasts: pure functions of arrays of one shape, each with its source.

y is what came, mean what was forecast; any shape, pooled over all entries. NaN where a score has no
meaning, such as the correlation with a constant.
"""

import numpy as np

from reprocast.data.windows import Floats

TIE = 1e-9
"""Scaled changes below this are no change: what is left of a forecast equal to the last value after
scaling and back is rounding, not a direction."""


def mae(y: Floats, mean: Floats) -> float:
    """Mean absolute error; Hyndman & Koehler (2006), Another Look at Measures of Forecast Accuracy, 2.1."""
    return float(np.abs(y - mean).mean())


def mse(y: Floats, mean: Floats) -> float:
    """Mean squared error; Hyndman & Koehler (2006), 2.1."""
    return float(np.square(y - mean).mean())


def rmse(y: Floats, mean: Floats) -> float:
    """Root of the mean squared error; Hyndman & Koehler (2006), 2.1."""
    return float(np.sqrt(mse(y, mean)))


def mase(y: Floats, mean: Floats, season_error: Floats) -> float:
    """Mean absolute scaled error; Hyndman & Koehler (2006), 3.

    Args:
        y: what came.
        mean: what was forecast.
        season_error: mean absolute seasonal difference over the steps up to the cutoff, broadcast against
            y; below 1 the errors are smaller than seasonal naive's one-step errors there. Where it is 0 (a
            series that repeats itself) the score is NaN.
    """
    if not (season_error > 0).all():
        return float("nan")
    return float((np.abs(y - mean) / season_error).mean())


def rmsse(y: Floats, mean: Floats, season_square: Floats) -> float:
    """Root mean squared scaled error; Makridakis et al. (2022), The M5 Accuracy Competition.

    Args:
        y: what came.
        mean: what was forecast.
        season_square: mean squared seasonal difference up to the cutoff, broadcast against y; M5 took
            a season of 1. Where it is not above 0 the score is NaN.
    """
    if not (season_square > 0).all():
        return float("nan")
    return float(np.sqrt((np.square(y - mean) / season_square).mean()))


def owa(smape: float, mase: float, smape_naive2: float, mase_naive2: float) -> float:
    """Overall weighted average, ½ (sMAPE / sMAPE of Naive2 + MASE / MASE of Naive2).

    Makridakis, Spiliotis & Assimakopoulos (2020), The M4 Competition. Each of the four is the mean of the
    series' own scores. NaN where Naive2 is perfect.
    """
    if not (smape_naive2 > 0 and mase_naive2 > 0):
        return float("nan")
    return (smape / smape_naive2 + mase / mase_naive2) / 2


def r2(y: Floats, mean: Floats) -> float:
    """Coefficient of determination, 1 − SSE/SST about the mean of y; Wright (1921). NaN for a constant y."""
    spread = np.square(y - y.mean()).sum()
    return float(1 - np.square(y - mean).sum() / spread) if spread > 0 else float("nan")


def correlation(y: Floats, mean: Floats) -> float:
    """Pearson's correlation (1895); NaN where y or the forecast is constant."""
    a, b = y - y.mean(), mean - mean.mean()
    norm = np.sqrt(np.square(a).sum() * np.square(b).sum())
    return float((a * b).sum() / norm) if norm > 0 else float("nan")


def directional_accuracy(y: Floats, mean: Floats, last: Floats, tie: float = TIE) -> float:
    """Share of forecasts that name the direction of the change since the last value seen.

    After Pesaran & Timmermann (1992), A Simple Nonparametric Test of Predictive Performance. Ties:
    "no change" forecast is right where there was none, and counts one half where there was one,
    because it takes no side (the naive forecast thus has about 0.5); a direction forecast where
    nothing changed is wrong.

    Args:
        y: what came.
        mean: what was forecast.
        last: last value seen, broadcast against y.
        tie: changes up to this size are no change.
    """
    came, forecast = _direction(y - last, tie), _direction(mean - last, tie)
    right = (came == forecast) + 0.5 * ((forecast == 0) & (came != 0))
    return float(right.mean())


def _direction(change: Floats, tie: float) -> Floats:
    return np.where(np.abs(change) <= tie, 0.0, np.sign(change))


def smape(y: Floats, mean: Floats) -> float:
    """Symmetric mean absolute percentage error, 0 to 2; Makridakis & Hibon (2000), The M3-Competition.

    Only for positive y; NaN if there are others.
    """
    if not (y > 0).all():
        return float("nan")
    return float((2 * np.abs(y - mean) / (np.abs(y) + np.abs(mean))).mean())


def wape(y: Floats, mean: Floats) -> float:
    """Sum of absolute errors over the sum of y; Kolassa & Schütz (2007), Advantages of the MAD/Mean Ratio.

    Only for positive y; NaN if there are others.
    """
    if not (y > 0).all():
        return float("nan")
    return float(np.abs(y - mean).sum() / y.sum())
