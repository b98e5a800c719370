"""What a look for drift has found, as values and in words."""

from collections.abc import Mapping
from typing import Literal

from reprocast.params.base import Block
from reprocast.params.drift import Trigger

Time = str | int


class Channel(Block):
    """A channel of one series beside its reference."""

    series: str
    channel: str
    size: Mapping[str, float]
    """By measure: psi, ks, spread, season."""
    moved: float
    """Median of the latest values, in interquartile ranges of the reference at their phases."""
    width: float
    """Their interquartile range, in the same unit."""
    beyond: tuple[str, ...]
    """Measures by which it has drifted."""


class Performance(Block):
    """Errors beside those of the champion's own backtest: mean scaled absolute errors."""

    backtest: float
    latest: float
    ratio: float
    p_value: float
    """One-sided, of errors this high had nothing changed."""
    cutoffs: int
    """Of the backtest."""
    steps: int
    """Latest cutoffs."""
    since: Time | None
    """First cutoff since which errors are higher, by ADWIN."""


class Look(Block):
    """One look."""

    step: int
    """Due steps after the champion's as-of date."""
    time: Time
    """The last step it sees."""
    inputs: tuple[Channel, ...]
    """Every channel compared; of the latest look only, earlier ones have their figures."""
    performance: Performance | None
    """None where the backtest is too short."""
    alarms: tuple[Trigger, ...]
    figures: Mapping[str, float]
    """The look in numbers, for curves over the looks."""


class DriftReport(Block):
    """What `reprocast drift` says."""

    schema_version: Literal[1] = 1
    model: str
    """The champion."""
    fingerprint: str
    as_of: Time
    """The champion's as-of date: what came up to it is the reference."""
    data_end: Time
    """data.end of the panel."""
    steps: int
    """Due steps since the as-of date."""
    next_look: int
    """Due steps until the next look."""
    looks: tuple[Look, ...]
    """Oldest first; none before enough has come in."""
    proposes: bool
    """Whether a retraining is proposed."""
    held_back: str
    """Why an alarm proposes nothing; empty otherwise."""
    reasons: tuple[str, ...]
    """A sentence for each alarm of the latest look."""

    @property
    def latest(self) -> Look | None:
        """The look that counts."""
        return self.looks[-1] if self.looks else None

    def lines(self) -> list[str]:
        """For people: what was compared, what was found, what is proposed."""
        look = self.latest
        if look is None:
            since = (
                f"Drift: {_steps(self.steps)} since {self.as_of}, the champion {self.model}'s as-of date; "
            )
            return [f"{since}the first look comes in {_steps(self.next_look)}"]
        head = f"Drift of the champion {self.model} since {self.as_of}, looked at {look.time}, next in "
        said = f"{head}{_steps(self.next_look)}: {'; '.join(self.reasons) or 'none found'}"
        if self.proposes:
            return [said, "Proposal: retrain (`reprocast retrain`); nothing is promoted by this"]
        return [said, f"No proposal: {self.held_back}"] if self.held_back else [said]


def _steps(count: int) -> str:
    return f"{count} step" if count == 1 else f"{count} steps"
