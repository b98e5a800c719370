"""The `window` and `split` blocks: what a window sees, and which windows train, select and test."""

from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from reprocast.params.base import Block, CrossFieldError, Instant

Scaling = Literal["standard", "robust", "minmax", "window", "none"]
Missing = Literal["refuse", "leave_out", "forward_fill", "interpolate", "mask"]
Fraction = Annotated[float, Field(gt=0.0, lt=1.0)]
"""A part of all times."""


class Window(Block):
    """One window: `look_back` steps seen, then `horizon` steps forecast."""

    look_back: PositiveInt
    """Steps seen."""
    horizon: PositiveInt
    """Steps forecast."""
    embargo: NonNegativeInt = 0
    """Steps left out between the target spans of two splits."""
    scaling: Scaling = "standard"
    """standard: mean and deviation, robust: median and quartiles, minmax: smallest and largest value, all of
    the training steps; window: mean and deviation of each window's own look-back; none."""
    scaling_over: Literal["series", "panel"] = "series"
    """Whether each series is scaled by itself or all by the same numbers."""
    missing: Missing = "refuse"
    """Missing values and due times without a row: refuse them; leave_out windows they touch; forward_fill the
    last value; interpolate between two values of the training span; mask them, for network and loss."""
    fill_steps: PositiveInt = 3
    """Most steps in a row that forward_fill and interpolate fill; windows that touch more are left out."""


class Split(Block):
    """Where the test and validation spans begin: steps back from `data.end`, fractions, or dates."""

    test: PositiveInt | Fraction | Instant
    """Length of the test span in steps or as a fraction of all times, or its first date."""
    validation: PositiveInt | Fraction | Instant
    """Length of the validation span in steps or as a fraction of all times, or its first date."""
    folds: PositiveInt = 1
    """Rolling origins: how many times training, validation and test are moved back and repeated."""
    step: PositiveInt | None = None
    """Steps from one fold's test span to the next one's; null: the length of the test span."""
    training_steps: PositiveInt | None = None
    """Steps in the training span, which then slides with the folds; null: all there are, so that it grows."""
    refit: bool = True
    """Whether every fold fits models and scalers anew; false: the first fold's forecast all later ones."""

    @model_validator(mode="after")
    def _validation_before_test(self) -> Self:
        if type(self.test) is not type(self.validation):
            raise ValueError("test and validation must both be steps, both fractions, or both dates")
        if isinstance(self.test, str) and str(self.validation) >= self.test:
            raise ValueError(f"test {self.test} begins before validation {self.validation}")
        return self

    @model_validator(mode="after")
    def _fractions_leave_training(self) -> Self:
        fractions = [part for part in (self.test, self.validation) if isinstance(part, float)]
        if sum(fractions) >= 1:
            raise ValueError(f"test {self.test} and validation {self.validation} leave nothing to train on")
        return self

    @model_validator(mode="after")
    def _one_fold_is_fitted_once(self) -> Self:
        if not self.refit and self.folds == 1:
            raise CrossFieldError(
                ("split", "refit"), "false does nothing with one fold; leave it out, or set split.folds"
            )
        return self

    @model_validator(mode="after")
    def _tests_do_not_overlap(self) -> Self:
        if self.step is not None and isinstance(self.test, int) and self.step < self.test:
            raise CrossFieldError(
                ("split", "step"), f"{self.step} is shorter than split.test {self.test}: tests would overlap"
            )
        return self
