"""Reads a panel of 1,000 series x 10,000 steps from CSV and Parquet, as `pull` does, beside pandas.

    python bench/files.py [series] [steps]

Each way is timed in a process of its own, so that its peak memory is its own: request (hash), reading,
checking, the panel, and writing it. pandas reads the CSV only: no check, no order, no panel.
"""

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from reprocast.data.sources.files import ask
from reprocast.panel import Panel, read_panel, write_panel
from reprocast.params.data import FilesData
from reprocast.params.operations import Operations

HOUR = np.timedelta64(1, "h")


def make(folder: Path, series: int, steps: int) -> None:
    """Hourly noise of three decimals, as CSV and Parquet, series one after the other."""
    rng = np.random.default_rng(0)
    ids = pa.DictionaryArray.from_arrays(
        np.repeat(np.arange(series, dtype=np.int32), steps),
        pa.array([f"series-{n:04d}" for n in range(series)]),
    )
    times = pa.array(np.tile(np.datetime64("2020-01-01", "us") + HOUR * np.arange(steps), series))
    table = pa.table({"unique_id": ids, "ds": times, "load": rng.normal(size=len(ids)).round(3)})
    pa.parquet.write_table(table, folder / "panel.parquet")
    text = table.set_column(0, "unique_id", ids.cast(pa.string()))
    text = text.set_column(1, "ds", pa.compute.strftime(times, "%Y-%m-%dT%H:%M:%S").cast(pa.string()))
    for name, style in (("panel.csv", "none"), ("quoted.csv", "all_valid")):
        with (folder / name).open("wb") as stream:
            stream.write(b"unique_id,ds,load\n")
            pa.csv.write_csv(text, stream, pa.csv.WriteOptions(quoting_style=style, include_header=False))


def ours(path: Path) -> tuple[float, float]:
    """Seconds until the panel is there, and until it is written."""
    data = FilesData(
        source="files", path=str(path), id="unique_id", end="2100-01-01", calendar="h", season=24
    )
    begun = time.perf_counter()
    panel = ask(data, Operations()).panel
    read = time.perf_counter() - begun
    write_panel(panel, BytesIO())
    return read, time.perf_counter() - begun


def ours_again(path: Path) -> tuple[float, float]:
    """Seconds to read a stored panel."""
    begun = time.perf_counter()
    panel: Panel = read_panel(path)
    seconds = time.perf_counter() - begun
    assert len(panel)
    return seconds, seconds


def pandas(path: Path) -> tuple[float, float]:
    begun = time.perf_counter()
    frame = pd.read_csv(path, parse_dates=["ds"])
    seconds = time.perf_counter() - begun
    assert len(frame)
    return seconds, seconds


def measured(way: Callable[[Path], tuple[float, float]], path: Path) -> str:
    """Seconds and peak MiB of a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        read, written = pool.apply(way, (path,))
        used = pool.apply(resource.getrusage, (resource.RUSAGE_SELF,))
    cpu, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    return f"{read:6.1f} s read   {written:6.1f} s and written   {cpu:6.1f} s of CPU   peak {peak:6,.0f} MiB"


def main() -> None:
    series, steps = (int(word) for word in (*sys.argv[1:], "1000", "10000")[:2])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, series, steps)
        sizes = {path.name: path.stat().st_size / 2**20 for path in sorted(folder.iterdir())}
        print(
            f"{series:,} series x {steps:,} steps: "
            + ", ".join(f"{n} {s:,.0f} MiB" for n, s in sizes.items())
        )
        print(f"Parquet            {measured(ours, folder / 'panel.parquet')}")
        print(f"CSV                {measured(ours, folder / 'panel.csv')}")
        print(f"CSV with quotes    {measured(ours, folder / 'quoted.csv')}")
        print(f"a stored panel     {measured(ours_again, folder / 'panel.parquet')}")
        print(f"pandas.read_csv    {measured(pandas, folder / 'panel.csv')}")


if __name__ == "__main__":
    main()
