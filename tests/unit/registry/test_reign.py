"""Since when the champion reigns: the first decision that made it champion, confirmed by those after it."""

from reprocast.registry.ledger_entry import Action, Candidate, Entry
from reprocast.registry.reign import reign


def candidate(name: str) -> Candidate:
    return Candidate(
        fingerprint=name, model=name, kind="network", artifact_sha256=name, validation_end=1,
        parameters=1, multiply_adds=1,
    )  # fmt: skip


def entry(sequence: int, action: Action, before: str | None, after: str, winner: str) -> Entry:
    return Entry(
        sequence=sequence, action=action, as_of=f"2013-01-0{sequence}", name="m",
        champion=candidate(before) if before else None, challenger=candidate(after), winner=winner,
        evidence=None, reason="", by="a test", dvc_lock_sha256=None, data_sha256=None,
    )  # fmt: skip


FIRST = entry(1, "first", "har", "gru", "har")
KEPT = entry(2, "keep", "har", "gru", "har")
PROMOTED = entry(3, "promote", "har", "gru", "gru")
REFUSED = entry(4, "refuse", "gru", "rnn", "gru")
BACK = entry(5, "rollback", "gru", "har", "har")


def test_a_reign_begins_with_its_first_crown() -> None:
    assert reign([]) is None
    now = reign([PROMOTED, FIRST, REFUSED, KEPT])
    assert now is not None
    assert (now.champion.model, now.since, now.confirmed) == ("gru", "2013-01-03", ("2013-01-04",))


def test_after_a_rollback_the_old_reference_holds() -> None:
    now = reign([FIRST, KEPT, PROMOTED, REFUSED, BACK])
    assert now is not None
    assert (now.champion.model, now.since) == ("har", "2013-01-01")
    assert now.confirmed == ("2013-01-02", "2013-01-05")
