"""The words and bytes of a validation's outcomes."""

from reprocast.data.findings import Finding
from reprocast.data.outcomes import Outcome, failure_text, result_text, table_text


def outcome(*found: Finding, success: bool = False, column: str = "close") -> Outcome:
    return Outcome(
        expectation="values_finite",
        column=column,
        statement=f"{column} must be finite",
        success=success,
        series=9,
        findings=found,
        fault="series {series} fails in {count} of {of} rows",
        remedy="repair the data",
    )


def test_a_line_names_series_count_times_and_remedy() -> None:
    found = Finding("IBM", 4, 250, ("2021-03-01", "2021-03-02", "2021-03-05"))
    assert failure_text([outcome(found)]) == (
        "close must be finite: series IBM fails in 4 of 250 rows (2021-03-01, 2021-03-02, 2021-03-05, …); "
        "repair the data"
    )


def test_a_line_names_three_series_and_counts_the_others_but_not_the_accepted() -> None:
    found = [Finding(name, 1, 9, ("2021-03-01",)) for name in "abcde"]
    accepted = Finding("aa", 1, 99, ("2021-03-01",), accepted=True)
    [line] = failure_text([outcome(accepted, *found)]).splitlines()
    assert "series aa" not in line
    assert [f"series {name} fails" in line for name in "abcde"] == [True, True, True, False, False]
    assert "and 2 more series" in line


def test_a_fault_of_a_whole_column_reads_well() -> None:
    assert failure_text([outcome()]) == "close must be finite: it does not; repair the data"


def test_an_id_with_braces_or_quotes_is_taken_as_it_is() -> None:
    found = Finding('{of}, "x"', 1, 9, ("2021-03-01",))
    assert 'series {of}, "x" fails in 1 of 9 rows' in failure_text([outcome(found)])


def test_what_succeeded_has_no_line() -> None:
    assert failure_text([outcome(success=True)]) == ""


def test_eleven_failures_are_ten_lines_and_a_count() -> None:
    lines = failure_text([outcome(column=f"c{n}") for n in range(12)]).splitlines()
    assert [line.split()[0] for line in lines[:10]] == [f"c{n}" for n in range(10)]
    assert lines[10:] == ["and 2 more failed expectations"]


def test_the_table_has_a_row_an_expectation_and_column() -> None:
    found = [Finding("a", 2, 9, ()), Finding("b", 3, 9, ())]
    assert table_text([outcome(*found), outcome(success=True, column="open")]) == (
        "expectation,column,severity,series_checked,success,unexpected_count\n"
        "values_finite,close,error,9,no,5\n"
        "values_finite,open,error,9,yes,0\n"
    )


def test_the_result_holds_every_finding() -> None:
    text = result_text([outcome(Finding("a", 2, 9, ("2021-03-01", "2021-03-02")))])
    assert '"success": false' in text
    for part in ('"series": "a"', '"count": 2', '"of": 9', '"2021-03-02"', '"unexpected_count": 2'):
        assert part in text
