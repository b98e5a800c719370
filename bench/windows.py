"""Batches of windows: one gather against a per-sample Dataset with a DataLoader, in the same process.

    python bench/windows.py            96 + 24 steps, 5 channels, batches of 1,024

Prints windows per second of CPU time (median of 7 passes), their ratio, and the memory that each way takes
on top of the values.
"""

import resource
import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from reprocast.data.windows import Channels, Fold, Windows, gather, series_of

SERIES, ROWS, LOOK_BACK, HORIZON, BATCH, PASSES = 50, 2_000, 96, 24, 1_024, 7
WINDOWS_PER_PASS = 20 * BATCH
CHANNELS = Channels(("y",), ("a", "b"), ("sin", "cos"))


def random_windows() -> Windows:
    """Series of noise, and all windows there are, as training windows."""
    rng = np.random.default_rng(0)
    shape = (SERIES, len(CHANNELS.names))
    steps = LOOK_BACK + HORIZON
    starts = (np.arange(SERIES)[:, None] * ROWS + np.arange(ROWS - steps + 1)).ravel()
    fold = Fold(rng.normal(size=shape), rng.uniform(0.5, 2, shape), np.ones((SERIES, 1)), {"train": starts})
    return Windows(
        values=rng.normal(size=(SERIES * ROWS, shape[1])),
        ds=np.tile(np.arange(ROWS), SERIES),
        ids=tuple(f"s{n:03d}" for n in range(SERIES)),
        offsets=np.arange(SERIES + 1) * ROWS,
        channels=CHANNELS,
        features=CHANNELS,
        look_back=LOOK_BACK,
        horizon=HORIZON,
        season=1,
        calendar="step",
        folds={0: fold},
    )


class PerSample(Dataset[tuple[torch.Tensor, ...]]):
    """The usual way: an example at a time, from scaled tensors, stacked by the DataLoader."""

    def __init__(self, windows: Windows, starts: np.ndarray) -> None:
        fold, of_rows = windows.folds[0], np.repeat(np.arange(SERIES), ROWS)
        self.values = torch.from_numpy((windows.values - fold.loc[of_rows]) / fold.scale[of_rows])
        self.starts, self.series = starts.tolist(), series_of(windows, starts).tolist()

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, i: int) -> tuple[torch.Tensor, ...]:
        start, series = self.starts[i], self.series[i]
        rows = self.values[start : start + LOOK_BACK + HORIZON]
        ahead = rows[LOOK_BACK:]
        return rows[:LOOK_BACK], ahead[:, CHANNELS.future_index], ahead[:, :1], torch.tensor(series)


def gathered(windows: Windows, starts: np.ndarray) -> Iterator[tuple[torch.Tensor, ...]]:
    """Our way."""
    for begin in range(0, len(starts), BATCH):
        batch = gather(windows, windows.folds[0], starts[begin : begin + BATCH])
        yield tuple(map(torch.from_numpy, (batch.past, batch.future, batch.target, batch.series)))


def windows_per_second(batches: Callable[[], Iterator[tuple[torch.Tensor, ...]]]) -> float:
    seconds = []
    for _ in range(PASSES):
        begun = time.process_time()
        count = sum(len(batch[0]) for batch in batches())
        seconds.append((time.process_time() - begun) / count)
    return 1 / statistics.median(seconds)


def peak() -> float:
    """Largest resident memory of this process so far, in MiB (Linux counts in KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def same(ours: Iterator[tuple[torch.Tensor, ...]], theirs: Iterator[tuple[torch.Tensor, ...]]) -> bool:
    return all(
        torch.equal(one, other)
        for a, b in zip(ours, theirs, strict=True)
        for one, other in zip(a, b, strict=True)
    )


def main() -> None:
    torch.set_num_threads(1)
    windows = random_windows()
    starts = np.random.default_rng(1).permutation(windows.folds[0].starts["train"])[:WINDOWS_PER_PASS]
    before = peak()
    ours = windows_per_second(lambda: gathered(windows, starts))
    ours_peak = peak() - before
    samples = PerSample(windows, starts)
    loader = DataLoader(samples, batch_size=BATCH)
    theirs = windows_per_second(lambda: iter(loader))
    if not same(gathered(windows, starts), iter(loader)):
        raise SystemExit("the two ways give different batches")
    theirs_peak = peak() - before
    print(f"{SERIES} series x {ROWS:,} rows, {LOOK_BACK} + {HORIZON} steps, batches of {BATCH:,}, float64")
    print(
        f"values {windows.values.nbytes / 2**20:6.1f} MiB; copied windows would be "
        f"{windows.values.nbytes * (LOOK_BACK + HORIZON) / 2**20:,.0f} MiB"
    )
    print(f"gather                {ours:12,.0f} windows/s   + {ours_peak:5.1f} MiB at the peak")
    print(f"Dataset + DataLoader  {theirs:12,.0f} windows/s   + {theirs_peak:5.1f} MiB at the peak (both)")
    print(f"ratio                 {ours / theirs:12.1f}")


if __name__ == "__main__":
    main()
