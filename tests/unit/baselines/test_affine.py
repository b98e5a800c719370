import sys
from dataclasses import replace

import numpy as np
import pytest

from reprocast.baselines.affine import fit_each
from reprocast.baselines.saved import fit_baseline
from reprocast.data.starts import Starts
from reprocast.data.windows import gather
from reprocast.errors import DataError, ParamsError, UnavailableError
from reprocast.params.baselines import Baseline

NOTHING = {"season": None, "steps": None}


def lengths(windows, **block):
    """How many values each series and target is fitted to, and the season."""
    found = fit_each(windows, windows.folds[0], NOTHING | block, lambda values, _: {"values": list(values)})
    return [[len(one["values"]) for one in targets] for targets in found["series"]], found["season"]


def with_training(windows, starts):
    fold = windows.folds[0]
    return replace(windows, folds={0: replace(fold, starts={**fold.starts, "train": Starts.of(starts)})})


def test_a_series_is_fitted_to_its_longest_run_of_training_steps(make_windows):
    """Windows of 24 + 3 steps; the first series has two runs, of 29 and of 31 steps."""
    windows = with_training(make_windows(targets=2), [0, 1, 2, 36, 37, 38, 39, 40, 76, 77])
    assert lengths(windows) == ([[31, 31], [28, 28]], 4)
    assert lengths(windows, steps=10, season=1) == ([[10, 10], [10, 10]], 1)
    values = fit_each(windows, windows.folds[0], NOTHING, lambda v, _: {"values": list(v)})["series"][0][1]
    np.testing.assert_allclose(values["values"], windows.values[36:67, 1], rtol=1e-8)


def test_a_series_without_a_training_window_is_named(make_windows):
    with pytest.raises(DataError, match="series b: has no training window"):
        lengths(with_training(make_windows(), [0, 1, 2]))


@pytest.mark.parametrize("kind", ["auto_ets", "auto_theta", "auto_arima"])
def test_forecasts_need_no_statsforecast(make_windows, monkeypatch, kind):
    """It is asked for only where something is fitted, and its lack is said with the remedy (69)."""
    windows, entry = make_windows(), Baseline(kind=kind)
    model = fit_baseline("a", entry, windows, 0, "w", "f")
    for name in ("statsforecast", *(f"statsforecast.{part}" for part in ("ets", "theta", "arima"))):
        monkeypatch.setitem(sys.modules, name, None)
    batch = gather(windows, windows.folds[0], windows.folds[0].starts["test"])
    assert np.isfinite(model.forecast(batch)).all()
    with pytest.raises(UnavailableError, match="auto_arima need statsforecast"):
        fit_baseline("a", entry, windows, 0, "w", "f")


@pytest.mark.parametrize(("season", "needed"), [(None, 26), (1, 4)])
def test_a_look_back_without_two_seasons_is_refused(make_windows, season, needed):
    windows, entry = make_windows(look_back=3, season=12), Baseline(kind="auto_theta", season=season)
    with pytest.raises(ParamsError, match=rf"baselines\.a: needs {needed} steps, window\.look_back is 3"):
        fit_baseline("a", entry, windows, 0, "w", "f")


@pytest.mark.parametrize("kind", ["auto_ets", "auto_theta", "auto_arima"])
def test_a_scale_of_each_windows_own_moves_no_forecast(make_windows, kind):
    windows, entry = make_windows(), Baseline(kind=kind)
    own, fold = replace(windows, scaling="window"), windows.folds[0]
    in_units = []
    for some in (windows, own):
        batch = gather(some, fold, fold.starts["test"])
        ahead = fit_baseline("a", entry, some, 0, "w", "f").forecast(batch)[0]
        in_units.append(ahead * batch.scale[:, None] + batch.loc[:, None])
    np.testing.assert_allclose(*in_units, rtol=1e-8, atol=1e-8)
