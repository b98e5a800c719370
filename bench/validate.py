"""Checks a million rows: `python bench/validate.py [rows] [series]` prints seconds and peak memory.

Four series of hourly prices (or more, shorter ones), every expectation of kind `prices` and every warning, as
the stage runs them. The import of Great Expectations is timed apart: each run of the stage pays it once.
"""

import resource
import sys
import time

import numpy as np

from reprocast.data.splitting import fold_spans, time_grid
from reprocast.data.training_part import Part
from reprocast.data.transforms import derive
from reprocast.panel import Panel
from reprocast.params.columns import Columns
from reprocast.params.data import SampleData
from reprocast.params.validation import Validation
from reprocast.params.window import Split, Window

HOUR = np.timedelta64(1, "h")
COLUMNS = Columns(target=("log_volatility",), past=("log_return", "log_volume"), future=("day_of_week",))


def hourly_prices(rows: int, series: int) -> Panel:
    length = rows // series
    rng = np.random.default_rng(0)
    close = 100 * np.exp(rng.normal(0, 0.01, (series, length)).cumsum(axis=1)).ravel()
    opening = close * np.exp(rng.normal(0, 0.005, len(close)))
    columns = {
        "open": opening,
        "high": np.maximum(opening, close) * 1.001,
        "low": np.minimum(opening, close) / 1.001,
        "close": close,
        "volume": rng.integers(0, 1_000_000, len(close)),
    }
    ds = np.datetime64("2000-01-01", "us") + HOUR * np.arange(length)
    names = tuple(f"s{n:05}" for n in range(series))
    return Panel(names, np.arange(series + 1) * length, np.tile(ds, series), columns)


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    rows, series = [*map(int, sys.argv[1:]), *(1_000_000, 4)[len(sys.argv) - 1 :]]
    panel = hourly_prices(rows, series)
    begun = time.perf_counter()
    from reprocast.data.advice import Subject, advise
    from reprocast.data.checking import check
    from reprocast.data.expectations import expect
    from reprocast.data.expected import Asked
    from reprocast.data.findings import frame_of

    loaded, began, before = time.perf_counter(), time.process_time(), peak_megabytes()
    end = str((panel.ds.max() + HOUR).astype("datetime64[s]"))
    data = SampleData(source="sample", series=panel.ids, end=end, calendar="h", season=24)
    length = len(panel) // series
    window = Window(look_back=min(64, length // 8), horizon=5, embargo=5)
    split = Split(test=min(500, length // 4), validation=min(500, length // 4))
    asked = Asked(data, Validation(), COLUMNS, window, split, tuple(panel.columns))
    errors = expect(asked)
    checked = check(frame_of(panel), errors)
    proven = time.perf_counter()
    assert checked.success
    grid = time_grid(panel.ds, panel.offsets)
    span = fold_spans(grid, split, window.embargo)[-1]["train"]
    features = {
        key: values for name in COLUMNS.target + COLUMNS.past for key, values in derive(panel, name).items()
    }
    warnings = advise(asked, Subject(panel, tuple(features), Part(grid[span.begin], grid[span.end - 1])))
    advised = check(frame_of(panel.with_columns(dict(panel.columns) | features)), warnings)
    done, spent = time.perf_counter(), time.process_time() - began
    found = sum(not one.success for one in advised.outcomes)
    print(
        f"{len(panel)} rows, {series} series, {len(errors)} errors, {len(warnings)} warnings, {found} found"
    )
    print(f"import {loaded - begun:.1f} s   errors {proven - loaded:.1f} s   warnings {done - proven:.1f} s")
    print(f"CPU without the import {spent:.1f} s")
    print(f"peak {peak_megabytes():.0f} MB, of which {before:.0f} MB after the import")


if __name__ == "__main__":
    main()
