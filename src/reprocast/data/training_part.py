"""The training part of the time, and what comes after it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reprocast.panel import Times


@dataclass(frozen=True)
class Part:
    """The training part of the time, both ends included."""

    begin: np.datetime64 | int
    end: np.datetime64 | int

    def split(self, times: Times) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which of the times lie in it, and which after it."""
        return (times >= self.begin) & (times <= self.end), times > self.end
