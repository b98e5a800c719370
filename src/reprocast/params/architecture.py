"""An entry of `architectures`: an encoder, with what comes before and after it."""

from typing import Literal, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from reprocast.params.decoder import Decoder
from reprocast.params.encoder import CellName, Encoder, InitialWeights
from reprocast.params.head import Head
from reprocast.params.train import Overrides

__all__ = ["Architecture", "CellName", "InitialWeights"]


class Architecture(Encoder):
    """One network; each is a stage of its own, trained again only when it changes."""

    look_back: PositiveInt | None = None
    """Steps of the window that it sees, the newest ones; none: all. Cutoffs are the same for all networks."""
    instance: Literal["none", "mean", "median", "last"] = "none"
    """What each window is seen relative to: mean and deviation of its look-back, median and median absolute
    deviation (a wild value moves neither), or its last value; undone in the forecast."""
    series_embedding: NonNegativeInt = 0
    """Numbers learned for each series, which stand beside the channels at every step."""
    decoder: Decoder = Decoder()
    """From the encoder's states to the horizon."""
    head: Head = Head()
    """What is said of each step."""
    train: Overrides = Field(default_factory=dict)
    """Keys of the shared block `train` that are others for this network."""

    @model_validator(mode="after")
    def _segments_fit(self) -> Self:
        if self.look_back is not None and self.look_back < self.segment:
            raise ValueError(f"segment {self.segment} is longer than look_back {self.look_back}")
        if self.decoder.kind == "positional" and self.bidirectional:
            raise ValueError(
                "decoder.kind positional goes on from one direction's state; bidirectional has two"
            )
        return self

    @model_validator(mode="after")
    def _counts_stay_counts(self) -> Self:
        if self.head.kind == "negative_binomial" and (self.instance != "none" or self.decoder.paths):
            raise ValueError(
                "head negative_binomial answers in counts: no instance normalisation and no paths"
            )
        return self
