"""Input drift: no alarm for a mere season, an alarm for a shift in level, in spread, or in the season."""

import numpy as np
import pytest
from unit.evaluation.drift.simulated import BEGIN, LIMITS, alarms_in_a_year, series

from reprocast.data.shift import ks, psi
from reprocast.evaluation.drift.inputs import Reference


def alarmed(season: int, change: str, persistence: float, runs: int, begin: int = BEGIN) -> float:
    rng = np.random.default_rng(5)
    years = [
        alarms_in_a_year(series(rng, season, change, persistence, begin), season, begin) for _ in range(runs)
    ]
    return float(np.mean([any(year) for year in years]))


@pytest.mark.slow
@pytest.mark.parametrize(("season", "begin"), [(5, 400), (24, 800)])
@pytest.mark.parametrize("persistence", [0.0, 0.5, 0.9])
def test_a_year_without_a_change_alarms_rarely(season: int, begin: int, persistence: float) -> None:
    """Of 80 years 5 % is 4; nine or more would come of 5 % in one of 50 such tests."""
    assert alarmed(season, "none", persistence, 80, begin) <= 8 / 80


def test_a_season_alone_is_no_alarm() -> None:
    """The season moves the plain distribution of 30 steps far; at the same phase nothing moves."""
    values = series(np.random.default_rng(1), 120, begin=8 * 120)
    latest, before = values[960 : 960 + 30], values[:960]
    assert psi(before, latest)[0] > LIMITS["psi"]
    assert ks(before, latest) > LIMITS["ks"]
    assert not any(alarms_in_a_year(values, 120, 960))


@pytest.mark.parametrize("season", [5, 24])
@pytest.mark.parametrize("change", ["level", "spread", "season"])
def test_a_change_is_found(season: int, change: str) -> None:
    rng = np.random.default_rng(2)
    for _ in range(5):
        found = alarms_in_a_year(series(rng, season, change), season)
        assert any(found[:14])  # within 85 steps


@pytest.mark.parametrize(("change", "measure"), [("level", "ks"), ("spread", "spread"), ("season", "season")])
def test_each_change_has_its_measure(change: str, measure: str) -> None:
    found = alarms_in_a_year(series(np.random.default_rng(3), 5, change), 5)
    assert measure in found[-1]


def test_a_season_whose_values_persist_is_found_by_its_pattern_alone() -> None:
    """Where values persist a distribution of 60 steps says little; a turned season still shows."""
    found = alarms_in_a_year(series(np.random.default_rng(4), 5, "season", 0.9), 5)
    assert "season" in found[-1]


def test_a_trend_that_was_always_there_is_no_alarm() -> None:
    rng = np.random.default_rng(5)
    values = 0.02 * np.arange(BEGIN + 250) + rng.normal(size=BEGIN + 250)
    found = alarms_in_a_year(values, 5)
    assert not any(found[: len(found) // 4])


def test_what_was_always_restless_is_no_alarm() -> None:
    """A level that jumps every 80 steps has been as far from its rest before."""
    rng = np.random.default_rng(6)
    values = np.repeat(np.tile([0.0, 3.0], 5), 80)[: BEGIN + 250] + rng.normal(size=BEGIN + 250)
    assert not any(alarms_in_a_year(values, 5))


def test_what_the_reference_has_shown_is_no_drift() -> None:
    """One stretch of the reference was as far from the rest as the latest is: then chance is not asked."""
    values = np.random.default_rng(9).normal(size=BEGIN + 60)
    values[BEGIN:] += 2
    phase = np.arange(len(values)) % 5
    new = Reference(values, phase, BEGIN).distance(BEGIN + 60, 60, LIMITS, 1.0)
    values[120:180] += 2.5
    known = Reference(values, phase, BEGIN).distance(BEGIN + 60, 60, LIMITS, 1.0)
    assert new is not None
    assert known is not None
    assert "ks" in new.beyond
    assert known.beyond == ()


def test_a_distance_that_cannot_grow_by_a_fifth_is_still_drift() -> None:
    """The reference has shown more than 0.83; what lies apart from all of it has about 1."""
    values = np.random.default_rng(9).normal(size=BEGIN + 60)
    values[120:200] += 4
    values[BEGIN:] += 12
    far = Reference(values, np.arange(len(values)) % 5, BEGIN).distance(BEGIN + 60, 60, LIMITS, 1.0)
    assert far is not None
    assert far.size["ks"] > 0.99
    assert "ks" in far.beyond


def test_later_values_do_not_touch_a_look() -> None:
    values = series(np.random.default_rng(7), 5)
    other = values.copy()
    other[BEGIN + 60 :] = 1e6
    looks = [Reference(one, np.arange(len(one)) % 5, BEGIN).distance(BEGIN + 60, 60, LIMITS, 1.0)
             for one in (values, other)]  # fmt: skip
    assert looks[0] == looks[1]


def test_too_little_is_not_compared() -> None:
    values = series(np.random.default_rng(8), 5)
    phase = np.arange(len(values)) % 5
    assert Reference(values, phase, 179).distance(179 + 60, 60, LIMITS, 1.0) is None
    assert Reference(values, phase, 180).distance(180 + 60, 60, LIMITS, 1.0) is not None
    values[BEGIN + 29 : BEGIN + 60] = np.nan
    assert Reference(values, phase, BEGIN).distance(BEGIN + 60, 60, LIMITS, 1.0) is None
