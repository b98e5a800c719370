"""Examples are cut as for forecasting."""

from reprocast.tasks.forecast.cut import cut

__all__ = ["cut"]
