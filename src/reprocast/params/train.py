"""The `train` and `runtime` blocks: how every network is trained, and on what."""

from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, PositiveInt

from reprocast.params.base import Block


class Train(Block):
    """Optimisation, the same for every architecture."""

    batch_size: PositiveInt = 256
    """Windows a batch (B)."""
    max_epochs: PositiveInt = 20
    """Upper limit; early stopping usually ends sooner."""
    learning_rate: PositiveFloat = 0.003
    """Peak rate of Adam."""
    schedule: Literal["constant", "cosine"] = "cosine"
    """How the rate falls over max_epochs."""
    weight_decay: Annotated[float, Field(ge=0)] = 0.0
    """Decoupled weight decay (AdamW)."""
    clip_norm: PositiveFloat = 1.0
    """Gradients are scaled down to this norm when they exceed it."""
    patience: PositiveInt = 4
    """Epochs without a better validation loss before training stops."""
    loss: Literal["mse", "mae", "huber"] = "mse"
    """What is minimised, on scaled targets."""


class Runtime(Block):
    """The machine; byte equality is promised for one setting of it."""

    threads: PositiveInt = 1
    """Threads PyTorch may use."""
    accelerator: Literal["cpu", "cuda"] = "cpu"
    """Where networks are trained."""
