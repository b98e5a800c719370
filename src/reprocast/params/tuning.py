"""The `tuning` block of operations.yaml: the same small search for every architecture."""

from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    JsonValue,
    NonNegativeInt,
    PositiveInt,
    StringConstraints,
    model_validator,
)

from reprocast.params.base import Block

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")]
"""A key of an entry of `architectures`, dotted where it lies in a block of it: `decoder.kind`."""


def _distinct(values: tuple[JsonValue, ...]) -> tuple[JsonValue, ...]:
    if len({repr(value) for value in values}) < len(values):
        raise ValueError("names a value twice")
    return values


Choices = Annotated[tuple[JsonValue, ...], Field(min_length=1), AfterValidator(_distinct)]
"""Values to choose from."""


class Range(Block):
    """Numbers from `low` to `high`, both included; whole ones where both are written as whole numbers."""

    low: int | float
    """Smallest."""
    high: int | float
    """Largest."""
    log: bool = False
    """Whether ratios count instead of differences, as for learning rates."""

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"low {self.low} is not below high {self.high}")
        if self.log and self.low <= 0:
            raise ValueError(f"low {self.low} has no logarithm; set log: false")
        return self


Space = dict[Key, Choices | Range]


class Tuning(Block):
    """How `reprocast tune` looks for better values, on validation only."""

    trials: PositiveInt = 10
    """Trainings for each architecture; the first has the values of params.yaml."""
    seed: NonNegativeInt = 1
    """Draws the values of the others."""
    seeds: Literal["first", "all"] = "first"
    """A trial is one network, from the first of params.yaml's seeds; or one of each, scored by their mean."""
    space: Annotated[Space, Field(min_length=1)] = {  # noqa: RUF012  # pydantic copies it
        "hidden": (16, 32, 64),
        "train.learning_rate": Range(low=0.001, high=0.01, log=True),
        "train.weight_decay": (0.0, 0.01, 0.1),
    }
    """What is searched, the same for every architecture: keys of an entry, each with values or a range."""
