"""Training: the same as a bare loop, deterministic, stopped and restored where it should be, and quiet."""

import math
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytorch_lightning as pl
import torch
from torch import nn
from unit.tasks.waves import waves

from reprocast.data.batches import Shuffled, WindowData
from reprocast.data.tensors import to_tensors
from reprocast.data.windows import Windows, gather
from reprocast.errors import InternalError, UnavailableError
from reprocast.networks.unrolled import UnrolledDecoder
from reprocast.networks.watch import Epoch
from reprocast.params.architecture import Architecture
from reprocast.params.decoder import Decoder
from reprocast.params.train import Runtime, Train
from reprocast.tasks.forecast import learn
from reprocast.tasks.training import Training, train_seed

SMALL = Architecture(cell="gru", hidden=6)
SETTINGS: dict[str, Any] = {"batch_size": 50, "max_epochs": 4, "learning_rate": 0.01, "patience": 4}


def training(
    tmp_path: Path, windows: Windows | None = None, architecture: Architecture = SMALL, **changes: Any
) -> Training:
    train = Train(**(SETTINGS | changes))
    return Training(learn, architecture, windows or waves(), 0, train, Runtime(), tmp_path)


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def losses(network: nn.Module, windows: Windows, split: str) -> float:
    """Mean squared error over a split, all windows at once."""
    batch = to_tensors(gather(windows, windows.folds[0], windows.folds[0].starts[split]))
    with torch.no_grad():
        return float((network(batch) - batch.target).double().square().mean())


def test_it_does_what_a_bare_loop_does(tmp_path: Path) -> None:
    t, seed = training(tmp_path, batch_size=30, clip_norm=0.2, weight_decay=0.1), 7
    epochs: list[Epoch] = []
    trained = train_seed(t, seed, epochs.append)
    network, fold = t.network(seed), t.windows.folds[0]
    optimiser = torch.optim.AdamW(network.parameters(), lr=0.01, weight_decay=0.1)
    sampler, step, total, curve = Shuffled(len(fold.starts["train"]), seed), 0, 4 * 6, []
    for epoch in range(4):
        sampler.set_epoch(epoch)
        errors: list[float] = []
        for chosen in np.split(sampler.order(), [30, 60, 90, 120, 150]):
            batch = to_tensors(gather(t.windows, fold, fold.starts["train"][chosen]))
            optimiser.param_groups[0]["lr"] = 0.01 * 0.5 * (1 + math.cos(math.pi * step / total))
            optimiser.zero_grad()
            squares = (network(batch) - batch.target).square()
            squares.mean().backward()
            errors += squares.flatten().tolist()
            norm = torch.cat([p.grad.flatten() for p in network.parameters() if p.grad is not None]).norm()
            for parameter in network.parameters():
                assert parameter.grad is not None
                parameter.grad *= min(1.0, 0.2 / float(norm))
            optimiser.step()
            step += 1
        curve.append((np.mean(errors), losses(network, t.windows, "validation")))
    for found, (train_loss, validation_loss) in zip(epochs, curve, strict=True):
        assert found.train_loss == pytest.approx(train_loss, rel=1e-4)
        assert found.validation_loss == pytest.approx(validation_loss, rel=1e-4)
    assert trained.steps == step == total == t.steps()
    assert trained.best_epoch == 4
    for name, weights in network.state_dict().items():
        assert torch.allclose(weights, trained.weights[name], atol=1e-5), name


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_the_curve_gives_the_rate_of_the_last_step(tmp_path: Path, schedule: str) -> None:
    epochs: list[Epoch] = []
    used: list[float] = []

    class Spy(pl.Callback):
        def on_before_zero_grad(self, trainer: Any, pl_module: Any, optimizer: Any) -> None:
            used.append(optimizer.param_groups[0]["lr"])

    train_seed(training(tmp_path, schedule=schedule), 1, epochs.append, [Spy()])
    shares = [0.5 * (1 + math.cos(math.pi * n / 16)) if schedule == "cosine" else 1.0 for n in range(16)]
    assert used == pytest.approx([0.01 * share for share in shares])
    assert [epoch.learning_rate for epoch in epochs] == pytest.approx(used[3::4])
    assert [epoch.epoch for epoch in epochs] == [1, 2, 3, 4]


def test_a_plateau_lowers_the_rate(tmp_path: Path) -> None:
    """With steps too small to move a weight no epoch is better than the first."""
    rates: list[float] = []
    settings = {"schedule": "plateau", "learning_rate": 1e-30, "max_epochs": 6, "patience": 6}
    train_seed(training(tmp_path, **settings), 1, lambda epoch: rates.append(epoch.learning_rate / 1e-30))
    assert rates == pytest.approx([1, 1, 1, 0.5, 0.5, 0.25])


def test_gradients_are_clipped(tmp_path: Path) -> None:
    before: list[float] = []
    after: list[float] = []

    def norm(module: pl.LightningModule) -> float:
        return math.sqrt(sum(float(p.grad.square().sum()) for p in module.parameters() if p.grad is not None))

    class Spy(pl.Callback):
        def on_before_optimizer_step(self, trainer: Any, pl_module: Any, optimizer: Any) -> None:
            before.append(norm(pl_module))

        def on_train_start(self, trainer: Any, pl_module: Any) -> None:
            trainer.optimizers[0].register_step_pre_hook(lambda *_: after.append(norm(pl_module)))

    epochs: list[Epoch] = []
    train_seed(training(tmp_path, clip_norm=0.05), 1, epochs.append, [Spy()])
    assert min(before) > 0.05
    assert max(after) <= 0.05 * (1 + 1e-5)
    assert [epoch.gradient_norm for epoch in epochs] == pytest.approx(
        [sum(before[n : n + 4]) / 4 for n in range(0, 16, 4)], rel=1e-5
    )


