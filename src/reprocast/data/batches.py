"""Batches for training and validation: each is one gather from the memory-mapped values.

Which windows a batch holds depends on (seed, epoch) and its place only, so that a run that was stopped
finds its way back without a saved generator.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytorch_lightning as pl
from numpy.typing import NDArray

from reprocast.data.starts import Starts
from reprocast.data.tensors import Tensors, to_tensors
from reprocast.data.windows import Fold, Ints, Windows, gather


class Shuffled:
    """An order of `count` windows for each epoch, drawn from (seed, epoch); it has no state to lose."""

    def __init__(self, count: int, seed: int) -> None:
        self.count, self.seed, self.epoch = count, seed, 0

    def set_epoch(self, epoch: int) -> None:
        """Called by Lightning at the start of each epoch (from 0)."""
        self.epoch = epoch

    def order(self) -> NDArray[np.integer[Any]]:
        """The current epoch's order (M,): each window once.

        The same as `permutation(count)`, in half the memory where four bytes hold a place.
        """
        small = self.count < 2**31
        places: NDArray[Any] = np.arange(self.count, dtype=np.int32 if small else np.int64)
        np.random.default_rng([self.seed, self.epoch]).shuffle(places)
        return places


class InOrder:
    """The windows as they stand."""

    def __init__(self, count: int) -> None:
        self.count = count

    def order(self) -> Ints:
        """0 … M−1."""
        return np.arange(self.count)


class Batches:
    """A pass over the windows at `starts` (M,), `size` at a time; the last batch may be smaller.

    Lightning takes any iterable; PyTorch's DataLoader would draw from the global generator.
    """

    batch_sampler = None
    """Lightning asks for it beside `sampler`, as if this were a DataLoader."""

    def __init__(
        self, windows: Windows, fold: Fold, starts: Starts, size: int, sampler: Shuffled | InOrder
    ) -> None:
        self.windows, self.fold, self.starts, self.size = windows, fold, starts, size
        self.sampler = sampler

    def __len__(self) -> int:
        """Batches in a pass."""
        return -(-len(self.starts) // self.size)

    def __iter__(self) -> Iterator[Tensors]:
        """Each batch (B ≤ size)."""
        order = self.sampler.order()
        for first in range(0, len(order), self.size):
            chosen = self.starts[order[first : first + self.size]]
            yield to_tensors(gather(self.windows, self.fold, chosen))


class WindowData(pl.LightningDataModule):
    """One fold's training windows, shuffled, and its validation windows, in order."""

    def __init__(self, windows: Windows, fold: int, batch_size: int, seed: int) -> None:
        super().__init__()
        self.windows, self.fold = windows, windows.folds[fold]
        self.batch_size, self.seed = batch_size, seed

    def train_dataloader(self) -> Batches:
        """Every training window once an epoch."""
        sampler = Shuffled(len(self.fold.starts["train"]), self.seed)
        return self._batches("train", sampler)

    def val_dataloader(self) -> Batches:
        """Every validation window, always in the same order."""
        return self._batches("validation", InOrder(len(self.fold.starts["validation"])))

    def _batches(self, split: str, sampler: Shuffled | InOrder) -> Batches:
        return Batches(self.windows, self.fold, self.fold.starts[split], self.batch_size, sampler)
