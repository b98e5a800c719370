"""Training where answers are missing: the masked loss of a bare loop, and nothing that is not a number."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from unit.tasks.waves import waves

from reprocast.data.batches import Shuffled
from reprocast.data.tensors import to_tensors
from reprocast.data.windows import Channels, Windows, gather
from reprocast.networks.watch import Epoch
from reprocast.params.architecture import Architecture
from reprocast.params.train import Runtime, Train
from reprocast.tasks.forecast import learn
from reprocast.tasks.training import Training, train_seed


def masked_waves(gone: float = 0.3) -> Windows:
    """The waves, some targets not observed, and two static columns."""
    plain, rng = waves(), np.random.default_rng(3)
    seen = (rng.random(len(plain.values)) >= gone).astype(float)
    seen[:20] = 0  # whole windows without an answer
    values = np.column_stack([plain.values[:, :2], seen, np.ones(len(seen)), plain.values[:, 2]])
    channels = Channels(("y",), ("x",), ("f",), ("observed(y)", "observed(x)"), ("size", "kind=a"))
    fold = plain.folds[0]
    loc, scale = (
        np.insert(part, [2, 2], fill, axis=1) for part, fill in ((fold.loc, 0.0), (fold.scale, 1.0))
    )
    return replace(
        plain,
        values=values,
        channels=channels,
        missing="mask",
        static=np.array([[-1.0, 1.0], [1.0, 0.0]]),
        folds={0: replace(fold, loc=loc, scale=scale)},
    )


def test_the_loss_of_an_epoch_is_the_mean_over_what_was_observed(tmp_path: Path) -> None:
    windows, seed = masked_waves(), 4
    train = Train(batch_size=17, max_epochs=2, learning_rate=0.01, clip_norm=1000.0, schedule="constant")
    training = Training(learn, Architecture(cell="gru", hidden=5), windows, 0, train, Runtime(), tmp_path)
    epochs: list[Epoch] = []
    trained = train_seed(training, seed, epochs.append)
    network, starts = training.network(seed), windows.folds[0].starts
    optimiser = torch.optim.AdamW(network.parameters(), lr=0.01, weight_decay=0.0)
    sampler = Shuffled(len(starts["train"]), seed)
    for epoch, found in enumerate(epochs):
        sampler.set_epoch(epoch)
        order, squares = sampler.order(), []
        for first in range(0, len(order), 17):
            batch = to_tensors(gather(windows, windows.folds[0], starts["train"][order[first : first + 17]]))
            errors = (network(batch) - batch.target)[~batch.target.isnan()].square()
            optimiser.zero_grad()
            errors.mean().backward()
            optimiser.step()
            squares += errors.tolist()
        assert len(squares) < len(order) * windows.horizon
        assert found.train_loss == pytest.approx(np.mean(squares), rel=1e-4)
        assert found.validation_loss == pytest.approx(observed_error(network, windows), rel=1e-4)
    for name, weights in network.state_dict().items():
        assert torch.isfinite(trained.weights[name]).all()
        assert trained.best_epoch != 2 or torch.allclose(weights, trained.weights[name], atol=1e-5)


def observed_error(network: torch.nn.Module, windows: Windows) -> float:
    """Mean squared error over all observed answers of the validation windows, an answer at a time."""
    batch = to_tensors(gather(windows, windows.folds[0], np.asarray(windows.folds[0].starts["validation"])))
    with torch.no_grad():
        outputs = network(batch)
    pairs = zip(outputs.flatten().tolist(), batch.target.flatten().tolist(), strict=True)
    return float(np.mean([(output - answer) ** 2 for output, answer in pairs if answer == answer]))


def test_a_batch_without_any_answer_does_no_harm(tmp_path: Path) -> None:
    whole = masked_waves()
    fold = whole.folds[0]
    few = {**fold.starts, "train": fold.starts["train"][:15]}
    windows = replace(whole, folds={0: replace(fold, starts=few)})
    assert np.isnan(gather(windows, fold, few["train"][:1]).target).all()
    train = Train(batch_size=1, max_epochs=1, learning_rate=0.01)
    training = Training(learn, Architecture(cell="gru", hidden=3), windows, 0, train, Runtime(), tmp_path)
    trained = train_seed(training, 1)
    assert all(torch.isfinite(weights).all() for weights in trained.weights.values())
    assert np.isfinite(trained.best_loss)
