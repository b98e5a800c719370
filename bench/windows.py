"""Batches of windows: one gather against a per-sample Dataset with a DataLoader, in the same process.

    python bench/windows.py            50 series x 2,000 steps
    python bench/windows.py --large    10,000 x 10,000 steps, 1.6 GB in a temporary folder; two minutes

Windows of 96 + 24 steps in batches of 1,024. Prints windows per second of CPU time on one core (median of
several passes) and their ratio; for the large case also what finding all windows takes, and the peak of
memory.
"""

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

from reprocast.data.admissible import Series
from reprocast.data.folds import make_fold
from reprocast.data.held import Shape
from reprocast.data.splitting import fold_spans, time_grid
from reprocast.data.starts import Starts
from reprocast.data.window_files import read_windows, write_windows
from reprocast.data.windows import Channels, Fold, Ints, Windows, gather
from reprocast.params.window import Split

LOOK_BACK, HORIZON, BATCH, PASSES, BATCHES = 96, 24, 1_024, 7, 20
SMALL, LARGE = (50, 2_000, 5), (10_000, 10_000, 1)
"""Series, steps, channels."""
CHANNELS = {1: Channels(("y",)), 5: Channels(("y",), ("a", "b"), ("sin", "cos"))}


def random_windows(folder: Path, series: int, steps: int, channels: int) -> Windows:
    """Noise, written and mapped from `folder`, cut into windows by time."""
    rng, offsets = np.random.default_rng(0), np.arange(series + 1) * steps
    values = np.lib.format.open_memmap(folder / "noise.npy", "w+", np.float64, (series * steps, channels))
    ds = np.lib.format.open_memmap(folder / "steps.npy", "w+", np.int64, (series * steps,))
    for begin, end in pairwise(offsets):
        values[begin:end], ds[begin:end] = rng.normal(size=(steps, channels)), np.arange(steps)
    ids = tuple(f"s{n:05d}" for n in range(series))
    return Windows(
        values=values,
        ds=ds,
        ids=ids,
        offsets=offsets,
        channels=CHANNELS[channels],
        features=CHANNELS[channels],
        look_back=LOOK_BACK,
        horizon=HORIZON,
        season=1,
        calendar="step",
        folds={0: make_index(values, ds, ids, offsets)},
        static=np.empty((series, 0)),
    )


def make_index(values: np.ndarray, ds: np.ndarray, ids: tuple[str, ...], offsets: Ints) -> Fold:
    """Finds the windows of all splits and fits the scalers; says what it took if there are many."""
    begun, before = time.perf_counter(), time.process_time()
    series = Series(values, ids, offsets, CHANNELS[values.shape[1]], ds, time_grid(ds, offsets))
    (spans,) = fold_spans(series.grid, Split(test=0.1, validation=0.1), 0)
    fold = make_fold(series, spans, Shape(LOOK_BACK, HORIZON, "standard", 1))
    if len(ids) == LARGE[0]:
        count = sum(map(len, fold.starts.values()))
        wall, cpu = time.perf_counter() - begun, time.process_time() - before
        print(f"index of {count:,} windows, with scalers: {wall:.1f} s ({cpu:.1f} s of CPU time)")
    return fold


def written(folder: Path, windows: Windows) -> Windows:
    """The same windows as the stage leaves them and the next stage finds them."""
    begun = time.perf_counter()
    write_windows(folder, windows)
    middle = time.perf_counter()
    found = read_windows(folder)
    runs = sum(path.stat().st_size for path in (folder / "starts").rglob("*.npy"))
    print(
        f"written in {middle - begun:.1f} s, opened with all hashes checked in "
        f"{time.perf_counter() - middle:.1f} s; starts take {runs / 2**20:.2f} MiB"
    )
    return found


def gathered(windows: Windows, chosen: Ints) -> Iterator[tuple[np.ndarray, ...]]:
    """Our way."""
    for begin in range(0, len(chosen), BATCH):
        batch = gather(windows, windows.folds[0], chosen[begin : begin + BATCH])
        yield batch.past, batch.future, batch.target, batch.series


def windows_per_second(batches: Callable[[], Iterator[tuple[np.ndarray, ...]]]) -> float:
    seconds = []
    for _ in range(PASSES):
        begun = time.process_time()
        count = sum(len(batch[0]) for batch in batches())
        seconds.append((time.process_time() - begun) / count)
    return 1 / statistics.median(seconds)


def peak() -> float:
    """Largest resident memory of this process so far, mapped files included, in MiB (Linux counts in KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def shuffled(starts: Starts) -> Ints:
    """Windows of the first batches of an epoch."""
    begun = time.perf_counter()
    places = np.arange(len(starts), dtype=np.int32)  # as data/batches.py, which needs Lightning
    np.random.default_rng([1, 0]).shuffle(places)
    print(f"shuffled {len(starts):,} windows in {time.perf_counter() - begun:.1f} s")
    return starts[places[: BATCHES * BATCH]]


def main() -> None:
    parser = argparse.ArgumentParser(description="Windows per second of CPU time.")
    parser.add_argument("--large", action="store_true", help="10,000 series x 10,000 steps")
    series, steps, channels = LARGE if parser.parse_args().large else SMALL
    print(f"{series:,} series x {steps:,} steps, {channels} channels, {LOOK_BACK} + {HORIZON} steps, float64")
    with tempfile.TemporaryDirectory() as folder:
        windows = random_windows(Path(folder), series, steps, channels)
        windows = written(Path(folder), windows)
        size = windows.values.nbytes / 2**20
        print(f"values take {size:,.1f} MiB; copied windows would be {size * (LOOK_BACK + HORIZON):,.0f} MiB")
        chosen = shuffled(windows.folds[0].starts["train"])
        ours = windows_per_second(lambda: gathered(windows, chosen))
        print(f"peak of memory so far: {peak() / 1024:.2f} GiB, mapped files included")
        compare(windows, chosen, ours)


def compare(windows: Windows, chosen: Ints, ours: float) -> None:
    """The same windows from a per-sample Dataset (imported late: torch takes memory, too)."""
    from per_sample import loader

    theirs = loader(windows, chosen, BATCH)
    for one, other in zip(gathered(windows, chosen), theirs, strict=True):
        if not all(np.array_equal(a, b) for a, b in zip(one, other, strict=True)):
            raise SystemExit("the two ways give different batches")
    rate = windows_per_second(lambda: iter(theirs))
    print(f"gather                {ours:12,.0f} windows/s")
    print(f"Dataset + DataLoader  {rate:12,.0f} windows/s")
    print(f"ratio                 {ours / rate:12.1f}")


if __name__ == "__main__":
    main()
