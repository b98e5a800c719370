from typing import get_args

import numpy as np
import pytest

from reprocast.baselines.saved import fit_baseline
from reprocast.baselines.table import BASELINES
from reprocast.data.windows import gather
from reprocast.params.baselines import Baseline, BaselineKind


def test_params_name_exactly_the_baselines_there_are():
    assert set(get_args(BaselineKind)) == set(BASELINES)


def by_hand(kind: str, seen: list[float], horizon: int, season: int, steps: int) -> list[float]:
    """Each method for one window of one target, a step at a time."""
    path = list(seen)
    for step in range(1, horizon + 1):
        if kind == "naive":
            path.append(seen[-1])
        elif kind == "seasonal_naive":
            path.append(path[-season])
        elif kind == "moving_average":
            path.append(sum(seen[-steps:]) / steps)
        else:
            path.append(seen[-1] + step * (seen[-1] - seen[0]) / (len(seen) - 1))
    return path[len(seen) :]


@pytest.mark.parametrize("kind", ["naive", "seasonal_naive", "moving_average", "drift"])
@pytest.mark.parametrize(("season", "horizon", "targets"), [(4, 3, 1), (2, 5, 2), (1, 1, 1), (24, 30, 1)])
def test_forecasts_equal_a_scalar_loop(make_windows, kind, season, horizon, targets):
    windows = make_windows(targets=targets, horizon=horizon, season=season)
    baseline = Baseline(kind=kind, steps=7 if kind == "moving_average" else None)
    model = fit_baseline("b", baseline, windows, 0, "w", "f")
    batch = gather(windows, windows.folds[0], windows.folds[0].starts["test"])
    found = model.forecast(batch)
    assert found.shape == (1, 20, horizon, targets)
    assert found.dtype == np.float64
    for b in range(20):
        for k in range(targets):
            expected = by_hand(kind, batch.past[b, :, k].tolist(), horizon, season, 7)
            assert found[0, b, :, k] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("kind", ["naive", "seasonal_naive", "moving_average", "drift", "har", "ridge"])
def test_only_past_targets_enter(make_windows, kind):
    """Neither the covariates nor what is to be forecast moves a forecast."""
    windows = make_windows()
    model = fit_baseline(
        "b", Baseline(kind=kind, steps=7 if kind == "moving_average" else None), windows, 0, "w", "f"
    )
    batch = gather(windows, windows.folds[0], windows.folds[0].starts["test"])
    before = model.forecast(batch)
    batch.past[:, :, 1:] = np.nan
    batch.target[:] = np.nan
    np.testing.assert_array_equal(model.forecast(batch), before)
