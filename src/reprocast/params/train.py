"""The `train` and `runtime` blocks: how every network is trained, and on what."""

from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    NonNegativeFloat,
    PositiveFloat,
    PositiveInt,
    ValidationError,
    model_validator,
)

from reprocast.params.base import Block

ScheduleName = Literal["constant", "cosine", "exponential", "one_cycle", "plateau"]
OptimiserName = Literal["adamw", "adam", "sgd", "rmsprop"]
LossName = Literal["mse", "mae", "huber"]
Share = Annotated[float, Field(ge=0, lt=1)]


class Train(Block):
    """Optimisation, the same for every architecture; each may name other values under its own `train`."""

    batch_size: PositiveInt = 256
    """Windows a batch (B)."""
    max_epochs: PositiveInt = 20
    """Upper limit; early stopping usually ends sooner."""
    learning_rate: PositiveFloat | Literal["find"] = 0.003
    """Peak rate, or `find`: where the loss falls steepest while the rate grows."""
    optimiser: OptimiserName = "adamw"
    """How a step follows from the gradients."""
    momentum: Share = 0.0
    """Share of the step before that is taken again (sgd, rmsprop)."""
    schedule: ScheduleName = "cosine"
    """How the rate moves: constant, cosine to 0, exponential to a hundredth, one_cycle up and down, or halved
    where validation no longer gains (plateau)."""
    weight_decay: NonNegativeFloat = 0.0
    """Decoupled weight decay (adamw)."""
    l2: NonNegativeFloat = 0.0
    """Weight of ½ Σ w² in what is minimised; not the same as weight_decay with any optimiser but sgd."""
    l1: NonNegativeFloat = 0.0
    """Weight of Σ |w| in what is minimised."""
    activation_l2: NonNegativeFloat = 0.0
    """Weight of the mean square of the encoder's outputs."""
    slowness: NonNegativeFloat = 0.0
    """Weight of the mean square of their change from step to step."""
    input_noise: NonNegativeFloat = 0.0
    """Deviation of noise on targets and past covariates in training, in units of the scaler."""
    reversal: Share = 0.0
    """Share of examples read backwards in training, for tasks whose answer does not depend on direction."""
    clip_norm: PositiveFloat | None = 1.0
    """Gradients are scaled down to this norm when they exceed it; none: never."""
    clip_value: PositiveFloat | None = None
    """Each gradient's limit, applied before clip_norm; none: no limit."""
    averaging: Literal["none", "ema", "swa"] = "none"
    """Which mean of the weights is judged and kept: of all steps, fading by averaging_decay (ema), or of the
    epochs of the last quarter (swa)."""
    averaging_decay: Annotated[float, Field(gt=0, lt=1)] = 0.99
    """What remains of the mean at each step (ema)."""
    patience: PositiveInt = 4
    """Epochs without a better validation loss before training stops."""
    loss: LossName = "mse"
    """What a point head minimises, on scaled targets; other heads have their own."""

    @model_validator(mode="after")
    def _each_has_a_place(self) -> Self:
        if self.weight_decay and self.optimiser != "adamw":
            raise ValueError(f"weight_decay is adamw's, and the optimiser is {self.optimiser}; take l2")
        if self.momentum and self.optimiser not in ("sgd", "rmsprop"):
            raise ValueError(f"momentum is for sgd and rmsprop, and the optimiser is {self.optimiser}")
        return self


def _is_part_of_train(values: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(values) - set(Train.model_fields))
    if unknown:
        raise ValueError(f"has no key {unknown[0]}; allowed: {', '.join(Train.model_fields)}")
    try:
        Train.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(key) for key in first["loc"][:1])
        said = first["msg"].removeprefix("Value error, ")
        raise ValueError(f"has {where} wrong: {said}" if where else said) from None
    return values


Overrides = Annotated[dict[str, Any], AfterValidator(_is_part_of_train)]
"""Keys of `train` that hold for one architecture only."""


def overridden(train: Train, overrides: Overrides) -> Train:
    """The shared settings with those of one architecture in their place."""
    return Train.model_validate({**train.model_dump(), **overrides})


class Runtime(Block):
    """The machine; byte equality is promised for one setting of it."""

    threads: PositiveInt = 1
    """Threads PyTorch may use."""
    accelerator: Literal["cpu", "cuda"] = "cpu"
    """Where networks are trained."""
