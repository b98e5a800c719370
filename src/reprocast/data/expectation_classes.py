"""Expectations about each series of a panel, as classes of Great Expectations, which has none of these.

Each field is part of the expectation's identity and stands in its configuration.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, ClassVar

from reprocast.data import findings, time_findings
from reprocast.data.findings import Finding
from reprocast.data.quiet_gx import BatchExpectation, PandasExecutionEngine, TableMetricProvider, metric_value
from reprocast.panel import Panel

PANEL = "reprocast.panel"
"""Name of the metric that all these expectations share; a run computes it once."""


class PanelMetric(TableMetricProvider):
    """The batch as a panel."""

    metric_name = PANEL

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(cls, execution_engine: Any, metric_domain_kwargs: Any, **_: Any) -> Panel:  # noqa: N805
        frame, _kwargs, _accessors = execution_engine.get_compute_domain(
            metric_domain_kwargs, domain_type="table"
        )
        return findings.panel_of(frame)


class PanelExpectation(BatchExpectation, ABC):
    """An expectation that holds when every finding is accepted."""

    metric_dependencies: ClassVar[tuple[str, ...]] = (PANEL,)

    end: str | int
    """As-of date (an ISO time, or a step): rows after it are those of columns known ahead."""

    @abstractmethod
    def found(self, panel: Panel) -> list[Finding]:
        """What is wrong in the rows up to the end, a finding a series."""

    def found_in_all(self, panel: Panel) -> list[Finding]:
        """What is wrong in all rows."""
        return self.found(findings.history(panel, findings.instant(self.end)))

    def _validate(self, metrics: Mapping[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
        found = self.found_in_all(metrics[PANEL])
        details = {"findings": [asdict(one) for one in found]}
        return {"success": all(one.accepted for one in found), "result": {"details": details}}


class ExpectTimesToIncrease(PanelExpectation):
    """Within a series each time comes after the one before; none stands twice."""

    def found(self, panel: Panel) -> list[Finding]:
        """Rows that do not come after the row before."""
        return findings.out_of_order(panel)

    def found_in_all(self, panel: Panel) -> list[Finding]:
        """Rows after the end have their order, too."""
        return self.found(panel)


class ExpectNothingAfter(PanelExpectation):
    """After the as-of date only columns known ahead hold values (GX's own takes times one by one)."""

    known_ahead: tuple[str, ...] = ()

    def found(self, panel: Panel) -> list[Finding]:
        """Rows after the end that hold anything else."""
        return time_findings.after_end(panel, findings.instant(self.end), self.known_ahead)

    def found_in_all(self, panel: Panel) -> list[Finding]:
        """It is about the rows after the end."""
        return self.found(panel)


class ExpectKnownAhead(PanelExpectation):
    """A column known ahead has a value at each of the due times of the next `steps` after the last target."""

    column: str
    targets: tuple[str, ...]
    calendar: str
    steps: int

    def found(self, panel: Panel) -> list[Finding]:
        """Due times after the last target without a value."""
        end = findings.instant(self.end)
        return time_findings.lacking_ahead(panel, self.column, self.targets, self.calendar, end, self.steps)

    def found_in_all(self, panel: Panel) -> list[Finding]:
        """It is about the rows after the end."""
        return self.found(panel)


class ExpectConstantSeries(PanelExpectation):
    """A static column has one value within each series."""

    column: str

    def found(self, panel: Panel) -> list[Finding]:
        """Rows with another value than the first."""
        return findings.not_constant(panel, self.column)


class ExpectFewMissingValues(PanelExpectation):
    """In each series at most this share of a column's values is missing."""

    column: str
    share: float

    def found(self, panel: Panel) -> list[Finding]:
        """Rows without a value."""
        return findings.missing(panel, self.column, self.share)


class ExpectCounts(PanelExpectation):
    """A column holds whole numbers that are not negative."""

    column: str

    def found(self, panel: Panel) -> list[Finding]:
        """Rows that hold something else."""
        return findings.not_whole(panel, self.column)


class ExpectFewGaps(PanelExpectation):
    """In each series at most this share of the due times has no row."""

    calendar: str
    share: float

    def found(self, panel: Panel) -> list[Finding]:
        """Due times without a row."""
        return time_findings.gaps(panel, self.calendar, self.share)


class ExpectTimesToBeDue(PanelExpectation):
    """In each series at most this share of the rows stands at times that the calendar does not have."""

    calendar: str
    share: float

    def found(self, panel: Panel) -> list[Finding]:
        """Rows between the due times."""
        return time_findings.not_due(panel, self.calendar, self.share)


class ExpectFreshSeries(PanelExpectation):
    """Each series reaches to within so many due times of the as-of date."""

    calendar: str
    steps: int

    def found(self, panel: Panel) -> list[Finding]:
        """Due times after the last row."""
        return time_findings.stale(panel, self.calendar, findings.instant(self.end), self.steps)


class ExpectEnoughRows(PanelExpectation):
    """Each series has so many rows."""

    needed: int

    def found(self, panel: Panel) -> list[Finding]:
        """Series that are too short."""
        return findings.too_short(panel, self.needed)


class ExpectEnoughTimes(PanelExpectation):
    """The series together have so many times, and one of them the rows of a window."""

    needed: int
    window: int

    def found(self, panel: Panel) -> list[Finding]:
        """All series, if there are too few times or each is shorter than a window."""
        return findings.too_few(panel, self.needed, self.window)
