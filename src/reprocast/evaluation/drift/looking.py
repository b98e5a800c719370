"""From channels and losses to the report: every look since the champion's as-of date.

Legend: T due steps of a series, n cutoffs of the backtest, m latest ones.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reprocast.evaluation.drift.inputs import Reference
from reprocast.evaluation.drift.measures import MEASURES
from reprocast.evaluation.drift.performance import errors
from reprocast.evaluation.drift.persistence import LEAST
from reprocast.evaluation.drift.policy import compared, looks, next_look, proposal
from reprocast.evaluation.drift.report import Channel, DriftReport, Look, Performance, Time
from reprocast.evaluation.drift.words import drifted_channels, figures, reasons
from reprocast.panel import Times, time_text
from reprocast.params.drift import Drift, Trigger

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FEWEST = 5
"""Cutoffs since the as-of date from which on errors are compared."""


@dataclass(frozen=True)
class Seen:
    """A channel of one series at its due steps."""

    series: str
    channel: str
    values: Floats
    """(T,), NaN where missing."""
    phase: Ints
    """(T,)."""
    times: Times
    """(T,)."""


@dataclass(frozen=True)
class Losses:
    """The champion's losses, a cutoff a row, in order of time."""

    cutoffs: Times
    values: Floats
    phase: Ints
    backtest: int
    """Cutoffs whose whole horizon the as-of date covers (n)."""
    ends: Times
    """Last step that each cutoff forecasts."""


@dataclass(frozen=True)
class Evidence:
    """All that a look may see."""

    channels: Sequence[Seen]
    """The champion's input channels, of each series."""
    losses: Losses
    """Its errors."""
    after: Times
    """Due times after the as-of date, in order."""


@dataclass(frozen=True)
class Champion:
    """Who it is, and since when."""

    model: str
    fingerprint: str
    as_of: Time


def report(
    champion: Champion, evidence: Evidence, decided: Collection[int], policy: Drift, data_end: Time
) -> DriftReport:
    """Looks at every step of the schedule and plays the policy.

    Args:
        champion: who.
        evidence: what it was given and how it did.
        decided: steps after the as-of date at which it was confirmed.
        policy: operations.yaml: drift.
        data_end: as-of date of the panel.
    """
    since = len(evidence.after)
    references = [_reference(one, evidence.after) for one in evidence.channels]
    found = [_look(step, evidence, references, policy) for step in looks(since, policy)]
    made = proposal([(look.step, look.alarms) for look in found], decided, policy)
    earlier = tuple(look.model_copy(update={"inputs": ()}) for look in found[:-1])
    return DriftReport(
        **vars(champion),
        data_end=data_end,
        steps=since,
        next_look=next_look(since, policy) - since,
        looks=(*earlier, *found[-1:]),
        proposes=made.proposes,
        held_back=made.held_back,
        reasons=reasons(found[-1], policy) if found else (),
    )


def _reference(seen: Seen, after: Times) -> Reference:
    begin = int(np.searchsorted(seen.times, after[0])) if len(after) else len(seen.times)
    return Reference(seen.values, seen.phase, begin)


def _look(step: int, evidence: Evidence, references: Sequence[Reference], policy: Drift) -> Look:
    """The look that sees `step` steps after the as-of date, and none later."""
    time, m = evidence.after[step - 1], compared(step, policy)
    inputs = _inputs(time, m, evidence.channels, references, policy)
    performance = _performance(evidence.losses, time, m, policy)
    alarms: list[Trigger] = ["input"] if drifted_channels(inputs, policy.share) else []
    if performance and _is_worse(performance, policy):
        alarms.append("performance")
    return Look(
        step=step,
        time=time_text(time),
        inputs=inputs,
        performance=performance,
        alarms=tuple(alarms),
        figures=figures(inputs, performance),
    )


def _inputs(
    time: Any, m: int, channels: Sequence[Seen], references: Sequence[Reference], policy: Drift
) -> tuple[Channel, ...]:
    """The channels with m steps since the as-of date; all of them, their measures and looks share alpha."""
    limits = {"psi": policy.psi, "ks": policy.ks, "spread": policy.ks, "season": policy.season}
    chance = policy.alpha / policy.looks / len(MEASURES) / max(1, len(channels))
    found = []
    for one, reference in zip(channels, references, strict=True):
        stop = int(np.searchsorted(one.times, time, side="right"))
        far = reference.distance(stop, m, limits, chance) if stop - reference.begin >= m else None
        if far is not None:
            found.append(Channel(series=one.series, channel=one.channel, **vars(far)))
    return tuple(found)


def _performance(losses: Losses, time: Any, m: int, policy: Drift) -> Performance | None:
    """Of the cutoffs whose whole horizon has come by `time`; fewer than m where the backtest is short."""
    known = int(np.searchsorted(losses.ends, time, side="right"))
    n = losses.backtest
    m = min(m, known - n, n // LEAST)
    if m < FEWEST:
        return None
    found = errors(losses.values[:known], losses.phase[:known], n, m, policy.alpha / 2)
    if found is None:
        return None
    since = None if found.since is None else time_text(losses.cutoffs[n + found.since])
    return Performance(**vars(found) | {"since": since}, ratio=found.ratio)


def _is_worse(found: Performance, policy: Drift) -> bool:
    """Half of alpha is ADWIN's, the other half is shared by the looks' tests."""
    unlikely = found.p_value < policy.alpha / 2 / policy.looks
    return found.ratio > 1 + policy.worse and (unlikely or found.since is not None)
