"""An entry of `architectures`: a recurrent network by the name of its cell and its sizes."""

from reprocast.params.encoder import CellName, Encoder, InitialWeights

__all__ = ["Architecture", "CellName", "InitialWeights"]


class Architecture(Encoder):
    """One network; each is a stage of its own, trained again only when it changes."""