def test_the_best_weights_are_kept_and_training_stops(tmp_path: Path) -> None:
    noise = waves(noise=5.0)  # nothing to learn but the noise itself
    t = training(tmp_path, noise, Architecture(cell="lstm", hidden=24), max_epochs=60, patience=3)
    epochs: list[Epoch] = []
    trained = train_seed(t, 1, epochs.append)
    curve = [epoch.validation_loss for epoch in epochs]
    assert len(curve) < 60
    assert trained.best_epoch == len(curve) - 3 == 1 + int(np.argmin(curve))
    assert trained.best_loss == min(curve) < min(curve[trained.best_epoch :])
    network = t.network(1)
    network.load_state_dict(trained.weights)
    assert losses(network, noise, "validation") == pytest.approx(min(curve), rel=1e-5)
    assert trained.steps == len(curve) * 4


def test_it_learns(tmp_path: Path) -> None:
    t = training(tmp_path, max_epochs=30, patience=30, learning_rate=0.03)
    trained = train_seed(t, 1)
    batch = gather(t.windows, t.windows.folds[0], t.windows.folds[0].starts["validation"])
    assert trained.best_loss < 0.1 * np.square(batch.target).mean()


TOLD = Decoder(kind="autoregressive", teacher_forcing=0.9, teacher_forcing_end=0.3)
ARCHITECTURES = [
    SMALL,
    Architecture(cell="lstm", hidden=6, layers=2, dropout=0.5),
    Architecture(cell="rnn", hidden=6, state_dropout=0.3),
    Architecture(cell="gru", hidden=6, decoder=TOLD),
]


def test_a_decoder_is_told_less_of_the_truth_from_epoch_to_epoch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares: list[float] = []
    t = training(tmp_path, architecture=Architecture(cell="gru", hidden=6, decoder=TOLD))
    at = UnrolledDecoder.at
    monkeypatch.setattr(
        UnrolledDecoder, "at", lambda self, progress: (at(self, progress), shares.append(self.share))
    )
    train_seed(t, 1)
    assert shares == pytest.approx([0.9, 0.7, 0.5, 0.3])


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_same_seed_gives_the_same_bits_whatever_went_before(
    tmp_path: Path, architecture: Architecture
) -> None:
    def once(noise: int, seed: int) -> dict[str, torch.Tensor]:
        torch.manual_seed(noise)
        np.random.seed(noise)
        return train_seed(training(tmp_path, architecture=architecture), seed).weights

    assert same(once(1, seed=3), once(2, seed=3))
    assert not same(once(1, seed=3), once(1, seed=4))


def test_a_fresh_network_depends_on_its_seed_and_leaves_the_generator_alone(tmp_path: Path) -> None:
    before, t = torch.get_rng_state(), training(tmp_path)
    assert same(t.network(1).state_dict(), t.network(1).state_dict())
    assert not same(t.network(1).state_dict(), t.network(2).state_dict())
    assert torch.equal(before, torch.get_rng_state())


def test_a_training_loss_that_is_no_number(tmp_path: Path) -> None:
    epochs: list[Epoch] = []
    said = r"epoch 1, step \d: the training loss is not finite; lower train.learning_rate or train.clip_norm"
    with pytest.raises(InternalError, match=said):
        train_seed(training(tmp_path, learning_rate=1e30), 1, epochs.append)
    assert not epochs


def test_a_validation_loss_that_is_no_number_is_never_the_best(tmp_path: Path) -> None:
    windows = waves()
    last = windows.folds[0].starts["validation"][-1] + windows.look_back
    windows.values[last, 0] = np.inf
    epochs: list[Epoch] = []
    with pytest.raises(InternalError, match="epoch 1: the validation loss is not finite"):
        train_seed(training(tmp_path, windows), 1, epochs.append)
    assert not epochs


@pytest.fixture
def signals() -> Iterator[None]:
    """Puts the handlers back that Lightning changes when it is interrupted.

    A shell starts what it runs in the background with SIGINT ignored; here it must be heard.
    """
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.usefixtures("signals")
def test_a_signal_ends_it_as_an_interruption(tmp_path: Path, number: int) -> None:
    epochs: list[Epoch] = []

    def stop(epoch: Epoch) -> None:
        epochs.append(epoch)
        os.kill(os.getpid(), number)

    with pytest.raises(KeyboardInterrupt):
        train_seed(training(tmp_path), 1, stop)
    assert len(epochs) == 1


def test_it_writes_and_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    train_seed(training(tmp_path), 1)
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_an_accelerator_that_is_not_there(tmp_path: Path) -> None:
    t = Training(learn, SMALL, waves(), 0, Train(), Runtime(accelerator="cuda"), tmp_path)
    with pytest.raises(UnavailableError, match=r"runtime.accelerator: .* set it to cpu"):
        train_seed(t, 1)


def test_validation_data_are_read_in_order_at_each_epoch(tmp_path: Path) -> None:
    data = WindowData(waves(), 0, 7, seed=1)
    targets = [torch.cat([batch.target for batch in data.val_dataloader()]) for _ in range(2)]
    w = data.windows
    expected = to_tensors(gather(w, w.folds[0], w.folds[0].starts["validation"])).target
    assert all(torch.equal(found, expected) for found in targets)
