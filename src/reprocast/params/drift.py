"""The `drift` block of operations.yaml: when drift is looked for, what counts, and what is proposed."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from reprocast.params.base import Block

Trigger = Literal["input", "performance"]
Share = Annotated[float, Field(ge=0, le=1)]


class Drift(Block):
    """`reprocast drift` proposes a retraining; it never promotes."""

    schedule: PositiveInt = 5
    """Due steps between two looks, from the champion's as-of date on; a call between them sees the last."""
    cooldown: NonNegativeInt = 20
    """Due steps after a proposal, or a decision about the champion, in which nothing is proposed."""
    triggers: Annotated[tuple[Trigger, ...], Field(max_length=2)] = ("input", "performance")
    """Which drift proposes a retraining; the other is shown."""
    window: Annotated[int, Field(ge=6)] = 60
    """Latest steps that are compared; a third of them while there are not so many since the as-of date."""
    alpha: Annotated[float, Field(gt=0, lt=1)] = 0.05
    """Probability of a false alarm, of each kind, within a `period` in which nothing changes."""
    period: PositiveInt = 250
    """Due steps over which alpha is spent, in equal parts a look: a year of trading days."""
    psi: Annotated[float, Field(ge=0)] = 0.25
    """Input drift: a population stability index beyond it matters."""
    ks: Share = 0.2
    """Input drift: a Kolmogorov-Smirnov distance beyond it matters, of the values or of their spread."""
    season: Annotated[float, Field(ge=0)] = 0.5
    """Input drift: a change of the season's pattern beyond so many interquartile ranges matters."""
    share: Share = 0.1
    """Input drift: share of the series in which one channel must have drifted; one at least."""
    worse: Annotated[float, Field(ge=0)] = 0.1
    """Performance drift: share by which errors must exceed those of the champion's own backtest."""

    @property
    def looks(self) -> int:
        """Looks in a period."""
        return -(-self.period // self.schedule)
