"""What a refit takes over from the scored model, and what it learns anew."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from unit.tasks.waves import waves

from reprocast.baselines.saved import fit_baseline
from reprocast.data.starts import Starts
from reprocast.data.windows import Windows
from reprocast.model import Cost, Description, seen_in
from reprocast.params.architecture import Architecture
from reprocast.params.baselines import ON_VALIDATION, Baseline
from reprocast.params.train import Runtime, Train
from reprocast.tasks.forecast import learn
from reprocast.tasks.refitted_model import refitted_baseline, refitted_network
from reprocast.tasks.training import Training, train_seed

UPDATE: dict[str, Any] = {
    "fingerprint": "f" * 64,
    "validation_end": 149,
    "fitted": {"refit": {"of": "e" * 64, "more": 60}},
}


def everything(windows: Windows) -> Windows:
    """All windows in one fold."""
    fold, last = windows.folds[0], 150 - windows.look_back - windows.horizon + 1
    starts = {"train": Starts.of([*range(last), *range(150, 150 + last)]), "validation": Starts.of([0])}
    return replace(windows, folds={0: replace(fold, starts=starts)})


@pytest.mark.parametrize("kind", ["ridge", "feed_forward", "ewma", "naive"])
def test_what_validation_chose_for_a_baseline_is_held(kind: str) -> None:
    windows = waves()
    scored = fit_baseline(kind, Baseline(kind=kind), windows, 0, "w", "e" * 64).description
    again = refitted_baseline(scored, everything(windows), UPDATE)
    if kind in ("naive", "ewma"):
        assert again is None
        return
    assert {key: again.fitted.get(key) for key in ON_VALIDATION} == {
        key: scored.fitted.get(key) for key in ON_VALIDATION
    }
    assert again.block == scored.block
    assert again.fitted != scored.fitted | UPDATE["fitted"]
    assert (again.fingerprint, again.validation_end) == ("f" * 64, 149)
    assert again.fitted["refit"]["of"] == "e" * 64


def trained(windows: Windows, train: Train, tmp_path: Path) -> tuple[Description, list[dict[str, float]]]:
    """A network with its learning curve as a table says it, five digits a figure."""
    architecture = Architecture(cell="rnn", hidden=3)
    training = Training(learn, architecture, windows, 0, train, Runtime(), tmp_path)
    epochs: list[Any] = []
    found = train_seed(training, 1, epochs.append)
    shared = {"train": train.model_dump(mode="json"), "runtime": Runtime().model_dump(mode="json")}
    curve = [
        {"seed": 1.0, "epoch": float(one.epoch), "learning_rate": float(f"{one.learning_rate:.5g}")}
        for one in epochs
    ]
    fitted = {"best_epoch": found.best_epoch, "learning_rate": found.rate, "best_loss": found.best_loss}
    block = architecture.model_dump(mode="json")
    return Description(
        kind="network", name="rnn", task="forecast", block=block, shared=shared,
        seeds=(1,), **seen_in(windows, 0), cost=Cost(parameters=1, multiply_adds=1, optimiser_steps=9),
        fitted={key: {"1": value} for key, value in fitted.items()},
        fingerprint="e" * 64, windows_sha256="w",
    ), curve  # fmt: skip


@pytest.mark.parametrize("schedule", ["cosine", "plateau"])
def test_a_network_is_trained_as_long_as_before_and_twice_to_the_same_bits(
    schedule: str, tmp_path: Path
) -> None:
    windows = waves()
    train = Train(batch_size=50, max_epochs=5, patience=5, learning_rate=0.013, schedule=schedule)
    scored, curve = trained(windows, train, tmp_path)
    made = [refitted_network(scored, everything(windows), curve, UPDATE, tmp_path) for _ in range(2)]
    (said, weights), (again, others) = made
    assert said == again
    assert all(torch.equal(weights[1][name], others[1][name]) for name in weights[1])
    assert said.fitted["best_epoch"] == scored.fitted["best_epoch"]
    assert "best_loss" not in said.fitted  # nobody has validated it
    batches = -(-2 * (150 - windows.look_back - windows.horizon + 1) // 50)
    assert said.cost.optimiser_steps == scored.fitted["best_epoch"]["1"] * batches
    assert (said.block, said.shared, said.seeds) == (scored.block, scored.shared, scored.seeds)
    assert json.dumps(said.model_dump(mode="json"))
    assert np.isfinite(weights[1]["head.linear.bias"].numpy()).all()
