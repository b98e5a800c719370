"""An entry of `architectures`: a recurrent network by the name of its cell and its sizes."""

from typing import Annotated, Literal, Self

from pydantic import Field, PositiveInt, model_validator

from reprocast.params.base import Block

CellName = Literal[
    "rnn", "relu_rnn", "lstm", "gru", "min_gru", "min_lstm", "norm_rnn", "norm_lstm", "norm_gru"
]
"""`min_` cells have gates of the input only (Feng et al. 2024), `norm_` cells are layer-normalised."""


class Architecture(Block):
    """One network; each is a stage of its own, trained again only when it changes."""

    cell: CellName
    """Recurrent cell."""
    hidden: PositiveInt = 32
    """Units a layer (D)."""
    layers: PositiveInt = 1
    """Stacked layers."""
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Share of units dropped between layers (needs two layers or more)."""

    @model_validator(mode="after")
    def _dropout_has_a_place(self) -> Self:
        if self.dropout > 0 and self.layers == 1:
            raise ValueError("dropout acts between layers and there is only one; set layers: 2 or dropout: 0")
        return self
