"""What a network says of each step: one number, several quantiles, or a distribution."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from reprocast.params.base import Block

HeadName = Literal["point", "quantiles", "gaussian", "student_t", "negative_binomial"]
Level = Annotated[float, Field(gt=0, lt=1)]


class Head(Block):
    """From features to an answer; all but `point` have their own loss."""

    kind: HeadName = "point"
    """point: trained by train.loss. quantiles: pinball loss, never crossing. gaussian, student_t,
    negative_binomial (counts, not negative, in their own unit: window.scaling none): likelihood."""
    levels: Annotated[tuple[Level, ...], Field(min_length=1)] = (0.1, 0.25, 0.5, 0.75, 0.9)
    """Quantiles that are forecast (quantiles) or read off the distribution; ascending."""

    @model_validator(mode="after")
    def _levels_ascend(self) -> Self:
        if list(self.levels) != sorted(set(self.levels)):
            raise ValueError("levels must ascend, none standing twice")
        return self
