"""When drift is looked for, and whether a look proposes a retraining: no clock and no memory.

Looks stand on a grid of due steps from the champion's as-of date. All looks up to today are played again, so
that a machine without a memory knows when the last proposal was.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from reprocast.params.drift import Drift

THIRD = 3


@dataclass(frozen=True)
class Proposal:
    """What the policy makes of the latest look."""

    proposes: bool
    held_back: str
    """Why not, where there is an alarm; empty otherwise."""


def looks(since: int, policy: Drift) -> list[int]:
    """Due steps after the as-of date at which it is looked, of `since` that have come, in order."""
    return list(range(next_look(0, policy), since + 1, policy.schedule))


def next_look(since: int, policy: Drift) -> int:
    """The first look after `since` due steps: not before a third of the window can be compared."""
    earliest = max(since + 1, policy.window // THIRD)
    return -(-earliest // policy.schedule) * policy.schedule


def compared(step: int, policy: Drift) -> int:
    """Latest steps that a look compares."""
    return policy.window if step >= policy.window else policy.window // THIRD


def proposal(
    alarms: Sequence[tuple[int, Collection[str]]], decided: Iterable[int], policy: Drift
) -> Proposal:
    """Plays the looks again.

    Args:
        alarms: each look (due steps after the as-of date) with its alarms, `input` or `performance`.
        decided: due steps after the as-of date at which the champion was confirmed by a decision.
        policy: operations.yaml: drift.
    """
    decisions, last, made = sorted(decided), None, Proposal(False, "")
    for step, found in alarms:
        made = _at(step, found, [one for one in decisions if one <= step], last, policy)
        last = step if made.proposes else last
    if made.proposes and last is not None and decisions and decisions[-1] > last:
        return Proposal(False, "the champion was confirmed since")
    return made


def _at(
    step: int, found: Collection[str], decisions: Sequence[int], last: int | None, policy: Drift
) -> Proposal:
    """What is proposed at a look, after these decisions and the last proposal."""
    if not set(found) & set(policy.triggers):
        return Proposal(False, "drift.triggers in operations.yaml do not name it" if found else "")
    quiet = [(one, "decision") for one in decisions[-1:]] + ([] if last is None else [(last, "proposal")])
    begin, what = max(quiet, default=(None, ""))
    if begin is not None and step < begin + policy.cooldown:
        return Proposal(
            False, f"{step - begin} steps after the last {what}, of a cooldown of {policy.cooldown}"
        )
    return Proposal(True, "")
