"""Alpha over the rounds: whatever the schedule, no period of cutoffs spends more than alpha."""

from itertools import pairwise

import numpy as np
import pytest
from unit.registry.entries import candidate, entry, evidence

from reprocast.registry.ledger_entry import Entry
from reprocast.registry.spending import fresh, level, year_of_steps

ALPHA, PERIOD, TEST = 0.05, 250, 500


def rounds(ends: list[int]) -> list[tuple[int, float, Entry]]:
    """What is spent at each round whose cutoffs end there: each looks at the last 500."""
    told: list[tuple[int, float, Entry]] = []
    for end in ends:
        cutoffs = np.arange(end - TEST + 1, end + 1)
        entries = [one for _, _, one in told]
        spends = level(ALPHA, PERIOD, cutoffs, entries)
        said = evidence(p_value=0.5, alpha=spends, last_cutoff=end, fresh=fresh(cutoffs, entries))
        told.append((end, spends, entry(sequence=len(told) + 1, evidence=said)))
    return told


SCHEDULES = {
    "daily": list(range(1000, 1600)),
    "monthly": list(range(1000, 2000, 21)),
    "yearly": list(range(1000, 3000, 250)),
    "as it comes": np.cumsum(np.random.default_rng(1).integers(1, 90, 60)).tolist(),
}


@pytest.mark.parametrize("ends", SCHEDULES.values(), ids=SCHEDULES.keys())
def test_the_rounds_of_any_period_spend_alpha_at_most(ends: list[int]) -> None:
    told = rounds([end + 1000 for end in ends])
    for begin in range(1000, told[-1][0], 7):
        assert sum(spent for end, spent, _ in told if begin <= end < begin + PERIOD) <= ALPHA * (1 + 1e-9) + (
            ALPHA * max(after - before for before, after in pairwise([*ends, ends[-1] + 1])) / PERIOD
        )


@pytest.mark.parametrize("step", [2, 5, 21])
def test_every_schedule_spends_the_same_in_a_year(step: int) -> None:
    told = rounds(list(range(1000, 1000 + 4 * PERIOD, step)))
    third = [spent for end, spent, _ in told if 1500 < end <= 1750]
    assert sum(third) == pytest.approx(ALPHA, rel=0.1)


def test_the_first_round_and_the_first_year_share_one_alpha() -> None:
    told = rounds(list(range(1000, 1000 + PERIOD)))
    assert told[0][1] == ALPHA / 2
    assert sum(spent for _, spent, _ in told) == pytest.approx(ALPHA, rel=0.01)


def test_the_same_cutoffs_are_not_paid_for_twice() -> None:
    cutoffs = np.arange(100)
    before = [entry(evidence=evidence(p_value=0.5, last_cutoff=99))]
    assert fresh(cutoffs, before) == 0
    assert level(ALPHA, PERIOD, cutoffs, before) == 0


def test_a_round_without_a_test_spends_nothing() -> None:
    cutoffs = np.arange(100)
    untested = [entry(evidence=evidence(p_value=None, last_cutoff=99)), entry(evidence=None)]
    assert fresh(cutoffs, untested) == 100
    assert level(ALPHA, PERIOD, cutoffs, untested) == ALPHA / 2


def test_who_was_champion_makes_no_difference_to_what_was_spent() -> None:
    """A rollback does not begin a new budget."""
    old = entry(winner="d" * 64, evidence=evidence(p_value=0.5, last_cutoff=89))
    back = entry(sequence=2, action="rollback", evidence=None)
    assert fresh(np.arange(100), [old, back]) == 10


def branch(number: int, begin: int, end: int, alpha: float) -> Entry:
    """A test of a branch of its own: cutoffs after `begin` up to `end` are paid for."""
    said = evidence(p_value=0.5, alpha=alpha, last_cutoff=end, fresh=end - begin)
    return entry(sequence=number, challenger=candidate(f"{number:064x}"), evidence=said)


@pytest.mark.parametrize("years", [0, 3])
def test_branches_that_paid_twice_for_a_stretch_leave_less_for_the_rounds_after(years: int) -> None:
    """In the first year and later: no period of cutoffs has spent more than alpha when it is over."""
    told = [one for *_, one in rounds(list(range(1000, 1001 + years * PERIOD, 25)))]
    last = told[-1].evidence.last_cutoff
    usual = level(ALPHA, PERIOD, np.arange(last - 474, last + 26), told)
    told += [branch(number, last, last + 25, usual) for number in range(1000, 1004)]  # merged
    spent = [4 * usual]
    for end in range(last + 50, last + PERIOD + 1, 25):
        spends = level(ALPHA, PERIOD, np.arange(end - TEST + 1, end + 1), told)
        told.append(branch(end, end - 25, end, spends))
        spent.append(spends)
    assert sum(spent) <= (ALPHA if years else ALPHA / 2) * (1 + 1e-9)
    after = np.arange(last + 2 * PERIOD - TEST + 1, last + 2 * PERIOD + 1)
    assert level(ALPHA, PERIOD, after, told) > usual  # the debt is paid


def test_the_same_test_of_two_branches_is_one() -> None:
    cutoffs = np.arange(500, 1000)
    first = entry(evidence=evidence(p_value=0.5, alpha=ALPHA / 2, last_cutoff=599, fresh=500))
    test = branch(2, 599, 899, 0.02)
    again = test.model_copy(update={"by": "somebody else", "sequence": 3})
    assert level(ALPHA, PERIOD, cutoffs, [first, test, again]) == level(ALPHA, PERIOD, cutoffs, [first, test])


def test_a_short_test_part_is_not_young_for_ever() -> None:
    """Sixty cutoffs a round, a period of 250: a year after the first round a round has its whole share."""
    told = [entry(evidence=evidence(p_value=0.5, alpha=ALPHA / 2, last_cutoff=99, fresh=60))]
    for number, end in enumerate(range(100, 700), start=2):
        spends = level(ALPHA, PERIOD, np.arange(end - 59, end + 1), told)
        told.append(branch(number, end - 1, end, spends))
        assert spends == pytest.approx(ALPHA / PERIOD * (0.5 if end < 350 else 1.0), rel=1e-6)


def test_times_are_compared_as_times() -> None:
    days = np.arange("2013-01-01", "2013-03-01", dtype="datetime64[D]").astype("datetime64[us]")
    before = [entry(evidence=evidence(p_value=0.5, last_cutoff="2013-02-26"))]
    assert fresh(days, before) == 2


@pytest.mark.parametrize(
    ("calendar", "steps"),
    [("XNYS", 250), ("D", 365), ("h", 8760), ("MS", 12), ("15min", 35040), ("step", 365)],
)
def test_a_year_of_a_calendar(calendar: str, steps: int) -> None:
    assert year_of_steps(calendar) == steps
