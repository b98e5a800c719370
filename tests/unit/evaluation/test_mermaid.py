"""Figures as Mermaid text."""

import math

from reprocast.evaluation.mermaid import lines


def test_each_series_is_a_line_in_order_and_named() -> None:
    text = lines("Error", [1, 2], {"gru": [0.5, 0.75], "har": [0.25, 1.0]}, "step", "MAE")
    assert text.splitlines() == [
        "```mermaid",
        "xychart-beta",
        '    title "Error"',
        '    x-axis "step" ["1", "2"]',
        '    y-axis "MAE" 0.2125 --> 1.0375',
        "    line [0.5000, 0.7500]",
        "    line [0.2500, 1.0000]",
        "```",
        "Lines, in the order of their colours: gru, har.",
    ]


def test_a_constant_has_an_axis_and_quotes_end_no_text() -> None:
    text = lines('a "b"', ["x"], {"one": [2.0]}, "s", "v")
    assert "1.0000 --> 3.0000" in text
    assert "title \"a 'b'\"" in text


def test_a_value_that_is_none_leaves_the_figure_readable() -> None:
    text = lines("Loss", [1, 2], {"a": [math.nan, 1.0], "b": [3.0, math.inf]}, "epoch", "loss")
    assert "nan" not in text
    assert "inf" not in text
