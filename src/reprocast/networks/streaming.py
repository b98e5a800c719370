"""One step at a time: an encoder's state is handed from value to value, and each step costs the same.

Legend: w steps of a segment (1 without segments), C channels with what stands beside them, W width of the
encoder's states, K targets, H horizon, F future covariates, P numbers of an answer.
"""

from typing import Any

from torch import Tensor

from reprocast.networks.decoders import Encoded
from reprocast.networks.families import Point
from reprocast.networks.layer import State
from reprocast.params.architecture import Architecture

Levels = tuple[State | None, ...]
"""The state of each level; none: the beginning."""
Carried = tuple[Levels, ...]
"""What is handed on. Segments are counted back from the newest step, so that w encoders take turns, the one
whose turn is next first."""


def hindrance(architecture: Architecture, scaling: str) -> str | None:
    """What keeps a network from going on step by step, by its name in params.yaml, and why; none: nothing."""
    a = architecture
    found = {
        "window.scaling: window": scaling == "window" and "scales each look-back by itself",
        f"instance: {a.instance}": a.instance != "none" and "sees each look-back relative to itself",
        "bidirectional": a.bidirectional and "reads backwards from the newest value",
        f"decoder.attention: {a.decoder.attention}": a.decoder.attention != "none"
        and "looks at every state of the look-back",
        "every": max(a.of_each_layer("every")) > 1 and "counts its steps back from the newest value",
    }
    return next((f"{name} {why}" for name, why in found.items() if why), None)


def beginning(network: Any) -> Carried:
    """Before the first step."""
    segments = network.encoder.segments
    return ((None,) * len(network.encoder.levels),) * (1 if segments is None else segments.steps)


def step(network: Any, carried: Carried, newest: Tensor) -> tuple[Carried, Tensor | None]:
    """Reads one more value: what is carried on, and the top state (1, W), none before a whole segment.

    Args:
        network: a `Forecaster` in use, without hindrance.
        carried: what the step before handed on.
        newest: the last w steps (1, w, C), or fewer at the beginning.
    """
    encoder = network.encoder
    if newest.shape[1] < len(carried):
        return carried, None
    read = newest if encoder.segments is None else encoder.segments(newest)
    top, after = encoder.run(read, list(carried[0]))
    return (*carried[1:], tuple(after)), top[:, -1]


def answer(network: Any, top: Tensor, targets: Tensor, future: Tensor) -> Tensor:
    """What the network answers after a step, as its `forward` does: (1, H, K), or (1, H, K, P).

    Args:
        network: a `Forecaster` in use.
        top: the encoder's top state (1, W).
        targets: the last values of its look-back (1, L, K), scaled.
        future: what is known ahead, scaled (1, H, F).
    """
    settled: Tensor = network.answer(Encoded(top[:, None], top, targets[:, -1], None), targets, future)
    point: Tensor = network.family.mean(settled) if isinstance(network.family, Point) else settled
    return point
