"""Answers among the inputs: a column that is the target by another name, or the target of later rows.

Kapoor & Narayanan (2023) call it a feature that is not legitimate. A scramble cannot find it, since it lies
in the data themselves: what is looked for is a straight line from a column to what is to be forecast.
"""

from collections.abc import Iterator

import numpy as np

from reprocast.audit.leak import AnswerError
from reprocast.audit.result import Done
from reprocast.audit.subject import Subject
from reprocast.data.windows import Floats, Windows

EXACT = 1e-9
"""Share of its variance that a straight line may leave unexplained and still be exact."""
LEAST = 20
"""Rows of a series from which a line is no chance."""


def not_among_inputs(subject: Subject) -> Done:
    """No column known ahead is a target at its own row, and no past column is a target of a later row."""
    windows, compared = subject.windows, 0
    values, names = np.asarray(windows.values), windows.channels.names
    targets = range(len(windows.channels.target))
    for role, c, steps in _inputs(windows):
        for k in targets:
            for step in steps:
                compared += 1
                if _everywhere(windows, values[:, c], values[:, k], step):
                    when = f"{step} steps later" if step else "at the same time"
                    raise AnswerError(
                        f"columns.{role}: {names[c]} is {names[k]} {when} (a straight line, in every "
                        "series); it holds what is to be forecast: leave it out"
                    )
    return Done(
        {"pairs of columns": compared} if compared else {}, "" if compared else "targets are the only inputs"
    )


def _inputs(windows: Windows) -> Iterator[tuple[str, int, range]]:
    """Role, channel, and the steps ahead at which it must not be a target."""
    begin = len(windows.channels.target)
    for n in range(len(windows.channels.past)):
        yield "past", begin + n, range(1, windows.horizon + 1)
    for n, name in enumerate(windows.channels.future):
        if name in windows.features.future:  # a column; the calendar becomes two channels
            yield "future", windows.channels.future_index.start + n, range(windows.horizon + 1)


def _everywhere(windows: Windows, column: Floats, target: Floats, step: int) -> bool:
    """Whether the column is, in all series, a line of the target `step` rows later that the target is not."""
    found = 0
    for begin, end in zip(windows.offsets[:-1], windows.offsets[1:], strict=True):
        now, then = slice(begin, end - step), slice(begin + step, end)
        x, own, y = column[now], target[now], target[then]
        known = ~(np.isnan(x) | np.isnan(y) | np.isnan(own))
        x, own, y = x[known], own[known], y[known]
        if len(x) < LEAST or np.ptp(y) == 0:
            continue
        if not _is_line(x, y) or (step and _is_line(own, y)):
            return False
        found += 1
    return found > 0


def _is_line(x: Floats, y: Floats) -> bool:
    if np.ptp(x) == 0:
        return False
    correlation = np.corrcoef(x, y)[0, 1]
    return bool(1 - correlation**2 < EXACT)
