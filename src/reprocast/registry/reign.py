"""Since when the champion reigns, and when that was confirmed."""

from collections.abc import Iterable
from dataclasses import dataclass

from reprocast.registry.ledger import CROWNS, champion, ordered
from reprocast.registry.ledger_entry import Candidate, Entry


@dataclass(frozen=True)
class Reign:
    """A champion and its time."""

    champion: Candidate
    since: str | int
    """As-of date of the first decision that made it champion: what it was chosen on ends there."""
    confirmed: tuple[str | int, ...]
    """As-of dates of the later decisions that left or made it champion, in order."""


def reign(entries: Iterable[Entry]) -> Reign | None:
    """The present champion's; None before the first decision."""
    entries = ordered(entries)
    now = champion(entries)
    if now is None:
        return None
    own = [entry for entry in entries if (who := entry.reigning()) and who.fingerprint == now.fingerprint]
    first = next(n for n, entry in enumerate(own) if entry.action in CROWNS)
    return Reign(now, own[first].as_of, tuple(entry.as_of for entry in own[first + 1 :]))
