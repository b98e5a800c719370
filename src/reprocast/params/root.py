"""The whole of params.yaml, with the checks that need more than one block."""

import json
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from reprocast.params.architecture import Architecture
from reprocast.params.base import Block, CrossFieldError, Name
from reprocast.params.baselines import Baselines
from reprocast.params.columns import Columns
from reprocast.params.compare import Compare
from reprocast.params.data import Data
from reprocast.params.seeds import Seeds
from reprocast.params.train import Runtime, Train, overridden
from reprocast.params.validation import Validation
from reprocast.params.window import Split, Window


class Params(Block):
    """params.yaml: the only file that decides a run.

    Every block must be there, because DVC refuses a stage's parameter that the file does not have.
    """

    schema_version: Literal[1]
    """Version of this schema."""
    task: Literal["forecast"]
    """What is learned."""
    seeds: Seeds
    """A network a seed; the mean of their forecasts is the model."""
    data: Data
    """Where the series come from."""
    validation: Validation
    """What the data must fulfil."""
    columns: Columns
    """Roles of the columns."""
    window: Window
    """What a window sees."""
    split: Split
    """Which windows train, select and test."""
    architectures: Annotated[dict[Name, Architecture], Field(min_length=1)]
    """Networks by name, a stage each."""
    train: Train
    """Optimisation, shared by all networks."""
    baselines: Baselines
    """Baselines by name, a stage each."""
    compare: Compare
    """How models are compared."""
    runtime: Runtime
    """The machine."""

    @model_validator(mode="after")
    def _names_are_distinct(self) -> Self:
        both = sorted(set(self.architectures) & set(self.baselines))
        if both:
            raise CrossFieldError(("baselines", both[0]), "is the name of an architecture, too; rename one")
        return self

    @model_validator(mode="after")
    def _each_split_holds_a_window(self) -> Self:
        for name in ("test", "validation", "training_steps"):
            length = getattr(self.split, name)
            if isinstance(length, int) and length < self.window.horizon:
                raise CrossFieldError(
                    ("split", name), f"{length} steps hold no window of window.horizon {self.window.horizon}"
                )
        return self

    @model_validator(mode="after")
    def _missing_values_are_handled(self) -> Self:
        for name in ("missing_share", "gap_share"):
            share = getattr(self.validation, name)
            if self.window.missing == "refuse" and share != 0:
                fault = f"{json.dumps(share)} lets missing values pass, but window.missing is refuse"
                remedy = "set it to 0, or window.missing to leave_out, forward_fill, interpolate or mask"
                raise CrossFieldError(("validation", name), f"{fault}; {remedy}")
        return self

    @model_validator(mode="after")
    def _trainings_fit_the_task(self) -> Self:
        for name, network in self.architectures.items():
            try:
                settings = overridden(self.train, network.train)
            except ValidationError as error:
                said = error.errors()[0]["msg"].removeprefix("Value error, ")
                raise CrossFieldError(("architectures", name, "train"), said) from None
            if settings.reversal:
                key = (
                    ("architectures", name, "train") if "reversal" in network.train else ("train", "reversal")
                )
                raise CrossFieldError(key, "a forecast depends on the direction of time; leave reversal out")
        return self

    @model_validator(mode="after")
    def _networks_fit_the_window(self) -> Self:
        for name, network in self.architectures.items():
            seen = network.look_back or self.window.look_back
            for key, steps, what in (
                ("look_back", seen, "steps"),
                ("segment", network.segment, "steps"),
                ("decoder", self.data.season if "seasonal" in network.decoder.paths else 1, "steps a season"),
            ):
                if steps > min(seen, self.window.look_back):
                    raise CrossFieldError(
                        ("architectures", name, key),
                        f"{steps} {what}, but the network sees {min(seen, self.window.look_back)}",
                    )
            if network.head.kind == "negative_binomial" and self.window.scaling != "none":
                fault = (
                    f"negative_binomial answers in counts; window.scaling is {self.window.scaling}, set none"
                )
                raise CrossFieldError(("architectures", name, "head"), fault)
            if (network.decoder.piece or 1) > self.window.horizon:
                fault = f"{network.decoder.piece} steps, but window.horizon is {self.window.horizon}"
                raise CrossFieldError(("architectures", name, "decoder", "piece"), fault)
        return self

    @model_validator(mode="after")
    def _baselines_see_enough(self) -> Self:
        for name, baseline in self.baselines.items():
            needed = baseline.needs(self.data.season)
            if needed > self.window.look_back:
                raise CrossFieldError(
                    ("baselines", name),
                    f"needs {needed} steps, but window.look_back is {self.window.look_back}",
                )
        return self
