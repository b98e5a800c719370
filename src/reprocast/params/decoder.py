"""How forecasts of the horizon come out of what the encoder found."""

from typing import Annotated, Literal, Self

from pydantic import Field, PositiveInt, model_validator

from reprocast.params.base import Block

PathName = Literal["last", "seasonal", "linear"]


class Decoder(Block):
    """From the encoder's states to each step of the horizon; the newest state feeds every one."""

    kind: Literal["direct", "steps", "autoregressive", "positional"] = "direct"
    """direct: all steps from the last state. steps: a recurrent layer over the horizon, one output a step.
    autoregressive: the same, fed with its own forecast of the step before. positional: one recurrent step for
    each piece of the horizon, told apart by its position (SegRNN)."""
    hidden: PositiveInt | None = None
    """Units of the decoder's recurrent layer; none: as the encoder's top layer."""
    attention: Literal["none", "additive", "multiplicative"] = "none"
    """steps, autoregressive: how each step compares itself with all of the encoder's states, if it does."""
    teacher_forcing: Annotated[float, Field(ge=0, le=1)] = 1.0
    """autoregressive: share of steps fed with the true value in the first epoch of training."""
    teacher_forcing_end: Annotated[float, Field(ge=0, le=1)] = 0.0
    """… and in the last; the share moves along a line (scheduled sampling)."""
    piece: PositiveInt | None = None
    """positional: steps a piece of the horizon has; none: the whole horizon is one."""
    paths: tuple[PathName, ...] = ()
    """What passes by the network: last value, value a season ago, a linear map of the look-back."""

    @model_validator(mode="after")
    def _each_has_a_place(self) -> Self:
        unrolled = self.kind in ("steps", "autoregressive")
        if self.attention != "none" and not unrolled:
            raise ValueError(f"attention is for kind steps or autoregressive, and kind is {self.kind}")
        if self.piece is not None and self.kind != "positional":
            raise ValueError(f"piece is for kind positional, and kind is {self.kind}")
        if self.hidden is not None and not unrolled:
            raise ValueError(f"hidden is for kind steps or autoregressive, and kind is {self.kind}")
        if len(set(self.paths)) < len(self.paths):
            raise ValueError("paths names one twice")
        return self
