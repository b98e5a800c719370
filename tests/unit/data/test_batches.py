"""Batches: one gather each, every training window once an epoch, an order that (seed, epoch) decide."""

from itertools import chain

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from reprocast.data import batches
from reprocast.data.batches import Batches, InOrder, Shuffled, WindowData
from reprocast.data.starts import Starts
from reprocast.data.tensors import Tensors
from reprocast.data.windows import Channels, Fold, Windows

L, H = 3, 2


def windows(count: int = 23) -> Windows:
    """Two series whose first channel is the row's number, so that a window says where it starts."""
    rows = 2 * (count + L + H)
    values = np.stack([np.arange(rows), np.arange(rows) ** 2, np.arange(rows) % 7], axis=1).astype(float)
    loc, scale = np.zeros((2, 3)), np.ones((2, 3))
    starts = np.concatenate([np.arange(count), rows // 2 + np.arange(count)])
    splits = {"train": Starts.of(starts[: count + 3]), "validation": Starts.of(starts[count + 3 :])}
    return Windows(
        values=values,
        ds=np.tile(np.arange(rows // 2), 2),
        ids=("a", "b"),
        offsets=np.array([0, rows // 2, rows]),
        channels=Channels(("y",), ("x",), ("f",)),
        features=Channels(("y",), ("x",), ("f",)),
        look_back=L,
        horizon=H,
        season=1,
        calendar="step",
        folds={0: Fold(loc, scale, splits)},
    )


def starts_of(batch: Tensors) -> list[int]:
    return [int(row) for row in batch.past[:, 0, 0]]


@given(count=st.integers(1, 40), size=st.integers(1, 50), seed=st.integers(0, 9), epoch=st.integers(0, 9))
def test_a_pass_holds_every_window_once(count: int, size: int, seed: int, epoch: int) -> None:
    w = windows(40)
    starts, sampler = Starts.of(w.folds[0].starts["train"][:count]), Shuffled(count, seed)
    sampler.set_epoch(epoch)
    loader = Batches(w, w.folds[0], starts, size, sampler)
    found = [starts_of(batch) for batch in loader]
    assert sorted(chain.from_iterable(found)) == starts[:].tolist()
    assert len(found) == len(loader)
    assert all(len(batch) == size for batch in found[:-1])


def test_the_order_depends_on_seed_and_epoch_only() -> None:
    def order(seed: int, epoch: int) -> list[int]:
        np.random.seed(epoch)
        torch.manual_seed(epoch)
        sampler = Shuffled(100, seed)
        sampler.set_epoch(epoch)
        assert np.array_equal(sampler.order(), np.random.default_rng([seed, epoch]).permutation(100))
        return sampler.order().tolist()

    orders = {(seed, epoch): order(seed, epoch) for seed in range(3) for epoch in range(3)}
    assert len({tuple(o) for o in orders.values()}) == 9
    again = Shuffled(100, 2)
    for epoch in (2, 0, 1, 2):
        again.set_epoch(epoch)
        assert again.order().tolist() == again.order().tolist() == orders[2, epoch]


def test_iterating_leaves_the_global_generators_alone() -> None:
    before = torch.get_rng_state(), np.random.get_state()[1].tolist()
    list(WindowData(windows(), 0, 4, seed=1).train_dataloader())
    assert torch.equal(before[0], torch.get_rng_state())
    assert before[1] == np.random.get_state()[1].tolist()


def test_validation_is_in_order_and_drops_nothing() -> None:
    w = windows()
    data = WindowData(w, 0, 6, seed=1)
    expected = w.folds[0].starts["validation"][:].tolist()
    assert len(expected) % 6
    for _ in range(2):
        assert list(chain.from_iterable(map(starts_of, data.val_dataloader()))) == expected


def test_a_batch_is_one_gather(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    gather = batches.gather
    monkeypatch.setattr(
        batches, "gather", lambda w, f, starts: calls.append(len(starts)) or gather(w, f, starts)
    )
    data = WindowData(windows(), 0, 10, seed=1)
    assert len(list(data.train_dataloader())) == 3
    assert calls == [10, 10, 6]


def test_a_batch_holds_what_the_values_say() -> None:
    w = windows()
    loader = Batches(w, w.folds[0], Starts.of([2, 30]), 8, InOrder(2))
    (batch,) = loader
    assert [tensor.dtype for tensor in batch] == [torch.float32] * 3 + [torch.int64, torch.float32]
    assert [tuple(tensor.shape) for tensor in batch] == [(2, L, 3), (2, H, 1), (2, H, 1), (2,), (2, 0)]
    assert batch.past[1].tolist() == w.values[30:33].tolist()
    assert batch.target[1, :, 0].tolist() == [33, 34]
    assert batch.future[1, :, 0].tolist() == [33 % 7, 34 % 7]
    assert batch.series.tolist() == [0, 1]
