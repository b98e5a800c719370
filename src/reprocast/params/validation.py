"""The `validation` block: thresholds of the expectations. Errors stop the pipeline, warnings are listed.

null switches an expectation off.
"""

from typing import Annotated

from pydantic import Field, NonNegativeInt, PositiveFloat

from reprocast.params.base import Block

Share = Annotated[float, Field(ge=0, lt=1)]


class Validation(Block):
    """What is still accepted."""

    missing_share: Share | None = 0.0
    """Error: largest share of missing values in a column that is used, per series."""
    gap_share: Share | None = 0.0
    """Error: largest share of due times without a row, per series."""
    off_calendar_share: Share | None = 0.0
    """Error: largest share of rows at times at which the calendar has none, per series."""
    stale_steps: NonNegativeInt | None = 5
    """Error: how many due times may have passed between a series' last row and `data.end`."""
    jump_z: PositiveFloat | None = 10.0
    """Warning: largest change from row to row, in robust deviations (median and MAD of the changes)."""
    frozen_steps: Annotated[int, Field(ge=2)] | None = 10
    """Warning: so many equal values in a row look like a source that stands still."""
    shift_psi: PositiveFloat | None = 0.25
    """Warning: largest population stability index of what comes after training against training."""
    shift_ks: Share | None = 0.3
    """Warning: largest Kolmogorov-Smirnov distance between training and what comes after."""
