import tracemalloc

import numpy as np

from reprocast.data.admissible import Series, rows_within
from reprocast.data.held import Shape, held
from reprocast.data.splitting import fold_spans, time_grid
from reprocast.data.windows import Channels
from reprocast.params.window import Split

N, ROWS = 20, 50_000


def test_finding_a_million_windows_takes_no_memory_for_each() -> None:
    ds, offsets = np.tile(np.arange(ROWS), N), np.arange(N + 1) * ROWS
    values = np.random.default_rng(0).normal(size=(N * ROWS, 1))
    values[::10_001] = np.nan
    ids, shape = tuple(f"s{n:02d}" for n in range(N)), Shape(96, 24, "standard")
    tracemalloc.start()
    series = Series(values, ids, offsets, Channels(("y",)), ds, time_grid(ds, offsets))
    (spans,) = fold_spans(series.grid, Split(test=0.1, validation=0.1), 24)
    rows = {name: rows_within(span, series) for name, span in spans.items()}
    found = held(series, rows, shape, np.ones(N, bool))
    kept = [array.nbytes for starts in found.starts.values() for array in (starts.begins, starts.counts)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(map(len, found.starts.values())) > 900_000
    assert sum(kept) < 10_000
    assert peak < 5 * len(ds)  # masks of a byte a row; one start a window would be 8 bytes a row
