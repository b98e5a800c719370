"""A simulated year of rounds with challengers that are no better promotes falsely in at most 5 %."""

import pytest
from gate_year import Year, share_promoted
from scipy import stats


def at_most(share: float, draws: int) -> float:
    """What a true share exceeds in one of a thousand samples of `draws`."""
    return float(stats.binom.ppf(0.999, draws, share)) / draws


@pytest.mark.parametrize(("every", "draws"), [(25, 60), (250, 300)])
def test_a_year_without_a_better_challenger(every: int, draws: int) -> None:
    """Independent challengers, the worst case; the round that makes the first champion is counted, too."""
    assert share_promoted(Year(every, alike=0.0), draws) <= at_most(0.05, draws)


@pytest.mark.slow
@pytest.mark.parametrize("alike", [0.0, 0.9])
def test_a_year_of_daily_rounds(alike: float) -> None:
    year = Year(1, alike=alike)
    assert share_promoted(year, 60) <= at_most(0.05, 60)
    assert share_promoted(year, 20, naive=True) > 0.2  # what it is good for


def test_a_challenger_that_is_clearly_better_is_promoted() -> None:
    assert share_promoted(Year(50, skill=0.15, alike=1.0), 20) >= 0.9
