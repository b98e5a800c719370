import sys
from dataclasses import replace

import lightgbm
import numpy as np
import pytest

from reprocast.baselines.boosting import GRID, SETTINGS
from reprocast.baselines.saved import fit_baseline
from reprocast.data.windows import gather
from reprocast.errors import UnavailableError
from reprocast.params.baselines import Baseline


@pytest.fixture
def windows(make_windows, with_validation):
    """Two series of a noisy tent map, which no linear method can forecast."""
    windows = with_validation(make_windows(look_back=3, horizon=2, targets=2))
    rng = np.random.default_rng(0)
    values = rng.uniform(size=windows.values.shape)
    for row in range(1, len(values)):
        values[row, :2] = 1 - np.abs(1 - 2 * values[row - 1, :2]) * 0.97 + 0.02 * values[row, :2]
    return replace(windows, values=values)


def fit(windows, trees=None):
    return fit_baseline("t", Baseline(kind="lightgbm", trees=trees), windows, 0, "w", "f")


def test_forecasts_are_those_of_lightgbm_a_step_at_a_time(windows):
    """Lags made by a loop, newest first, over the steps that training windows show or forecast."""
    fold, L = windows.folds[0], 3
    batch = gather(windows, fold, fold.starts["test"])
    found = fit(windows, 7).forecast(batch)[0]
    for k in range(2):
        x, y = [], []
        for series in (0, 1):
            first, last = windows.offsets[series : series + 2]
            reach = max(s for s in fold.starts["train"] if s < last) + L + 2
            own = (windows.values[first:reach, k] - fold.loc[series, k]) / fold.scale[series, k]
            x += [own[row - L : row][::-1] for row in range(L, len(own))]
            y += own[L:].tolist()
        other = lightgbm.LGBMRegressor(n_estimators=7, **SETTINGS).fit(np.array(x), np.array(y))
        for b in range(len(found)):
            path = batch.past[b, :, k].tolist()
            for _ in range(2):
                path.append(other.booster_.predict(np.array([path[:-4:-1]]))[0])
            np.testing.assert_allclose(found[b, :, k], path[-2:], rtol=1e-9)


def test_validation_chooses_the_number_of_trees(windows):
    batch = gather(windows, windows.folds[0], windows.folds[0].starts["validation"])
    errors = {n: np.square(fit(windows, n).forecast(batch)[0] - batch.target).mean() for n in GRID}
    fitted = fit(windows).description.fitted
    assert fitted["trees"] == min(errors, key=errors.get)
    assert fitted["models"][0].count("Tree=") == fitted["trees"]


def test_the_scaling_of_windows_does_not_matter(windows):
    fold = windows.folds[0]
    own = replace(windows, scaling="window")
    one, other = (gather(some, fold, fold.starts["test"]) for some in (windows, own))
    model = fit(windows, 20)
    expected = model.forecast(one)[0] * one.scale[:, None] + one.loc[:, None]
    found = model.forecast(other)[0] * other.scale[:, None] + other.loc[:, None]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("package", ["lightgbm", "mlforecast"])
def test_a_missing_package_is_named_with_the_remedy(windows, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UnavailableError, match=f"needs the package {package}: pip install"):
        fit(windows, 5)
    assert UnavailableError.exit_code == 69
