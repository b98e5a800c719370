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
from reprocast.networks.limits import CONSTANT, FADED, MEMORY, SATURATED
from reprocast.networks.stepping import Visited, step_by_step

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
    cell_gradient: tuple[float, ...]
    """The same of what an LSTM hands on beside h, its c, in which it remembers; empty for other cells."""
    jacobian: tuple[float, ...]
    """‖∂h_last/∂h‖ by lag (T,): root mean square of ‖uᵀJ‖ over unit vectors u, 1 for an orthogonal J."""
    dead: float
    """Share of units that are the same in all windows."""
    saturated: Mapping[str, tuple[float, float]]
    """Share of values near 0 and near 1 by gate; empty for a cell without gates."""

    def reach(self, share: float) -> int:
        """Steps back to the last h or c whose gradient is at least this share of its largest."""
        return self.stride * max(_reached(norms, share) for norms in self.gradients)

    @property
    def kept(self) -> float:
        """Share of its norm that a gradient keeps a step of the window back, as a geometric mean."""
        return max(_kept(norms, self.stride) for norms in self.gradients)

    @property
    def gradients(self) -> tuple[tuple[float, ...], ...]:
        """Of each part of the state."""
        return (self.gradient, self.cell_gradient) if self.cell_gradient else (self.gradient,)


def _reached(norms: Sequence[float], share: float) -> int:
    """Largest lag with at least this share of the largest norm; 0 where there is no gradient."""
    least = share * max(norms)
    return max((n for n, norm in enumerate(norms) if norm and norm >= least), default=0)


def _kept(norms: Sequence[float], stride: int) -> float:
    """From the largest norm to the first state on which anything depends."""
    last = max((n for n, norm in enumerate(norms) if norm), default=0)
    return float((norms[last] / max(norms)) ** (1 / (stride * last))) if last else 0.0


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
    of_states = _norms(total, [one.states for one in every])
    of_cells = _norms(total, [one.cells for one in every])
    measured = zip(every, of_states, of_cells, strict=True)
    return Diagnosis(tuple(_reading(one, h, c, seed) for one, h, c in measured))


def _double(batch: Any) -> Any:
    return batch._make(part.double() if part.is_floating_point() else part for part in batch)


def _norms(total: Tensor, every: Sequence[Sequence[Tensor]]) -> list[tuple[float, ...]]:
    """Norms of the gradient of every layer's states by lag."""
    flat = [state for of_one in every for state in of_one]
    if not flat:
        return [() for _ in every]
    found = iter(torch.autograd.grad(total, flat, retain_graph=True, allow_unused=True))
    norms = [[_norm(next(found)) for _ in of_one] for of_one in every]
    return [tuple(reversed(of_one)) for of_one in norms]


def _norm(gradient: Tensor | None) -> float:
    """0 where nothing depends on the state, as before a truncation; infinite where it is no number."""
    norm = 0.0 if gradient is None else float(gradient.norm())
    return math.inf if math.isnan(norm) else norm


def _reading(one: Visited, of_states: tuple[float, ...], of_cells: tuple[float, ...], seed: int) -> Reading:
    inputs = torch.cat(one.inputs)
    before = tuple(torch.cat(parts) for parts in zip(*one.before, strict=True))
    return Reading(
        layer=one.level,
        backwards=one.backwards,
        stride=one.stride,
        gradient=of_states,
        cell_gradient=of_cells,
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
