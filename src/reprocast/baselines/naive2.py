"""Naive2: the last value, adjusted for the season where there is one; the M4 competition's yardstick.

Makridakis, Spiliotis & Assimakopoulos (2020), The M4 Competition: 100,000 time series and 61 forecasting
methods, International Journal of Forecasting 36(1): naive on the data adjusted by classical multiplicative
decomposition, if the series is seasonal at 90 %. It is made anew at each cutoff from every step of the series
up to it, as the competition does, so that there is nothing to learn beforehand.
Legend: B batch, H horizon, K targets, t steps up to a cutoff, m season.
"""

import numpy as np

from reprocast.data.history import Floats
from reprocast.data.windows import Batch
from reprocast.errors import DataError
from reprocast.model import Description

CRITICAL = 1.645
"""Of a standard normal variable, 90 % two-sided."""
SEASONS = 3
"""A shorter series, in seasons, is not tested and counts as not seasonal."""


def forecast(batch: Batch, model: Description) -> Floats:
    """Scaled forecasts (B, H, K).

    Raises:
        DataError: a series with a season has values that are not positive; one cannot divide by them.
    """
    units = np.empty((len(batch.past), model.horizon, len(model.channels.target)))
    for n, series in enumerate(batch.series.tolist()):
        for k, steps in enumerate(batch.history.of(n).T):
            try:
                units[n, :, k] = _ahead(steps, model.season, model.horizon)
            except DataError as error:
                raise DataError(f"models/{model.name}: series {model.series[series]}: {error}") from None
    result: Floats = (units - batch.loc[:, None]) / batch.scale[:, None]
    return result


def continued(steps: Floats, season: int, horizon: int) -> Floats:
    """The next steps (H,) after those seen (t,): the last one without its season, times the season's to come.

    Raises:
        DataError: a value that is not positive, where there is a season.
    """
    indices = np.ones(1)
    if season > 1 and is_seasonal(steps, season):
        indices = seasonal_indices(steps, season)
    result: Floats = steps[-1] / indices[-1] * np.resize(indices, horizon)
    return result


def is_seasonal(steps: Floats, season: int) -> bool:
    """Whether the autocorrelation (t,) at lag m differs from zero at 90 %, by Bartlett's formula.

    |r(m)| > 1.645 · √((1 + 2 Σ r(i)², i < m) / t); never in fewer than three seasons or a constant series.
    """
    from statsmodels.tsa.stattools import acf  # late: takes a second, and only here it is needed

    if len(steps) < SEASONS * season or np.ptp(steps) == 0:
        return False
    r = acf(steps, nlags=season, fft=True)[1:]
    limit = CRITICAL * np.sqrt((1 + 2 * np.square(r[:-1]).sum()) / len(steps))
    return bool(abs(r[-1]) > limit)


def seasonal_indices(steps: Floats, season: int) -> Floats:
    """Multiplicative indices (m,) of the last season seen, which end with the last step's.

    Raises:
        DataError: a value (t,) that is not positive.
    """
    from statsmodels.tsa.seasonal import seasonal_decompose

    if not (steps > 0).all():
        raise DataError("naive2 divides by the season, but some values are not positive; leave it out")
    found = seasonal_decompose(steps, model="multiplicative", period=season)
    indices: Floats = np.asarray(found.seasonal[-season:], np.float64)
    return indices


def _ahead(steps: Floats, season: int, horizon: int) -> Floats:
    """The H steps after a cutoff, from the last run of steps (t,) that have a value."""
    known = ~np.isnan(steps)
    end = len(steps) - int(np.argmax(known[::-1]))
    missing = np.flatnonzero(~known[:end])
    run, late = steps[missing[-1] + 1 if len(missing) else 0 : end], len(steps) - end
    return continued(run, season, late + horizon)[late:]
