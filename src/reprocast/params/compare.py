"""The `compare` block: which score decides, and how sure the verdict must be."""

from typing import Annotated, Literal

from pydantic import Field

from reprocast.params.base import Block


class Compare(Block):
    """How models are compared."""

    score: Literal["mae", "rmse"] = "mae"
    """Score (scaled) that ranks and that the tests are about."""
    alpha: Annotated[float, Field(gt=0, lt=1)] = 0.05
    """Level of the significance tests."""
