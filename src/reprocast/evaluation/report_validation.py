"""The report's tables of the validation: what the data had to fulfil, and what is possible but odd."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from reprocast.evaluation import report_numbers as write
from reprocast.evaluation.report_inputs import Inputs
from reprocast.evaluation.report_table import Column, Table, table

LINES = 50
"""Warnings that are listed; the others are counted."""


def validation(inputs: Inputs) -> Table:
    """What the data had to fulfil, and what was found."""
    columns = [
        Column("statement", "expected", numeric=False),
        Column("series_checked", "series", write.count),
        Column("unexpected_count", "found", write.count),
        Column("outcome", "outcome", numeric=False),
    ]
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in inputs.validation["expectations"]:
        groups.setdefault((_named(row, "…"), _outcome(row)), []).append(row)
    rows = [_expectation(rows) for rows in groups.values()]
    return table("Expectations of the data", columns, rows)


def warnings(inputs: Inputs) -> Table:
    """Each series of which an expectation warns, with how often and the first times."""
    columns = [
        Column("statement", "expected", numeric=False),
        Column("series", "series", numeric=False),
        Column("count", "found", write.count),
        Column("first", "first at", numeric=False),
        Column("detail", "more", numeric=False),
    ]
    rows = [
        _warning(row, finding)
        for row in inputs.validation["expectations"]
        if _outcome(row) == "warning"
        for finding in row["findings"]
        if not finding["accepted"]
    ]
    caption = "Warnings about the data"
    if len(rows) > LINES:
        caption += f", the first {LINES} of {write.count(len(rows))}"
    return table(caption, columns, rows[:LINES])


def _warning(row: Mapping[str, Any], finding: Mapping[str, Any]) -> dict[str, Any]:
    first = ", ".join(finding["first"])
    return {
        "statement": row["statement"],
        "series": finding["series"],
        "count": finding["count"],
        "first": first + (", …" if finding["count"] > len(finding["first"]) and first else ""),
        "detail": finding.get("detail", "").strip(",;() "),
    }


def _expectation(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One row for what several columns had to fulfil alike."""
    first = rows[0]
    return {
        "statement": _named(first, ", ".join(row["column"] for row in rows)),
        "series_checked": first["series_checked"],
        "unexpected_count": sum(row["unexpected_count"] for row in rows),
        "outcome": _outcome(first),
    }


def _outcome(row: Mapping[str, Any]) -> str:
    if row["success"]:
        return "met"
    return "warning" if row.get("severity") == "warning" else "not met"


def _named(row: Mapping[str, Any], names: str) -> str:
    """The statement about other columns."""
    column = rf"(?<!\w){re.escape(row['column'])}(?!\w)"
    return re.sub(column, lambda _: names, row["statement"], count=1)
