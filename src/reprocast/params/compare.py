"""The `compare` block: which score decides, and how sure the verdict must be."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from reprocast.params.base import Block

LEVELS = (0.8, 0.95)
"""Nominal coverages of intervals where nothing else is asked for."""


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
    levels: Annotated[tuple[Annotated[float, Field(ge=0.01, le=0.999)], ...], Field(min_length=1)] = LEVELS
    """Nominal coverages of the conformal intervals that every model gets from its errors on validation."""

    @model_validator(mode="after")
    def _levels_ascend(self) -> Self:
        if list(self.levels) != sorted(set(self.levels)):
            raise ValueError("levels must ascend, none standing twice")
        return self
