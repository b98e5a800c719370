"""Expectations whose failure is a warning, as classes of Great Expectations: what is possible but odd."""

from reprocast.data import familiar, findings, oddities
from reprocast.data.expectation_classes import PanelExpectation
from reprocast.data.findings import Finding, instant
from reprocast.data.shift import shifted
from reprocast.data.training_part import Part
from reprocast.panel import Panel


class ExpectNoJumps(PanelExpectation):
    """No change from row to row is further than so many robust deviations from the median change."""

    column: str
    way: str
    z: float

    def found(self, panel: Panel) -> list[Finding]:
        """Rows that come after a jump."""
        return oddities.jumps(panel, self.column, self.way, self.z)


class ExpectNothingFrozen(PanelExpectation):
    """No value stands for so many rows in a row; zeros may be left out."""

    column: str
    steps: int
    zeros: bool

    def found(self, panel: Panel) -> list[Finding]:
        """Runs of equal values."""
        return oddities.frozen(panel, self.column, self.steps, zeros=self.zeros)


class TrainingExpectation(PanelExpectation):
    """Compares with the training part of the time."""

    begin: str | int
    """First time of the training part (an ISO time, or a step)."""
    until: str | int
    """Last time of the training part."""

    def part(self) -> Part:
        """The training part of the time."""
        return Part(instant(self.begin), instant(self.until))

    def found(self, panel: Panel) -> list[Finding]:
        """Series of which training shows nothing."""
        training, _ = self.part().split(panel.ds)
        return findings.unseen(panel.ids, panel.take(training).ids)


class ExpectSeriesInTraining(TrainingExpectation):
    """Each series has rows in the training part."""


class ExpectSameDistribution(TrainingExpectation):
    """What comes after training is distributed as in training, by PSI and Kolmogorov-Smirnov."""

    column: str
    psi: float | None
    ks: float | None

    def found(self, panel: Panel) -> list[Finding]:
        """Series that have moved."""
        return shifted(panel, self.column, self.part(), self.psi, self.ks)


class ExpectFamiliarValues(TrainingExpectation):
    """Each look-back after training is in level and spread like those of training."""

    column: str
    look_back: int

    def found(self, panel: Panel) -> list[Finding]:
        """Look-backs far from anything in training, named by where they begin."""
        return familiar.unfamiliar_after(panel, self.column, self.part(), self.look_back)
