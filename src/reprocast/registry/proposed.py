"""Promotions that a proposal held and nobody merged: they stand again, or they are counted as spent."""

from collections.abc import Sequence

from reprocast.registry.ledger import Round, champion, decided_before
from reprocast.registry.ledger_entry import Candidate, Entry


def proposed_again(
    entries: Sequence[Entry], earlier: Sequence[Entry], challenger: Candidate, round_: Round
) -> Entry | None:
    """The promotion that a proposal has decided on for this very challenger and round, if it still holds.

    The same test on the same data is not another look at it; so a proposal that is made anew, because the
    branch below it has moved, says the same.

    Args:
        entries: the ledger without the proposal.
        earlier: promotions of the proposal.
        challenger: of this round.
        round_: this one.
    """
    found = decided_before(earlier, challenger, round_)
    if found is None:
        return None
    now, then = champion(entries), champion([*entries, found])
    beaten = None if found.action == "first" else found.champion
    holds = _mark(now) == _mark(beaten) and then is not None and then == found.reigning()
    return found if holds else None


def not_carried_out(entry: Entry) -> Entry:
    """The test of a promotion whose proposal another one supersedes, with nobody promoted."""
    stays = entry.champion if entry.action == "promote" else None
    return entry.model_copy(
        update={
            "action": "keep",
            "winner": stays.fingerprint if stays else None,
            "refit": None,
            "reason": f"proposed, and superseded before it was merged: {entry.reason}",
        }
    )


def _mark(candidate: Candidate | None) -> str | None:
    return candidate.fingerprint if candidate else None
