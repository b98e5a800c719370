"""What came of a validation: its result as bytes that depend on the data only, and the lines a user reads."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from reprocast.data.findings import Finding
from reprocast.deterministic import canonical_json, csv_text

LINES = 10
"""Failed expectations that are named; the others are counted."""
SERIES = 3
"""Series that a line names."""


@dataclass(frozen=True)
class Outcome:
    """One expectation about one column, checked on every series."""

    expectation: str
    """Our name for it."""
    column: str
    statement: str
    """What was expected, as a sentence."""
    success: bool
    series: int
    """Series it was checked on (N)."""
    findings: tuple[Finding, ...]
    """Series where something was found, accepted or not."""
    fault: str
    """How a finding reads, with the places {series}, {count} and {of}."""
    remedy: str
    """What the user can do."""
    severity: str = "error"
    """`error` or `warning`."""

    @property
    def stops(self) -> bool:
        """Whether the pipeline must not go on."""
        return not self.success and self.severity == "error"

    @property
    def count(self) -> int:
        """What was found over all series; 1 for a fault of the whole column."""
        return sum(one.count for one in self.findings) or int(not self.success)


def result_text(outcomes: Sequence[Outcome]) -> str:
    """`result.json`: every expectation with what was found, without ids and times of the run."""
    rows = [
        {
            "expectation": one.expectation,
            "column": one.column,
            "severity": one.severity,
            "statement": one.statement,
            "fault": one.fault,
            "remedy": one.remedy,
            "success": one.success,
            "series_checked": one.series,
            "unexpected_count": one.count,
            "findings": [asdict(finding) for finding in one.findings],
        }
        for one in outcomes
    ]
    return canonical_json({"success": not any(one.stops for one in outcomes), "expectations": rows})


def table_text(outcomes: Sequence[Outcome]) -> str:
    """`table.csv`: a row an expectation and column."""
    header = ("expectation", "column", "severity", "series_checked", "success", "unexpected_count")
    rows = [
        (one.expectation, one.column, one.severity, one.series, "yes" if one.success else "no", one.count)
        for one in outcomes
    ]
    return csv_text(header, rows)


def failure_text(outcomes: Sequence[Outcome]) -> str:
    """A line for each failed expectation, in the order of the suite: what everything rests on first."""
    failed = [one for one in outcomes if one.stops]
    lines = [_line(one) for one in failed[:LINES]]
    if len(failed) > LINES:
        lines.append(f"and {len(failed) - LINES} more failed expectations")
    return "\n".join(lines)


def warning_text(outcomes: Sequence[Outcome]) -> str:
    """One line that counts the warnings and says what they are about; empty if there is none."""
    warned = [one for one in outcomes if not one.success and not one.stops]
    if not warned:
        return ""
    about = dict.fromkeys(_subject(one) for one in warned)
    named = [*list(about)[:SERIES], *([f"{len(about) - SERIES} more"] if len(about) > SERIES else [])]
    found = sum(not finding.accepted for one in warned for finding in one.findings)
    plural = "s" if found != 1 else ""
    return f"{found} warning{plural}: {', '.join(named)}"


def _subject(outcome: Outcome) -> str:
    what = outcome.expectation.replace("_", " ")
    return what if outcome.column == "ds" else f"{what} of {outcome.column}"


def _line(outcome: Outcome) -> str:
    wrong = [one for one in outcome.findings if not one.accepted]
    return f"{outcome.statement}: {faults(outcome.fault, wrong) or 'it does not'}; {outcome.remedy}"


def faults(template: str, found: Sequence[Finding]) -> str:
    """Findings in words, at most three series by name."""
    named = [finding_text(template, one) for one in found[:SERIES]]
    more = [f"and {len(found) - SERIES} more series"] if len(found) > SERIES else []
    return ", ".join(named + more)


def finding_text(template: str, one: Finding) -> str:
    """One finding in words, with its first times."""
    return template.format(series=one.series, count=one.count, of=one.of) + _times(one) + one.detail


def _times(finding: Finding) -> str:
    if not finding.first:
        return ""
    return f" ({', '.join(finding.first)}{', …' if finding.count > len(finding.first) else ''})"
