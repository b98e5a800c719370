"""Progress over folds: a bar on a terminal, lines elsewhere, silence for one fold."""

import sys

import pytest

from reprocast.stages.fold_progress import over_folds


def test_elsewhere_a_line_a_fold(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(over_folds("har: fitting", [0, 2])) == [0, 2]
    assert capsys.readouterr().out == "har: fitting fold 0, 1 of 2\nhar: fitting fold 2, 2 of 2\n"


def test_one_fold_is_no_news(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(over_folds("har: fitting", [0])) == [0]
    assert capsys.readouterr().out == ""


def test_a_terminal_gets_a_bar_that_goes_away(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    assert list(over_folds("har: fitting", [0, 1, 2])) == [0, 1, 2]
    said = capsys.readouterr().out
    assert "har: fitting fold 1, 2 of 3" in said
    assert "━" in said
    assert said.endswith("\x1b[2K")  # the line is cleared
