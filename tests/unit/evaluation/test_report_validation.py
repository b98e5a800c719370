"""The report names each series that an expectation warns of, and nothing where all is as it should be."""

import dataclasses
from typing import Any

import pytest
from integration.finished_project import finished_project

from reprocast.commands.report import inputs_of
from reprocast.evaluation.report import html, markdown
from reprocast.evaluation.report_content import content
from reprocast.evaluation.report_inputs import Inputs
from reprocast.evaluation.report_validation import LINES, validation, warnings


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    return inputs_of(finished_project(tmp_path_factory.mktemp("project")))


def finding(series: str, **said: Any) -> dict[str, Any]:
    plain = {"series": series, "count": 1, "of": 9, "first": [], "accepted": False, "detail": ""}
    return plain | said


def checked(inputs: Inputs, *found: dict[str, Any], severity: str = "warning") -> Inputs:
    row = {
        "expectation": "jumps",
        "column": "close",
        "severity": severity,
        "statement": "log returns of close should stay within 10 robust deviations",
        "success": False,
        "series_checked": 4,
        "unexpected_count": len(found),
        "findings": list(found),
    }
    return dataclasses.replace(inputs, validation={"expectations": [row]})


JUMPS = finding(
    "MSFT", count=4, first=["2000-04-03", "2000-04-24", "2000-10-19"], detail=", the largest 13.1 deviations"
)
MOVED = finding("A|B", detail=" (PSI 0.4, KS 0.2; median 1 in training, 2 after it)")


def test_a_warning_has_series_count_and_first_times(inputs: Inputs) -> None:
    said = warnings(checked(inputs, JUMPS, MOVED, finding("IBM", accepted=True)))
    statement = "log returns of close should stay within 10 robust deviations"
    assert said.rows == (
        (statement, "MSFT", "4", "2000-04-03, 2000-04-24, 2000-10-19, …", "the largest 13.1 deviations"),
        (statement, "A|B", "1", "–", "PSI 0.4, KS 0.2; median 1 in training, 2 after it"),
    )
    assert validation(checked(inputs, JUMPS)).rows[0][-1] == "warning"


def test_an_error_is_no_warning(inputs: Inputs) -> None:
    assert warnings(checked(inputs, JUMPS, severity="error")).rows == ()
    assert validation(checked(inputs, JUMPS, severity="error")).rows[0][-1] == "not met"


def test_many_warnings_are_cut_and_counted(inputs: Inputs) -> None:
    said = warnings(checked(inputs, *(finding(f"s{n}") for n in range(1200))))
    assert len(said.rows) == LINES
    assert said.caption.endswith(f"the first {LINES} of 1,200")


def test_both_reports_list_them(inputs: Inputs) -> None:
    said = content(checked(inputs, JUMPS, MOVED))
    page, text = html(said), markdown(said)
    for part in ("MSFT", "2000-04-24", "the largest 13.1 deviations"):
        assert part in page
        assert part in text
    assert "A\\|B" in text


def test_without_warnings_there_is_no_table_of_them(inputs: Inputs) -> None:
    said = content(inputs)
    assert "Warnings about the data" not in html(said) + markdown(said)
