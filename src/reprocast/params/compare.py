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
    replications: Annotated[int, Field(ge=100, le=100_000)] = 2000
    """Draws of the bootstrap behind the intervals of skill and the confidence set."""
    seed: Annotated[int, Field(ge=0)] = 1
    """Of the bootstrap's random numbers."""
