"""Runs expectations through Great Expectations on a frame and reads what came of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from reprocast.data.expected import Check
from reprocast.data.findings import Finding, in_rows, panel_of
from reprocast.data.outcomes import Outcome, faults
from reprocast.data.quiet_gx import (
    ExpectationSuiteValidationResult,
    ExpectationValidationResult,
    FailureSeverity,
    ProgressBarsConfig,
    RunIdentifier,
    gx,
)
from reprocast.errors import InternalError

NAME = "panel"
ROWS = {
    "result_format": "COMPLETE",
    "include_unexpected_rows": False,
    "return_unexpected_index_query": False,
}
"""The numbers of all offending rows."""
SEVERITIES = {"error": FailureSeverity.CRITICAL, "warning": FailureSeverity.WARNING}
"""Great Expectations' word for ours."""


@dataclass(frozen=True)
class Checked:
    """A validation that has run."""

    outcomes: tuple[Outcome, ...]
    """In the order of the checks."""
    run: ExpectationSuiteValidationResult
    """Great Expectations' own result, for Data Docs."""

    @property
    def success(self) -> bool:
        """Whether every expectation holds that must."""
        return not any(one.stops for one in self.outcomes)

    def and_then(self, other: "Checked") -> "Checked":
        """Both validations as one; Data Docs show them on one page."""
        self.run.results.extend(other.run.results)
        held, of = sum(bool(one.success) for one in self.run.results), len(self.run.results)
        self.run.statistics = {
            "evaluated_expectations": of,
            "successful_expectations": held,
            "unsuccessful_expectations": of - held,
            "success_percent": 100 * held / of,
        }
        return Checked(self.outcomes + other.outcomes, self.run)


def check(frame: pd.DataFrame, checks: Sequence[Check]) -> Checked:
    """Validates a long frame (unique_id, ds, values; rows numbered from 0).

    Raises:
        InternalError: an expectation raised inside; Great Expectations itself would call that a failure.
    """
    given = {"dataframe": frame}
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas(NAME).add_dataframe_asset("rows")
    rows = asset.add_batch_definition_whole_dataframe("all")
    suite = context.suites.add(_suite(checks))
    definition = gx.ValidationDefinition(name=NAME, data=rows, suite=suite)
    definition = context.validation_definitions.add(definition)
    run = definition.run(batch_parameters=given, result_format="BASIC", run_id=RunIdentifier(NAME))
    batch, series = rows.get_batch(batch_parameters=given), int(frame["unique_id"].nunique())
    by_rank = {_rank(result): result for result in run.results}
    outcomes = []
    for rank, one in enumerate(checks):
        found = _found(one, by_rank[rank], frame, batch)
        outcomes.append(_outcome(one, bool(by_rank[rank].success), series, found))
    _put_in_words(run, outcomes)
    run.success = not any(one.stops for one in outcomes)
    return Checked(tuple(outcomes), run)


def _suite(checks: Sequence[Check]) -> Any:
    suite = gx.ExpectationSuite(name=NAME)
    for rank, one in enumerate(checks):
        ours = {"meta": {"rank": rank}, "severity": SEVERITIES[one.severity]}
        suite.add_expectation(one.expectation.copy(update=ours))
    return suite


def _put_in_words(run: ExpectationSuiteValidationResult, outcomes: Sequence[Outcome]) -> None:
    """Data Docs then show series, counts and times instead of bare values."""
    for result in run.results:
        one = outcomes[_rank(result)]
        warned = "" if one.success or one.stops else "warning: "
        words = warned + faults(one.fault, one.findings) or ("as expected" if one.success else "not so")
        percent = result.result.get("unexpected_percent")  # shown instead where a null is unexpected
        result.result = {"observed_value": words, "unexpected_percent": percent}


def _rank(result: ExpectationValidationResult) -> int:
    config = result.expectation_config
    return int(((config and config.meta) or {})["rank"])


def _found(
    check: Check, result: ExpectationValidationResult, frame: pd.DataFrame, batch: Any
) -> list[Finding]:
    _refuse_exception(check, result.exception_info)
    details = result.result.get("details") or {}
    if "findings" in details:
        return [_finding(one) for one in details["findings"]]
    if result.result.get("unexpected_count"):
        return _in_rows(batch.validate(check.expectation, result_format=ROWS), frame)
    return []


def _outcome(check: Check, success: bool, series: int, found: Sequence[Finding]) -> Outcome:
    return Outcome(
        expectation=check.name,
        column=check.column,
        statement=str(check.expectation.description),
        success=success,
        series=series,
        findings=tuple(found),
        fault=check.fault,
        remedy=check.remedy,
        severity=check.severity,
    )


def _finding(values: Mapping[str, Any]) -> Finding:
    return Finding(**{**values, "first": tuple(values["first"])})


def _in_rows(result: ExpectationValidationResult, frame: pd.DataFrame) -> list[Finding]:
    """Offending rows by series; Great Expectations names rows only."""
    wrong = np.zeros(len(frame), np.bool_)
    wrong[result.result["unexpected_index_list"]] = True
    panel = panel_of(frame[["unique_id", "ds"]].assign(wrong=wrong))
    return in_rows(panel, panel.columns["wrong"].astype(np.bool_))


def _refuse_exception(check: Check, info: Mapping[str, Any]) -> None:
    """Exceptions inside an expectation come as success=False with the reason here, flat or by metric."""
    for one in [info, *(inner for inner in info.values() if isinstance(inner, Mapping))]:
        if one.get("raised_exception"):
            reason = " ".join(str(one.get("exception_message")).split())
            raise InternalError(f"expectation {check.name} of {check.column} could not be computed: {reason}")
