"""A refit is the same training without its validation: on the same windows, the same weights to the bit."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from unit.tasks.test_training import same, training

from reprocast.data.starts import Starts
from reprocast.networks.watch import Epoch
from reprocast.params.architecture import Architecture
from reprocast.params.decoder import Decoder
from reprocast.tasks.refitting import Chosen, refit_seed
from reprocast.tasks.training import Training, train_seed

WAYS: dict[str, dict[str, Any]] = {
    "early": {"max_epochs": 6, "patience": 1, "learning_rate": 0.3, "schedule": "constant"},
    "cosine": {},
    "plateau": {"schedule": "plateau", "learning_rate": 0.2, "max_epochs": 12, "patience": 12},
    "swa": {"averaging": "swa"},
    "ema": {"averaging": "ema"},
    "noise": {"input_noise": 0.1},
    "sampled": {},
    "found": {"learning_rate": "find"},
}

STEPS = 4
"""Of an epoch: 158 windows, 50 a batch."""


def without_validation(t: Training) -> Training:
    """The same windows, and none to validate on."""
    fold = t.windows.folds[0]
    starts = {"train": fold.starts["train"], "validation": Starts.of([])}
    return replace(t, windows=replace(t.windows, folds={0: replace(fold, starts=starts)}))


def chosen_in(trained: Any, epochs: list[Epoch], t: Training) -> Chosen:
    """What the training has settled; the share is read from the rate that was in force."""
    plateau = t.train.schedule == "plateau"
    shares = [epoch.learning_rate / trained.rate if plateau else 1.0 for epoch in epochs]
    return Chosen(trained.best_epoch, trained.rate, shares[: trained.best_epoch])


@pytest.mark.parametrize("way", WAYS)
def test_on_the_same_windows_the_weights_are_the_same_bits(way: str, tmp_path: Path) -> None:
    decoder = Decoder(kind="autoregressive", teacher_forcing=0.8) if way == "sampled" else Decoder()
    t = training(tmp_path, architecture=Architecture(cell="gru", hidden=4, decoder=decoder), **WAYS[way])
    epochs: list[Epoch] = []
    trained = train_seed(t, 3, epochs.append)
    chosen = chosen_in(trained, epochs, t)
    assert way != "early" or trained.best_epoch < len(epochs)
    assert (way == "plateau") == (min(chosen.shares) < 1)
    again = refit_seed(without_validation(t), 3, chosen)
    assert same(dict(again.weights), trained.weights)
    assert again.steps == trained.best_epoch * STEPS
