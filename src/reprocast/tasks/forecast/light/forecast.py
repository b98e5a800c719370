"""What a model says of the steps after a value. Legend: H horizon, K targets, Q levels."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Forecast:
    """The steps after a value."""

    cutoff: Any
    """Time of the last value."""
    ds: NDArray[Any]
    """Times forecast (H,)."""
    mean: NDArray[np.float64]
    """Point forecasts in the targets' units (H, K), the mean of the seeds."""
    quantiles: NDArray[np.float64]
    """Quantiles in the targets' units (H, K, Q); Q = 0 where there are none."""
