"""Finds a learning rate: the rate grows step by step, and where the loss falls steepest is the peak rate.

Smith (2017), the range test. The network that is tried on is a copy; the same batches give the same rate.
"""

import copy
import math
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice, repeat
from typing import Any

import numpy as np
from torch import Tensor, nn

from reprocast.networks.optimisers import OPTIMISERS
from reprocast.params.train import Train

LOWEST, HIGHEST, STEPS = 1e-6, 1.0, 100
"""Rates that are tried, and in how many steps."""
SETTLING = 10
"""Steps after which the mean loss is more than the luck of the first batches."""
SMOOTHING, TOO_MUCH = 0.9, 4.0
"""How much of the mean loss remains at each step; a loss so many times the least ends the trial."""


def find_rate(
    network: nn.Module, loss: Callable[[Any, Any], Tensor], batches: Iterable[Any], settings: Train
) -> float:
    """The rate at which the smoothed loss falls most over a tenfold growth of the rate."""
    trial = copy.deepcopy(network).train()
    optimiser = OPTIMISERS[settings.optimiser](trial.parameters(), LOWEST, settings)
    rates, losses = np.geomspace(LOWEST, HIGHEST, STEPS), list[float]()
    mean = 0.0
    for n, batch in enumerate(islice(_over_and_over(batches), STEPS)):
        for group in optimiser.param_groups:
            group["lr"] = float(rates[n])
        optimiser.zero_grad()
        value = loss(trial(batch), batch)
        value.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        mean = SMOOTHING * mean + (1 - SMOOTHING) * value.item()
        losses.append(mean / (1 - SMOOTHING ** (n + 1)))
        if not math.isfinite(losses[-1]) or losses[-1] > TOO_MUCH * min(losses):
            losses.pop()
            break
    return steepest(rates[SETTLING : len(losses)].tolist(), losses[SETTLING:])


def _over_and_over(batches: Iterable[Any]) -> Iterator[Any]:
    return chain.from_iterable(repeat(batches))


def steepest(rates: list[float], losses: list[float]) -> float:
    """The middle of the tenfold growth of the rate over which the loss falls most; the lowest if none fits.

    A whole decade, because from one step to the next the luck of the batches moves the loss more.
    """
    decade = round((STEPS - 1) / math.log10(HIGHEST / LOWEST))
    if len(losses) <= decade:
        return rates[0] if rates else LOWEST
    falls = np.asarray(losses[:-decade]) - np.asarray(losses[decade:])
    return float(rates[int(np.argmax(falls)) + decade // 2])
