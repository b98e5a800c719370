"""Moving average: every step ahead is the mean of the last `steps` values."""

from reprocast.data.windows import Floats
from reprocast.model import Description


def forecast(seen: Floats, model: Description) -> Floats:
    """Forecasts (B, H, K) from the targets seen (B, L, K)."""
    mean: Floats = seen[:, -model.block["steps"] :].mean(axis=1, keepdims=True)  # -> (B, 1, K)
    return mean.repeat(model.horizon, axis=1)
