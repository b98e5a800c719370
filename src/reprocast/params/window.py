"""The `window` and `split` blocks: what a window sees, and which windows train, select and test."""

from typing import Literal, Self

from pydantic import NonNegativeInt, PositiveInt, model_validator

from reprocast.params.base import Block, Instant


class Window(Block):
    """One window: `look_back` steps seen, then `horizon` steps forecast."""

    look_back: PositiveInt
    """Steps seen."""
    horizon: PositiveInt
    """Steps forecast."""
    embargo: NonNegativeInt = 0
    """Steps left out between the target spans of two splits."""
    scaling: Literal["standard", "none"] = "standard"
    """standard: per series and column, mean 0 and deviation 1 over the training steps."""


class Split(Block):
    """Where the test and validation spans begin: steps back from `data.end`, or dates."""

    test: PositiveInt | Instant
    """Length of the test span in steps, or its first date."""
    validation: PositiveInt | Instant
    """Length of the validation span in steps, or its first date."""

    @model_validator(mode="after")
    def _validation_before_test(self) -> Self:
        if isinstance(self.test, int) != isinstance(self.validation, int):
            raise ValueError("test and validation must both be steps or both be dates")
        if isinstance(self.test, str) and str(self.validation) >= self.test:
            raise ValueError(f"test {self.test} begins before validation {self.validation}")
        return self
