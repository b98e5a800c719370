"""Figures as Mermaid text, which GitHub and GitLab draw in a pull request; no picture is hosted."""

from collections.abc import Mapping, Sequence
from math import isfinite

DIGITS = 4
MARGIN = 0.05
"""Of the span of the values, left free above and below."""


def lines(title: str, x: Sequence[object], y: Mapping[str, Sequence[float]], across: str, up: str) -> str:
    """A line for each entry of `y` over the same `x`, in a fenced block, and their names in order below.

    Args:
        title: above the figure.
        x: a label for each point.
        y: name -> values, as many as `x` has; one that is not finite is drawn at the top.
        across: what the horizontal axis shows.
        up: what the vertical axis shows.
    """
    values = [value for series in y.values() for value in series if isfinite(value)]
    low, high = min(values, default=0.0), max(values, default=0.0)
    free = (high - low) * MARGIN or 1.0
    shown = {name: [value if isfinite(value) else high for value in series] for name, series in y.items()}
    drawn = [f"    line [{', '.join(_number(value) for value in series)}]" for series in shown.values()]
    names = ", ".join(y)
    return "\n".join(
        [
            "```mermaid",
            "xychart-beta",
            f"    title {_text(title)}",
            f"    x-axis {_text(across)} [{', '.join(_text(label) for label in x)}]",
            f"    y-axis {_text(up)} {_number(low - free)} --> {_number(high + free)}",
            *drawn,
            "```",
            f"Lines, in the order of their colours: {names}.",
        ]
    )


def _number(value: float) -> str:
    return f"{value:.{DIGITS}f}"


def _text(value: object) -> str:
    return '"' + str(value).replace('"', "'") + '"'
