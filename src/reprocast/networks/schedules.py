"""How the learning rate falls over training, by name: a share of the peak rate at each step."""

import math
from collections.abc import Callable, Mapping
from typing import Literal

ScheduleName = Literal["constant", "cosine"]


def constant(step: int, steps: int) -> float:  # noqa: ARG001  # schedules are called alike
    """1 throughout."""
    return 1.0


def cosine(step: int, steps: int) -> float:
    """½ (1 + cos(π · step / steps)), from 1 to 0 (Loshchilov & Hutter 2017, without restarts)."""
    return 0.5 * (1 + math.cos(math.pi * min(step, steps) / steps))


SCHEDULES: Mapping[ScheduleName, Callable[[int, int], float]] = {"constant": constant, "cosine": cosine}
"""Schedules by the name they have in params.yaml: from the step (from 0) and the number of steps."""
