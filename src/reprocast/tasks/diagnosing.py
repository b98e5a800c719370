"""Diagnoses the networks of one fold on windows of its validation, as numbers for results/diagnostics."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from reprocast.data.tensors import Tensors, to_tensors
from reprocast.data.windows import gather
from reprocast.deterministic import figure
from reprocast.networks.diagnostics import Diagnosis, Reading, diagnose
from reprocast.networks.limits import LIMITS
from reprocast.networks.remedies import warned
from reprocast.networks.watch import Epoch
from reprocast.tasks.training import Trained, Training

MOST, LEAST, ROOM = 256, 16, 2**22
"""Windows looked at, at most and at least, and how many numbers their states of one layer may have."""


def diagnoses(training: Training, trained: Mapping[int, Trained]) -> dict[int, Diagnosis]:
    """By seed, each network with its best weights; neither weights nor global generators change."""
    batch, found = windows_seen(training), {}
    for seed, one in trained.items():
        network = training.network(seed)
        network.load_state_dict(one.weights)
        loss = training.learn.loss(training.train.loss, network)
        found[seed] = diagnose(network, loss, batch, seed)
    return found


def windows_seen(training: Training) -> Tensors:
    """Validation windows, evenly spaced over all series: the same for all networks of one size."""
    fold, a = training.windows.folds[training.fold], training.architecture
    starts, width = fold.starts["validation"], max(a.of_each_layer("hidden"))
    room = ROOM // (training.windows.look_back * width)
    count = min(len(starts), MOST, max(LEAST, room))
    places = np.linspace(0, len(starts) - 1, count).round().astype(np.int64)
    return to_tensors(gather(training.windows, fold, starts[places]))


def report(training: Training, trained: Mapping[int, Trained], epochs: Sequence[Epoch]) -> dict[str, Any]:
    """Everything that was measured, rounded, with the warnings it gives reason to.

    Args:
        training: what the trainings have in common.
        trained: what they left, by seed.
        epochs: their account.
    """
    found, clipped = diagnoses(training, trained), _clipped(epochs)
    return {
        "schema_version": 1,
        "fold": training.fold,
        "windows": len(windows_seen(training).past),
        "limits": LIMITS,
        "seeds": {str(seed): _of_seed(one, clipped[seed]) for seed, one in found.items()},
        "warnings": warned(found, clipped, training.architecture, training.train),
    }


def _clipped(epochs: Sequence[Epoch]) -> dict[int, float]:
    """By seed, the share of all steps whose gradient was clipped; epochs have the same number of steps."""
    by_seed: dict[int, list[float]] = {}
    for epoch in epochs:
        by_seed.setdefault(epoch.seed, []).append(epoch.clipped)
    return {seed: sum(shares) / len(shares) for seed, shares in by_seed.items()}


def _of_seed(found: Diagnosis, clipped: float) -> dict[str, Any]:
    return {
        "memory": found.memory,
        "fade": found.fade,
        "span": found.span,
        "kept": figure(found.kept),
        "growth": figure(found.growth),
        "dead": figure(found.dead),
        "saturated": figure(found.saturated),
        "clipped": figure(clipped),
        "layers": [_of_reading(one) for one in found.readings],
    }


def _of_reading(one: Reading) -> dict[str, Any]:
    return {
        "layer": one.layer,
        "direction": "backwards" if one.backwards else "forwards",
        "stride": one.stride,
        "gradient": [figure(norm) for norm in one.gradient],
        "cell_gradient": [figure(norm) for norm in one.cell_gradient],
        "jacobian": [figure(norm) for norm in one.jacobian],
        "dead": figure(one.dead),
        "gates": {
            name: {"near_zero": figure(low), "near_one": figure(high)}
            for name, (low, high) in one.saturated.items()
        },
    }
