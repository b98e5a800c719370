"""Who reigns after the decisions of one branch, and of branches that were merged."""

from itertools import permutations

from unit.registry.entries import NEW, OLD, candidate, entry

from reprocast.registry.ledger import Round, champion, decided_before, ever_crowned, next_sequence, reigns
from reprocast.registry.ledger_entry import Entry

THIRD = "d" * 64


def first(**change: object) -> Entry:
    return entry(action="first", as_of="2013-01-01", sequence=1, winner=OLD, **change)


def promote(**change: object) -> Entry:
    return entry(**({"action": "promote", "as_of": "2013-02-01", "sequence": 2, "winner": NEW} | change))


def back(to: str, as_of: str = "2013-02-01", sequence: int = 3) -> Entry:
    return entry(
        action="rollback",
        as_of=as_of,
        sequence=sequence,
        winner=to,
        champion=candidate(NEW),
        challenger=candidate(to),
    )


def name(entries: list[Entry]) -> str | None:
    found = champion(entries)
    return found.fingerprint if found else None


def test_everybody_who_was_ever_crowned_is_listed_once_the_latest_first() -> None:
    names = [one.fingerprint for one in ever_crowned([promote(), back(OLD), first()])]
    assert names == [OLD, NEW]


def test_nobody_reigns_before_the_first() -> None:
    assert name([]) is None
    assert name([promote()]) is None  # it beat a champion that this ledger does not know


def test_the_first_a_promotion_and_what_changes_nothing() -> None:
    assert name([first()]) == OLD
    assert name([first(), promote()]) == NEW
    kept = entry(
        as_of="2013-03-01", sequence=3, champion=candidate(NEW), challenger=candidate(THIRD), winner=NEW
    )
    refused = kept.model_copy(update={"action": "refuse", "sequence": 4})
    assert name([first(), promote(), kept, refused]) == NEW


def test_rollbacks_lead_further_and_further_back() -> None:
    third = promote(
        as_of="2013-02-15", sequence=3, champion=candidate(NEW), challenger=candidate(THIRD), winner=THIRD
    )
    told = [first(), promote(), third]
    assert [one.fingerprint for one in reigns(told)] == [OLD, NEW, THIRD]
    told.append(back(NEW, "2013-02-15", 4))
    assert [one.fingerprint for one in reigns(told)] == [OLD, NEW]
    told.append(back(OLD, "2013-02-15", 5))
    assert [one.fingerprint for one in reigns(told)] == [OLD]


def test_the_order_of_files_makes_no_difference() -> None:
    told = [first(), promote(), back(OLD)]
    assert {name(list(order)) for order in permutations(told)} == {OLD}


def test_a_challenger_that_beat_somebody_else_has_not_beaten_this_champion() -> None:
    """Two branches, each with a promotion over the same champion, are merged: the earlier counts."""
    other = promote(as_of="2013-02-10", challenger=candidate(THIRD), winner=THIRD)
    assert name([first(), promote(), other]) == NEW


def test_integer_steps_are_ordered_as_numbers() -> None:
    assert name([first(), promote()]) == NEW
    early = entry(action="first", as_of=999, winner=OLD)
    assert name([early, promote(as_of=1000)]) == NEW


def test_a_round_is_decided_once() -> None:
    told = [first(), promote(dvc_lock_sha256="1", data_sha256="2")]
    assert decided_before(told, candidate(NEW), Round(("2013-02-01", "1", "2"))) == told[1]
    for other in (("2013-02-02", "1", "2"), ("2013-02-01", "0", "2"), ("2013-02-01", "1", "0")):
        assert decided_before(told, candidate(NEW), Round(other)) is None
    assert decided_before(told, candidate(THIRD), Round(("2013-02-01", "1", "2"))) is None
    exchanged = candidate(NEW, artifact_sha256="other")
    assert decided_before(told, exchanged, Round(("2013-02-01", "1", "2"))) is None


def test_the_chain_counts_on() -> None:
    assert next_sequence([]) == 1
    assert next_sequence([first(), promote(sequence=7)]) == 8
