"""Checks a million rows: `python bench/validate.py [rows]` prints seconds and peak memory.

Four series of hourly prices, every expectation of kind `prices`. The import of Great Expectations is timed
apart: each run of the stage pays it once.
"""

import resource
import sys
import time

import numpy as np

from reprocast.panel import Panel
from reprocast.params.data import SampleData
from reprocast.params.validation import Validation
from reprocast.params.window import Split, Window

SERIES = ("AAPL", "GOOG", "IBM", "MSFT")
HOUR = np.timedelta64(1, "h")


def hourly_prices(rows: int) -> Panel:
    length = rows // len(SERIES)
    rng = np.random.default_rng(0)
    opening, close = rng.uniform(90, 110, (2, length * len(SERIES)))
    columns = {
        "open": opening,
        "high": np.maximum(opening, close) + 1,
        "low": np.minimum(opening, close) - 1,
        "close": close,
        "volume": rng.integers(0, 1_000_000, len(close)),
    }
    ds = np.datetime64("2000-01-01", "us") + HOUR * np.arange(length)
    return Panel(SERIES, np.arange(len(SERIES) + 1) * length, np.tile(ds, len(SERIES)), columns)


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    panel = hourly_prices(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
    begun = time.perf_counter()
    from reprocast.data.checking import check
    from reprocast.data.expectations import expect
    from reprocast.data.findings import frame_of

    loaded, before = time.perf_counter(), peak_megabytes()
    end = str((panel.ds.max() + HOUR).astype("datetime64[s]"))
    data = SampleData(source="sample", series=SERIES, end=end, calendar="h", season=24)
    window, split = Window(look_back=64, horizon=5, embargo=5), Split(test=500, validation=500)
    suite = expect(data, Validation(), window, split, tuple(panel.columns), panel.columns)
    checked = check(frame_of(panel), suite)
    done = time.perf_counter()
    assert checked.success
    print(f"{len(panel)} rows, {len(suite)} expectations")
    print(f"import {loaded - begun:.1f} s   check {done - loaded:.1f} s")
    print(f"peak {peak_megabytes():.0f} MB, of which {before:.0f} MB after the import")


if __name__ == "__main__":
    main()
