"""The `validation` block: thresholds of the expectations; what exceeds them stops the pipeline."""

from typing import Annotated

from pydantic import Field, NonNegativeInt

from reprocast.params.base import Block

Share = Annotated[float, Field(ge=0, lt=1)]


class Validation(Block):
    """What is still accepted."""

    missing_share: Share = 0.0
    """Largest share of missing values in a column that is used, per series."""
    gap_share: Share = 0.0
    """Largest share of due times without a row, per series."""
    stale_steps: NonNegativeInt = 5
    """How many due times may have passed between a series' last row and `data.end`."""
