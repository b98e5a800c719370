"""How many independent values a stretch of dependent ones is worth.

Legend: n values in order of time, m steps of a stretch.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST = 3
"""Stretches that the values must hold."""


def inflation(values: Floats, m: int) -> float:
    """How much larger the variance of a mean of m neighbours is than that of m independent values.

    1 + 2 Σ (1 − k/m) ρₖ over the lags below m (Bartlett 1946; the variance of a mean, Priestley 1981,
    Spectral Analysis and Time Series, 5.3.2), over 1 − m/n because the autocovariances about the values' own
    mean are too small by about the variance of that mean. Never below 1. NaN counts as average.
    """
    finite = np.isfinite(values)
    centred = np.where(finite, values - values[finite].mean(), 0.0) if finite.any() else np.zeros(1)
    n = len(centred)
    if n < LEAST * m:
        raise ValueError(f"{n} values are fewer than {LEAST} stretches of {m}")
    power = np.abs(np.fft.rfft(centred, 2 * n)) ** 2
    gamma = np.fft.irfft(power)[:m]
    if gamma[0] <= 0:
        return 1.0
    weights = 1 - np.arange(1, m) / m
    raw = 1 + 2 * float((weights * gamma[1:]).sum() / gamma[0])
    return max(1.0, raw / (1 - m / n))
