"""Phases by weekday, bar of the session or step; values freed of the season against loops."""

import numpy as np
import pandas as pd
import pytest

from reprocast.data.calendars import due_times
from reprocast.evaluation.drift.phases import FEWEST, phases, season_free


def test_days_of_an_exchange_have_their_weekday() -> None:
    """Sessions are not counted: after a holiday a Tuesday is still a Tuesday."""
    times = due_times("XNYS", "2012-12-20", "2013-01-31")
    weekdays = pd.DatetimeIndex(times).day_of_week.to_numpy()
    assert np.array_equal(phases(times, "XNYS", 5), weekdays)
    assert not np.array_equal(np.diff(phases(times, "XNYS", 21)) % 21, np.diff(weekdays) % 21)


def test_bars_have_their_place_in_the_session() -> None:
    times = due_times("XNYS@30min", "2013-01-02", "2013-01-09")
    found = pd.Series(phases(times, "XNYS@30min", 13)).groupby(pd.DatetimeIndex(times).normalize())
    assert all(list(day) == list(range(len(day))) for _, day in found)


def test_other_steps_are_counted() -> None:
    assert phases(np.arange(7), "step", 3).tolist() == [0, 1, 2, 0, 1, 2, 0]
    hours = due_times("h", "2013-01-01", "2013-01-02T03:00")
    assert np.array_equal(phases(hours, "h", 24), pd.DatetimeIndex(hours).hour)


def test_freed_of_the_season_as_a_loop_does_it() -> None:
    rng = np.random.default_rng(0)
    values, phase = rng.normal(size=60), np.arange(60) % 4
    values[[3, 40]] = np.nan
    reference = np.arange(60) < 45
    free = season_free(values, phase, reference)
    for row in range(60):
        same = (phase == phase[row]) & reference & np.isfinite(values) & (np.arange(60) != row)
        low, middle, high = np.quantile(values[same], [0.25, 0.5, 0.75])
        expected = (values[row] - middle) / (high - low)
        assert free[row] == pytest.approx(expected, nan_ok=True)


def test_few_or_equal_values() -> None:
    phase, reference = np.array([0] * 20 + [1] * (FEWEST - 1)), np.ones(20 + FEWEST - 1, bool)
    values = np.r_[np.zeros(19), 5.0, np.arange(FEWEST - 1)]
    free = season_free(values, phase, reference)
    assert np.isfinite(free[:20]).all()
    assert free[0] == 0
    assert free[19] > 0
    assert np.isnan(free[20:]).all()
