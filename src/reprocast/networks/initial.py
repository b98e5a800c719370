"""How the matrices of recurrent layers begin, by name; biases and gains stay as their layers make them.

xavier: Glorot & Bengio (2010); he: He et al. (2015); orthogonal: Saxe et al. (2014); identity: Le et al.
(2015).
"""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from reprocast.params.architecture import InitialWeights

Fill = Callable[[Tensor], Tensor]

OF_INPUT: Mapping[InitialWeights, Fill] = {
    "xavier": nn.init.xavier_uniform_,
    "he": nn.init.kaiming_normal_,
    "orthogonal": nn.init.xavier_uniform_,
    "identity": nn.init.xavier_uniform_,
}
"""What fills each gate's matrix of the input (D, C)."""
OF_STATE: Mapping[InitialWeights, Fill] = {
    "xavier": nn.init.xavier_uniform_,
    "he": nn.init.kaiming_normal_,
    "orthogonal": nn.init.orthogonal_,
    "identity": nn.init.eye_,
}
"""What fills each gate's matrix of the state (D, D)."""
STATE_MATRICES = ("weight_hh", "from_state")
"""Beginnings of the names that matrices of the state have."""


def fill(layer: nn.Module, name: InitialWeights, hidden: int) -> None:
    """Fills a layer's matrices gate by gate; `default` leaves what its layer drew."""
    if name == "default":
        return
    for weight_name, weight in layer.named_parameters():
        if weight.dim() == 2:
            table = OF_STATE if weight_name.startswith(STATE_MATRICES) else OF_INPUT
            for gate in torch.split(weight.data, hidden):
                table[name](gate)


def set_forget_bias(layer: nn.Module, value: float, hidden: int) -> None:
    """What an LSTM's forget gate begins with (Gers et al. 2000; Jozefowicz et al. 2015: 1).

    Gates stand in the order i, f, g, o, except in min_lstm: f, i, g. Where a bias is written twice, the
    second is set to 0.
    """
    biases = [bias for name, bias in layer.named_parameters() if "bias" in name and bias.dim() == 1]
    gates = [bias for bias in biases if len(bias) > hidden]
    position = 0 if len(gates[0]) == 3 * hidden else 1
    for n, bias in enumerate(gates):
        bias.data[position * hidden : (position + 1) * hidden] = value if n == 0 else 0.0
