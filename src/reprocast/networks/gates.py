"""The gates of a layer at what it has read, computed from its weights: numbers between 0 and 1 by name.

Legend: M steps of examples, C inputs, D hidden.
"""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import linear, softplus

from reprocast.networks.layer import Gru, Lstm, State
from reprocast.networks.minimal import MinGru, MinLstm
from reprocast.networks.normalised import NormalisedGru, NormalisedLstm

Gates = Mapping[str, Tensor]
"""Values (M, D) by gate."""


def _fused(layer: Any, x: Tensor, h: Tensor) -> Tensor:
    from_input = linear(x, layer.weight_ih_l0, layer.bias_ih_l0)
    return from_input + linear(h, layer.weight_hh_l0, layer.bias_hh_l0)


def _normalised(layer: Any, x: Tensor, h: Tensor) -> Tensor:
    total: Tensor = layer.of_input(layer.from_input(x)) + layer.bias + layer.of_state(layer.from_state(h))
    return total


def _of_lstm(products: Tensor) -> Gates:
    i, f, _, o = torch.sigmoid(products).chunk(4, dim=1)
    return {"input": i, "forget": f, "output": o}


def _of_gru(products: Tensor) -> Gates:
    r, z, _ = torch.sigmoid(products).chunk(3, dim=1)
    return {"reset": r, "update": z}


def _of_min_lstm(layer: Any, x: Tensor) -> Gates:
    """The share f / (f + i); that of i is what is left to 1."""
    forget, new, _ = layer.gates(x).chunk(3, dim=1)
    return {"forget": torch.sigmoid(softplus(-new) - softplus(-forget))}


GATES: Mapping[type[nn.Module], Callable[[Any, Tensor, State], Gates]] = {
    Lstm: lambda layer, x, state: _of_lstm(_fused(layer, x, state[0])),
    Gru: lambda layer, x, state: _of_gru(_fused(layer, x, state[0])),
    NormalisedLstm: lambda layer, x, state: _of_lstm(_normalised(layer, x, state[0])),
    NormalisedGru: lambda layer, x, state: _of_gru(_normalised(layer, x, state[0])),
    MinGru: lambda layer, x, _: {"update": torch.sigmoid(layer.gates(x).chunk(2, dim=1)[0])},
    MinLstm: lambda layer, x, _: _of_min_lstm(layer, x),
}
"""By the layer's class; a cell without gates has no entry."""


def gates_of(layer: nn.Module, x: Tensor, state: State) -> Gates:
    """The gates at inputs (M, C) and the states before them; empty where the cell has none."""
    with torch.no_grad():
        return GATES[type(layer)](layer, x, state) if type(layer) in GATES else {}
