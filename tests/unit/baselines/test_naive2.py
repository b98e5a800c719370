"""Naive2 against the organisers' procedure, step by step: test, decomposition, forecast."""

import numpy as np
import pytest

from reprocast.baselines.naive2 import continued, is_seasonal, seasonal_indices
from reprocast.baselines.saved import fit_baseline
from reprocast.data.windows import Windows, gather
from reprocast.errors import DataError
from reprocast.params.baselines import Baseline


def wave(length: int, season: int, seed: int = 0, noise: float = 0.05) -> np.ndarray:
    rng, t = np.random.default_rng(seed), np.arange(length)
    level = 10 + 0.02 * t
    pattern = 1 + 0.4 * np.sin(2 * np.pi * t / season) + 0.1 * (t % season == 1)
    return np.asarray(level * pattern * np.exp(noise * rng.standard_normal(length)))


def autocorrelation(y: list[float], lag: int) -> float:
    mean = sum(y) / len(y)
    spread = sum((v - mean) ** 2 for v in y)
    return sum((y[t] - mean) * (y[t - lag] - mean) for t in range(lag, len(y))) / spread


def seasonal_by_hand(y: list[float], m: int) -> bool:
    if len(y) < 3 * m:
        return False
    r = [autocorrelation(y, lag) for lag in range(1, m + 1)]
    return abs(r[-1]) > 1.645 * ((1 + 2 * sum(x * x for x in r[:-1])) / len(y)) ** 0.5


def indices_by_hand(y: list[float], m: int) -> list[float]:
    """Ratio to the centred moving average, mean by phase from the first step on, scaled to a mean of 1."""
    ratios: list[list[float]] = [[] for _ in range(m)]
    for t in range(m // 2, len(y) - m // 2):
        if m % 2:
            trend = sum(y[t - m // 2 : t + m // 2 + 1]) / m
        else:
            inner = sum(y[t - m // 2 + 1 : t + m // 2])
            trend = (y[t - m // 2] / 2 + inner + y[t + m // 2] / 2) / m
        ratios[t % m].append(y[t] / trend)
    means = [sum(part) / len(part) for part in ratios]
    return [x / (sum(means) / m) for x in means]


@pytest.mark.parametrize(("length", "season"), [(31, 4), (70, 7), (100, 24), (97, 24)])
def test_the_forecast_is_the_organisers(length: int, season: int) -> None:
    y = wave(length, season)
    assert is_seasonal(y, season)
    index = indices_by_hand(y.tolist(), season)
    expected = [
        y[-1] / index[(length - 1) % season] * index[(length + h) % season] for h in range(2 * season + 3)
    ]
    assert continued(y, season, 2 * season + 3) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("noise", [0.05, 0.5, 1.0, 2.0])
def test_the_test_for_a_season_is_the_organisers(noise: float) -> None:
    found = [
        (is_seasonal(y, 6), seasonal_by_hand(y.tolist(), 6))
        for y in (wave(length, 6, seed, noise) for length in (18, 30, 60) for seed in range(15))
    ]
    assert all(ours == theirs for ours, theirs in found)


def test_white_noise_is_seasonal_once_in_ten() -> None:
    rng = np.random.default_rng(4)
    share = np.mean([is_seasonal(rng.standard_normal(240), 12) for _ in range(400)])
    assert 0.06 < share < 0.14


def test_without_a_season_it_is_naive() -> None:
    y = np.random.default_rng(1).uniform(1, 2, 200)
    assert not is_seasonal(y, 24)
    assert continued(y, 24, 3).tolist() == [y[-1]] * 3
    assert continued(wave(71, 24), 24, 2).tolist() == [wave(71, 24)[-1]] * 2  # less than three seasons
    assert continued(np.full(99, 5.0), 24, 2).tolist() == [5.0, 5.0]  # constant
    assert continued(wave(99, 24), 1, 1).tolist() == [wave(99, 24)[-1]]


def test_values_that_cannot_be_divided_by_are_refused() -> None:
    with pytest.raises(DataError, match="not positive"):
        seasonal_indices(wave(100, 24) - 15, 24)


def make(make_windows) -> Windows:
    windows: Windows = make_windows(season=4, look_back=6)
    length = len(windows.values) // 2
    windows.values[:, 0] = np.concatenate([wave(length, 4, 1), wave(length, 4, 2)])
    return windows


def test_it_is_made_anew_at_each_cutoff_from_all_steps_before(make_windows) -> None:
    windows = make(make_windows)
    fold, model = windows.folds[0], fit_baseline("b", Baseline(kind="naive2"), windows, 0, "w", "f")
    starts = fold.starts["test"][:]
    batch = gather(windows, fold, starts)
    found = model.forecast(batch)[0] * batch.scale[:, None] + batch.loc[:, None]
    for b, start in enumerate(starts.tolist()):
        begin = 0 if start < windows.offsets[1] else windows.offsets[1]
        seen = windows.values[begin : start + windows.look_back, 0]
        assert found[b, :, 0] == pytest.approx(continued(seen, 4, windows.horizon))
    assert model.description.fitted == {}
    assert model.description.cost.parameters == 0


def test_steps_without_a_value_are_passed_over(make_windows) -> None:
    windows = make(make_windows)
    fold, model = windows.folds[0], fit_baseline("b", Baseline(kind="naive2"), windows, 0, "w", "f")
    start = int(fold.starts["test"][0])
    cutoff = start + windows.look_back - 1
    windows.values[[3, cutoff], 0] = np.nan
    batch = gather(windows, fold, np.asarray([start]))
    found = model.forecast(batch)[0] * batch.scale[:, None] + batch.loc[:, None]
    expected = continued(windows.values[4:cutoff, 0], 4, windows.horizon + 1)[1:]
    assert found[0, :, 0] == pytest.approx(expected)
