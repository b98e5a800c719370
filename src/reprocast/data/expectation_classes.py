"""Expectations about each series of a panel, as classes of Great Expectations, which has none of these."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, ClassVar

import numpy as np

from reprocast.data import findings
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

    @abstractmethod
    def found(self, panel: Panel) -> list[Finding]:
        """What is wrong, a finding a series."""

    def _validate(self, metrics: Mapping[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
        found = self.found(metrics[PANEL])
        details = {"findings": [asdict(one) for one in found]}
        return {"success": all(one.accepted for one in found), "result": {"details": details}}


class ExpectTimesToIncrease(PanelExpectation):
    """Within a series each time comes after the one before; none stands twice."""

    def found(self, panel: Panel) -> list[Finding]:
        """Rows that do not come after the row before."""
        return findings.out_of_order(panel)


class ExpectNothingAfter(PanelExpectation):
    """No row is later than the as-of date (Great Expectations' own takes times one by one: 4 s a million)."""

    end: str | int
    success_keys = ("end",)
    args_keys = ("end",)

    def found(self, panel: Panel) -> list[Finding]:
        """Rows after the end."""
        return findings.in_rows(panel, panel.ds > _instant(self.end))


class ExpectFewMissingValues(PanelExpectation):
    """In each series at most this share of a column's values is missing."""

    column: str
    share: float
    success_keys = ("column", "share")
    args_keys = ("column", "share")

    def found(self, panel: Panel) -> list[Finding]:
        """Rows without a value."""
        return findings.in_rows(panel, np.isnan(panel.columns[self.column]), self.share)


class ExpectFewGaps(PanelExpectation):
    """In each series at most this share of the due times has no row."""

    calendar: str
    share: float
    success_keys = ("calendar", "share")
    args_keys = ("calendar", "share")

    def found(self, panel: Panel) -> list[Finding]:
        """Due times without a row."""
        return findings.gaps(panel, self.calendar, self.share)


class ExpectTimesToBeDue(PanelExpectation):
    """Rows stand only at times of the calendar."""

    calendar: str
    success_keys = ("calendar",)
    args_keys = ("calendar",)

    def found(self, panel: Panel) -> list[Finding]:
        """Rows between the due times."""
        return findings.not_due(panel, self.calendar)


class ExpectEnoughRows(PanelExpectation):
    """Each series has at least so many rows."""

    needed: int
    success_keys = ("needed",)
    args_keys = ("needed",)

    def found(self, panel: Panel) -> list[Finding]:
        """Series that are too short."""
        return findings.too_short(panel, self.needed)


class ExpectFreshSeries(PanelExpectation):
    """Each series reaches to within so many due times of the as-of date (an ISO time, or a step)."""

    calendar: str
    end: str | int
    steps: int
    success_keys = ("calendar", "end", "steps")
    args_keys = ("calendar", "end", "steps")

    def found(self, panel: Panel) -> list[Finding]:
        """Due times after the last row."""
        return findings.stale(panel, self.calendar, _instant(self.end), self.steps)


def _instant(end: str | int) -> np.datetime64 | int:
    return np.datetime64(end, "us") if isinstance(end, str) else end
