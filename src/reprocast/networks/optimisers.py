"""Optimisers by the name they have in params.yaml."""

from collections.abc import Callable, Iterable, Mapping

import torch
from torch import nn
from torch.optim import Optimizer

from reprocast.params.train import OptimiserName, Train

Weights = Iterable[nn.Parameter]

OPTIMISERS: Mapping[OptimiserName, Callable[[Weights, float, Train], Optimizer]] = {
    # Loshchilov & Hutter (2019): decay apart from the gradient, so that large gradients are decayed, too
    "adamw": lambda weights, rate, t: torch.optim.AdamW(weights, lr=rate, weight_decay=t.weight_decay),
    # Kingma & Ba (2015)
    "adam": lambda weights, rate, _: torch.optim.Adam(weights, lr=rate),
    # Robbins & Monro (1951), Polyak (1964)
    "sgd": lambda weights, rate, t: torch.optim.SGD(weights, lr=rate, momentum=t.momentum),
    # Tieleman & Hinton (2012)
    "rmsprop": lambda weights, rate, t: torch.optim.RMSprop(weights, lr=rate, momentum=t.momentum),
}
"""From weights, peak rate and settings."""
