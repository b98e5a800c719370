"""The audit in words."""

from reprocast.audit.account import line, page, summary
from reprocast.audit.leak import LeakError
from reprocast.audit.result import Check, Done, Result

CHECK = Check("loader", "training sees training windows", lambda _: Done({}))
HELD = Result(CHECK, Done({"folds": 1, "windows": 9626}, "but for one"))
FOUND = Result(CHECK, leak=LeakError("loader: fold 0 | train moved"))
EMPTY = Result(CHECK, Done({}, "nothing is there"))


def test_a_line_says_what_was_compared() -> None:
    said = "ok   loader         training sees training windows: 1 fold, 9,626 windows; but for one"
    assert line(HELD) == said
    assert line(FOUND) == "LEAK loader         loader: fold 0 | train moved"
    assert line(EMPTY).startswith("–    loader")


def test_the_last_line_counts() -> None:
    assert summary([HELD, HELD]) == "Nothing looks ahead: 2 checks found no leak"
    assert summary([HELD, EMPTY]) == "Nothing looks ahead: 1 check found no leak, 1 more had nothing to try"
    assert summary([HELD, FOUND]) == "1 of 2 checks found a leak"


def test_the_page_has_a_row_a_check_and_the_limits() -> None:
    text = page("vintage abc", "Nothing more", [HELD, FOUND, EMPTY])
    rows = [row for row in text.splitlines() if row.startswith("| loader")]
    assert rows[0].split(" | ")[1:4] == ["held", "training sees training windows", "1 fold, 9,626 windows"]
    assert "| **leak** | loader: fold 0 \\| train moved |" in rows[1]
    assert "nothing to try" in rows[2]
    assert "What an audit cannot show" in text
