from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reprocast.baselines.ewma import GRID
from reprocast.baselines.saved import fit_baseline
from reprocast.data.windows import gather
from reprocast.params.baselines import Baseline


def fit(windows, smoothing=None):
    return fit_baseline("e", Baseline(kind="ewma", smoothing=smoothing), windows, 0, "w", "f")


@pytest.mark.parametrize("smoothing", [0.1, 0.94, 1.0])
def test_forecasts_equal_the_weighted_mean_of_pandas(make_windows, smoothing):
    windows = make_windows(targets=2, horizon=3)
    batch = gather(windows, windows.folds[0], windows.folds[0].starts["test"])
    found = fit(windows, smoothing).forecast(batch)[0]
    for b in range(len(found)):
        for k in range(2):
            mean = pd.Series(batch.past[b, :, k]).ewm(alpha=smoothing, adjust=True).mean().iloc[-1]
            np.testing.assert_allclose(found[b, :, k], mean, rtol=1e-12)


def test_validation_chooses_the_smoothing(make_windows, with_validation):
    """The least squared error over all windows; one answer was not observed."""
    windows = with_validation(make_windows())
    windows = replace(windows, values=windows.values + np.random.default_rng(3).normal(0, 2, (152, 2)))
    batch = gather(windows, windows.folds[0], windows.folds[0].starts["validation"])
    errors = {s: np.square(fit(windows, s).forecast(batch)[0] - batch.target).mean() for s in GRID}
    chosen = fit(windows).description.fitted["smoothing"]
    assert chosen == min(errors, key=errors.get)
    assert chosen not in (GRID[0], GRID[-1])


def test_a_declared_smoothing_is_no_fitted_number(make_windows):
    assert fit(make_windows(), 0.2).description.cost.parameters == 0
    assert fit(make_windows()).description.cost.parameters == 1
