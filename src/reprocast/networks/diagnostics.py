"""What introductions warn of, measured on a trained network and one batch: how far back gradients reach.

Pure: the network is copied, in double precision and as it is in use (no dropout), and nothing is drawn from
the global generator. Legend: B batch, D hidden, T states of a layer, n lag: states back from the last one.
"""

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from reprocast.networks.gates import gates_of
from reprocast.networks.stepping import Visited, step_by_step

MEMORY = 0.01
"""Share of the largest ‖∂loss/∂h‖ down to which a lag counts as remembered."""
FADED = 1e-6
"""Share of the largest ‖∂loss/∂h‖ below which a gradient counts as gone."""
SATURATED = 0.01
"""A gate closer than this to 0 or 1 is saturated: σ' = σ (1 − σ) lets less than 1 % of a gradient through."""
CONSTANT = 1e-6
"""A unit that differs by no more than this between the windows, at every step, is dead."""
PROBES = 4
"""Random vectors by which a Jacobian is measured in each window."""


@dataclass(frozen=True)
class Reading:
    """One layer in one direction, as it read a batch."""

    layer: int
    """From 1, the lowest."""
    backwards: bool
    stride: int
    """Steps of the window from one state to the next: state n lies n · stride steps back."""
    gradient: tuple[float, ...]
    """Norm of ∂loss/∂h over batch and units by lag (T,), the last state read first."""
    jacobian: tuple[float, ...]
    """‖∂h_last/∂h‖ by lag (T,): root mean square of ‖uᵀJ‖ over unit vectors u, 1 for an orthogonal J."""
    dead: float
    """Share of units that are the same in all windows."""
    saturated: Mapping[str, tuple[float, float]]
    """Share of values near 0 and near 1 by gate; empty for a cell without gates."""

    def reach(self, share: float) -> int:
        """Steps back to the last state whose gradient is at least this share of the largest."""
        least = share * max(self.gradient)
        reached = [n for n, norm in enumerate(self.gradient) if norm and norm >= least]
        return self.stride * max(reached, default=0)

    @property
    def kept(self) -> float:
        """Share of its norm that a gradient keeps a step of the window back, as a geometric mean."""
        last = max((n for n, norm in enumerate(self.gradient) if norm), default=0)
        if not last:
            return 0.0
        return float((self.gradient[last] / max(self.gradient)) ** (1 / (self.stride * last)))


@dataclass(frozen=True)
class Diagnosis:
    """What a batch shows of a network."""

    readings: tuple[Reading, ...]
    """Of each layer and direction, the lowest first."""

    @property
    def memory(self) -> int:
        """Memory length: the furthest that any layer's gradient reaches above `MEMORY`."""
        return max(reading.reach(MEMORY) for reading in self.readings)

    @property
    def fade(self) -> int:
        """The furthest that any layer's gradient reaches above `FADED`."""
        return max(reading.reach(FADED) for reading in self.readings)

    @property
    def span(self) -> int:
        """Steps back to the first state that was read."""
        return max(reading.stride * (len(reading.gradient) - 1) for reading in self.readings)

    @property
    def kept(self) -> float:
        """The largest share of its norm that a layer's gradient keeps a step back."""
        return max(reading.kept for reading in self.readings)

    @property
    def growth(self) -> float:
        """The largest norm of a Jacobian product."""
        return max(max(reading.jacobian) for reading in self.readings)

    @property
    def dead(self) -> float:
        """The largest share of dead units of a layer."""
        return max(reading.dead for reading in self.readings)

    @property
    def saturated(self) -> float | None:
        """The largest share of saturated values of a gate; none where no layer has gates."""
        ends = [sum(shares) for reading in self.readings for shares in reading.saturated.values()]
        return max(ends, default=None)

    @property
    def top(self) -> Reading:
        """The top layer, forwards."""
        return next(one for one in reversed(self.readings) if not one.backwards)


def diagnose(network: nn.Module, loss: Callable[[Any, Any], Tensor], batch: Any, seed: int) -> Diagnosis:
    """Measures a network.

    Args:
        network: what has an `encoder`.
        loss: from its outputs and the batch to a scalar.
        batch: a named tuple of tensors.
        seed: of the random vectors; they do not come from the global generator.
    """
    copied: Any = copy.deepcopy(network).double().eval().requires_grad_(requires_grad=True)
    every, inputs = step_by_step(copied.encoder), _double(batch)
    total = loss(copied(inputs), inputs)
    gradients = _norms(total, every)
    return Diagnosis(
        tuple(_reading(one, norms, seed) for one, norms in zip(every, gradients, strict=True)),
    )


def _double(batch: Any) -> Any:
    return batch._make(part.double() if part.is_floating_point() else part for part in batch)


def _norms(total: Tensor, every: Sequence[Visited]) -> list[tuple[float, ...]]:
    """Norm of ∂total/∂h of every layer and state."""
    flat = [state for one in every for state in one.states]
    found = iter(torch.autograd.grad(total, flat, retain_graph=True, allow_unused=True))
    norms = [[_norm(next(found)) for _ in one.states] for one in every]
    return [tuple(reversed(of_one)) for of_one in norms]


def _norm(gradient: Tensor | None) -> float:
    """0 where nothing depends on the state, as before a truncation; infinite where it is no number."""
    norm = 0.0 if gradient is None else float(gradient.norm())
    return math.inf if math.isnan(norm) else norm


def _reading(one: Visited, gradient: tuple[float, ...], seed: int) -> Reading:
    inputs = torch.cat(one.inputs)
    before = tuple(torch.cat(parts) for parts in zip(*one.before, strict=True))
    return Reading(
        layer=one.level,
        backwards=one.backwards,
        stride=one.stride,
        gradient=gradient,
        jacobian=_growth(one.states, seed),
        dead=_dead(one.states),
        saturated={name: _ends(gate) for name, gate in gates_of(one.cell, inputs, before).items()},
    )


def _growth(states: Sequence[Tensor], seed: int) -> tuple[float, ...]:
    """Root mean square of ‖uᵀ ∂h_last/∂h_n‖ over windows and random unit vectors u: about ‖J‖_F / √D."""
    generator, last = torch.Generator().manual_seed(seed), states[-1]
    total = torch.zeros(len(states), dtype=last.dtype)
    for _ in range(PROBES):
        probe = torch.randn(last.shape, generator=generator, dtype=last.dtype)
        probe /= probe.norm(dim=1, keepdim=True)
        found = torch.autograd.grad(last, states, probe, retain_graph=True, allow_unused=True)
        total += torch.tensor([_norm(one) ** 2 / len(last) for one in found], dtype=last.dtype)
    return tuple((total / PROBES).sqrt().flip(0).tolist())


def _dead(states: Sequence[Tensor]) -> float:
    """Share of units whose output is the same in all windows at every step."""
    with torch.no_grad():
        spread = torch.stack([state.amax(dim=0) - state.amin(dim=0) for state in states]).amax(dim=0)
        return float((spread <= CONSTANT).double().mean())


def _ends(gate: Tensor) -> tuple[float, float]:
    """Share of a gate's values near 0 and near 1."""
    near_zero, near_one = gate < SATURATED, gate > 1 - SATURATED
    return float(near_zero.double().mean()), float(near_one.double().mean())
