"""How the learning rate moves over training, by name: a share of the peak rate at each step."""

import math
from collections.abc import Callable, Mapping

from reprocast.params.train import ScheduleName

FIRST, LAST = 0.04, 4e-6
"""Shares with which one_cycle begins and ends (1/25 and 1/250,000, as Smith & Topin's code has them)."""
RISE = 0.3
"""Part of training in which one_cycle rises."""
END = 0.01
"""Share with which exponential decay ends."""


def constant(step: int, steps: int) -> float:  # noqa: ARG001  # schedules are called alike
    """1 throughout; `plateau` lowers it from outside."""
    return 1.0


def cosine(step: int, steps: int) -> float:
    """½ (1 + cos(π · step / steps)), from 1 to 0 (Loshchilov & Hutter 2017, without restarts)."""
    return 0.5 * (1 + math.cos(math.pi * min(step, steps) / steps))


def exponential(step: int, steps: int) -> float:
    """A hundredth to the power of step / steps: the same factor at every step."""
    return float(END ** (min(step, steps) / steps))


def one_cycle(step: int, steps: int) -> float:
    """Up along half a cosine for the first 30 %, then down (Smith & Topin 2019)."""
    top = RISE * steps
    if step < top:
        return FIRST + (1 - FIRST) * (1 - cosine(step, math.ceil(top)))
    return LAST + (1 - LAST) * cosine(step - math.floor(top), steps - math.floor(top))


SCHEDULES: Mapping[ScheduleName, Callable[[int, int], float]] = {
    "constant": constant,
    "cosine": cosine,
    "exponential": exponential,
    "one_cycle": one_cycle,
    "plateau": constant,
}
"""Schedules by the name they have in params.yaml: from the step (from 0) and the number of steps."""


class Plateau:
    """Halves the rate when so many epochs have passed without a better validation loss."""

    def __init__(self, epochs: int = 2, factor: float = 0.5) -> None:
        self.epochs, self.factor = epochs, factor
        self.share, self._best, self._waited = 1.0, math.inf, 0

    def see(self, loss: float) -> None:
        """Takes the validation loss of the epoch that ended."""
        if loss < self._best:
            self._best, self._waited = loss, 0
            return
        self._waited += 1
        if self._waited >= self.epochs:
            self.share, self._waited = self.share * self.factor, 0
