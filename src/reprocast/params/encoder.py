"""What an encoder is made of: its cell, the sizes of its layers, and what stands around and between them."""

from typing import Annotated, Literal, Self

from pydantic import Field, PositiveInt, model_validator

from reprocast.params.base import Block

CellName = Literal[
    "rnn", "relu_rnn", "jordan", "lstm", "gru", "min_gru", "min_lstm", "norm_rnn", "norm_lstm", "norm_gru"
]
"""`min_` cells have gates of the input only (Feng et al. 2024), `norm_` cells are layer-normalised."""
InitialWeights = Literal["default", "xavier", "he", "orthogonal", "identity"]
Rate = Annotated[float, Field(ge=0, lt=1)]
Sizes = Annotated[tuple[PositiveInt, ...], Field(min_length=1)]


class Encoder(Block):
    """Recurrent layers one on top of the other."""

    cell: CellName
    """Recurrent cell."""
    hidden: PositiveInt | Sizes = 32
    """Units a layer (D), one number for all or one for each."""
    layers: PositiveInt = 1
    """Stacked layers."""
    dropout: Rate = 0.0
    """Share of units dropped between layers (needs two layers or more)."""
    variational: bool = False
    """Whether `dropout` drops the same units at every step of a window."""
    state_dropout: Rate = 0.0
    """Share of the state's units dropped from step to step, the same at every step; trains step by step."""
    bidirectional: bool = False
    """Whether the window is read backwards, too, by as many units again."""
    skip: Literal["none", "residual", "highway"] = "none"
    """What passes by each layer but the lowest: nothing, its input, or a gated share of it."""
    normalisation: Literal["none", "layer", "batch"] = "none"
    """What is done to what each layer hands on: over its units, or over batch and steps."""
    dilation: PositiveInt | Sizes = 1
    """Steps over which a layer hands its state on, one number for all layers or one for each."""
    every: PositiveInt | Sizes = 1
    """A layer moves at every so many-th step only, one number for all or one for each."""
    initial_weights: InitialWeights = "default"
    """How matrices begin; default: PyTorch's own. identity: of the state; the input's by xavier."""
    forget_bias: float | None = None
    """What an LSTM's forget gate begins with (1 keeps the state at first); none: PyTorch's own."""
    learned_state: bool = False
    """Whether the state before the first step is trained instead of zero."""
    segment: PositiveInt = 1
    """Steps that are read as one input (SegRNN): the sequence gets shorter by this factor."""
    truncate: PositiveInt | None = None
    """Steps through which gradients reach back, counted in pieces from the newest; none: the whole window."""

    @model_validator(mode="after")
    def _each_has_a_place(self) -> Self:
        if self.layers == 1:
            for name, value in (("dropout", self.dropout), ("skip", self.skip)):
                if value not in (0.0, "none"):
                    raise ValueError(f"{name} acts between layers and there is only one; set layers: 2")
        if self.variational and not self.dropout:
            raise ValueError("variational says how dropout acts, and dropout is 0")
        if self.forget_bias is not None and "lstm" not in self.cell:
            raise ValueError(f"forget_bias is an LSTM's, and the cell is {self.cell}")
        if self.learned_state and self.cell.startswith("min_"):
            raise ValueError(f"learned_state: {self.cell} begins at 0, its states are positive")
        return self

    @model_validator(mode="after")
    def _a_size_for_each_layer(self) -> Self:
        for name in ("hidden", "dilation", "every"):
            sizes = getattr(self, name)
            if isinstance(sizes, tuple) and len(sizes) != self.layers:
                raise ValueError(f"{name} names {len(sizes)} sizes for {self.layers} layers")
        return self

    @model_validator(mode="after")
    def _truncation_carries_the_state(self) -> Self:
        slow = self.every != 1 and set(self.of_each_layer("every")) != {1}
        if self.truncate and (self.bidirectional or slow):
            raise ValueError("truncate carries the state forward; bidirectional and every cannot")
        return self

    def of_each_layer(self, name: str) -> tuple[int, ...]:
        """`hidden`, `dilation` or `every` of each layer, the lowest first."""
        value = getattr(self, name)
        return value if isinstance(value, tuple) else (value,) * self.layers
