"""The ledger: decisions in order, who is champion after them, and what was decided already.

Branches add files and never change one, so they merge. Their entries are ordered by as-of date, then by place
in the chain, then by name. A promotion counts only if its champion is the one that reigns where it stands: a
challenger that beat somebody else has not beaten this one. A rollback is a person's word and always counts.
"""

from collections.abc import Iterable, Sequence

from reprocast.registry.ledger_entry import Candidate, Entry

DECISIONS = ("first", "promote", "keep", "refuse")
CROWNS = ("first", "promote", "rollback")
"""Actions after which somebody else may be champion."""


def ordered(entries: Iterable[Entry]) -> list[Entry]:
    """In the order in which they count."""
    return sorted(entries, key=lambda entry: (entry.as_of, entry.sequence, entry.file_name()))


def reigns(entries: Iterable[Entry]) -> list[Candidate]:
    """Who reigns, on top of those a rollback would lead back to: a promotion adds, a rollback takes away."""
    stack: list[Candidate] = []
    for entry in ordered(entries):
        crowned = _crowned(entry)
        if crowned is None or not _counts(entry, stack[-1] if stack else None):
            continue
        below = [n for n, one in enumerate(stack) if one.fingerprint == crowned.fingerprint]
        stack = stack[: below[-1]] if entry.action == "rollback" and below else stack
        stack.append(crowned)
    return stack


def champion(entries: Iterable[Entry]) -> Candidate | None:
    """Who reigns after all entries; None before the first."""
    found = reigns(entries)
    return found[-1] if found else None


def ever_crowned(entries: Iterable[Entry]) -> list[Candidate]:
    """Everybody whom a decision or a rollback has made champion, each once, the latest first."""
    found = [one for entry in reversed(ordered(entries)) if (one := _crowned(entry)) is not None]
    return list({one.artifact_sha256: one for one in found}.values())


def next_sequence(entries: Sequence[Entry]) -> int:
    """Place of the next entry."""
    return max((entry.sequence for entry in entries), default=0) + 1


def decided_before(entries: Iterable[Entry], candidate: Candidate, round_: "Round") -> Entry | None:
    """The newest decision about this very challenger in this very round, if there is one."""
    for entry in reversed(ordered(entries)):
        same = entry.challenger is not None and _key(entry.challenger) == _key(candidate)
        if same and entry.action in DECISIONS and Round.of(entry) == round_:
            return entry
    return None


class Round(tuple[str | int, str | None, str | None]):
    """What makes a round: as-of date, hashes of dvc.lock and of the panel."""

    __slots__ = ()

    @classmethod
    def of(cls, entry: Entry) -> "Round":
        """The round of an entry."""
        return cls((entry.as_of, entry.dvc_lock_sha256, entry.data_sha256))


def _key(candidate: Candidate) -> tuple[str, str]:
    return candidate.fingerprint, candidate.artifact_sha256


def _crowned(entry: Entry) -> Candidate | None:
    """Whom an entry makes champion."""
    return entry.reigning() if entry.action in CROWNS else None


def _counts(entry: Entry, now: Candidate | None) -> bool:
    if entry.action == "rollback":
        return True
    if entry.action == "first":
        return now is None
    return now is not None and entry.champion is not None and entry.champion.fingerprint == now.fingerprint
