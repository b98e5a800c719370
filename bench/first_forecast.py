"""How fast a first forecast is there, with PyTorch and without, and what a streamed step costs.

    python bench/first_forecast.py models/gru      # a network of a finished project, from the project's root

Each start is a fresh process; the fastest of five counts, so that other programs do not. Raw columns come
from a CSV file of one series' last rows. The stream reads drawn values; instance normalisation, with which a
network cannot stream, costs next to nothing.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

REPEATS, STEPS = 5, 400
PANEL = Path("data/validated/panel.parquet")
READER = """
from pathlib import Path
import numpy as np
from reprocast.tasks.forecast.onnx_reader import OnnxForecaster
reader = OnnxForecaster.read(Path({onnx!r}))
past = np.broadcast_to(np.asarray(reader.about["loc"][0]), (1, *reader.shape))
future = np.zeros((1, *reader.ahead)) if reader.ahead[1] else None
reader.forecast(past, [reader.about["series"][0]], future)
"""
RAW = """
import csv
from pathlib import Path
from reprocast.tasks.forecast.onnx_reader import OnnxForecaster
reader = OnnxForecaster.read(Path({onnx!r}))
names, *rows = csv.reader(Path({rows!r}).open())
columns = dict(zip(names, zip(*rows)))
ds = columns.pop("ds")
reader.forecast_after({series!r}, ds, {{name: list(map(float, columns[name])) for name in columns}})
"""
PANELS = """
from pathlib import Path
from reprocast.panel import read_panel
from reprocast.tasks.forecast.predict import forecast_panel
{load}
forecast_panel(model, read_panel(Path({panel!r})))
"""
WITHOUT = """
from reprocast.tasks.forecast.onnx_model import from_onnx
model = from_onnx(Path({onnx!r}).read_bytes())
"""
WITH = """
from reprocast.tasks.networks import load_network
model = load_network(Path({folder!r}))
"""


def started(code: str) -> tuple[float, float]:
    """Seconds on the clock and of the processor of a fresh process, each the least of some."""
    walls, cpus = [], []
    for _ in range(REPEATS):
        before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        walls.append(time.perf_counter() - begin)
        cpus.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(walls), min(cpus)


def starts(folder: Path, onnx: Path) -> None:
    rows = {"ONNX, channels": READER.format(onnx=str(onnx))}
    if PANEL.exists():
        series = last_rows(onnx)
        rows["ONNX, raw columns"] = RAW.format(
            onnx=str(onnx), rows=str(onnx.with_suffix(".csv")), series=series
        )
        for name, load in (("ONNX, a panel", WITHOUT), ("PyTorch, a panel", WITH)):
            load = load.format(onnx=str(onnx), folder=str(folder))
            rows[name] = PANELS.format(load=load, panel=str(PANEL))
    for name, code in rows.items():
        wall, cpu = started(code)
        print(f"start to first forecast, {name}: {wall:.2f} s ({cpu:.2f} s of the processor)")


def last_rows(onnx: Path) -> str:
    """Writes the raw columns of the first series' last rows beside the ONNX file; its name."""
    from reprocast.panel import read_panel
    from reprocast.tasks.forecast.onnx_reader import OnnxForecaster

    reader, panel = OnnxForecaster.read(onnx), read_panel(PANEL)
    frame = panel.to_frame()[: int(panel.offsets[1])].tail(reader.shape[0] + 1)
    frame[["ds", *reader.columns]].to_csv(onnx.with_suffix(".csv"), index=False)
    return panel.ids[0]


def stream(folder: Path) -> None:
    """Microseconds a step at the beginning and after many steps."""
    from reprocast.networks.streaming import beginning
    from reprocast.tasks.forecast.stream_networks import Seeds
    from reprocast.tasks.networks import load_network

    model = load_network(folder)
    seeds, d = Seeds(model.networks, model.description, model.description.series[0]), model.description
    rng, C = np.random.default_rng(1), len(d.loc[0])
    recent = seeds.loc + seeds.scale * rng.normal(size=(d.look_back, C))
    carried = tuple(beginning(network) for network in model.networks)
    for part in ("first", "last"):
        took = []
        for _ in range(STEPS):
            recent = np.concatenate([recent[1:], seeds.loc + seeds.scale * rng.normal(size=(1, C))])
            begin = time.perf_counter()
            carried, tops = seeds.read(carried, recent)
            seeds.forecast(tops or [], recent, np.zeros((d.horizon, len(d.channels.future))))
            took.append(time.perf_counter() - begin)
        said = f"{1e6 * np.median(took):.0f} µs a step with forecast"
        print(f"stream of {len(model.networks)} seeds, {part} {STEPS} steps: {said}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    from reprocast.commands.export import export

    with tempfile.TemporaryDirectory() as scratch:
        onnx = Path(scratch, "model.onnx")
        print(export(folder, onnx))
        starts(folder, onnx)
    stream(folder)


if __name__ == "__main__":
    main()
