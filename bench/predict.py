"""How long `reprocast predict` takes for many series, from the panel's file to the written forecasts.

    python bench/predict.py                     1,000 series
    python bench/predict.py --series 10000

Series of 730 days with weekends and noise; an LSTM of three seeds (hidden 32, series embedding 8, look-back
64, horizon 7) with conformal intervals, and the seasonal naive baseline. Weights are random: an untrained
network takes as long as a trained one. Prints seconds after start, that is after the imports and a first
small forecast: for a file that is validated (Parquet and CSV), and for the panel of the last run.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

import numpy as np

from reprocast.baselines.saved import fit_baseline, save_baseline
from reprocast.commands.predict import PANEL, predict
from reprocast.data.sizes import sizes_of
from reprocast.data.windows import Windows
from reprocast.model import Cost, Description, seen_in
from reprocast.panel import Panel, write_panel
from reprocast.params.architecture import Architecture
from reprocast.params.baselines import Baseline
from reprocast.params.columns import Columns
from reprocast.params.window import Split, Window
from reprocast.tasks import part
from reprocast.tasks.forecast.cut import cut
from reprocast.tasks.forecast.kept_intervals import FILE, Intervals
from reprocast.tasks.networks import save_networks

DAYS, LOOK_BACK, HORIZON, SEEDS = 730, 64, 7, (1, 2, 3)
TARGET = "load"
LSTM = Architecture(cell="lstm", hidden=32, series_embedding=8)
COLUMNS = Columns(target=(TARGET,), past=("temperature",), future=("day_of_week",))


def noise(series: int) -> Panel:
    rng, T = np.random.default_rng(1), series * DAYS
    days = np.datetime64("2024-01-01", "us") + np.arange(DAYS) * np.timedelta64(1, "D")
    level = np.repeat(rng.uniform(50, 150, series), DAYS)
    week = np.tile(10 * (np.arange(DAYS) % 7 < 5), series)
    columns = {TARGET: level + week + rng.normal(0, 5, T), "temperature": rng.normal(10, 8, T)}
    return Panel(
        tuple(f"s{n:05d}" for n in range(series)),
        np.arange(series + 1) * DAYS,
        np.tile(days, series),
        columns,
    )


def network(windows: Windows, folder: Path) -> None:
    description = Description(
        kind="network",
        name=folder.name,
        task="forecast",
        block=LSTM.model_dump(mode="json"),
        shared={"runtime": {"threads": 1, "accelerator": "cpu"}},
        seeds=SEEDS,
        **seen_in(windows, 0),
        cost=Cost(parameters=0, multiply_adds=0, optimiser_steps=0),
        fitted={},
        fingerprint="bench",
        windows_sha256="",
    )
    sizes, learn = sizes_of(description, len(windows.ids)), part("forecast", "learn")
    folder.mkdir(parents=True)
    save_networks(description, {seed: learn.build(LSTM, sizes).state_dict() for seed in SEEDS}, folder)
    radii = tuple((0.5 + 0.1 * h, 1 + 0.1 * h) for h in range(HORIZON))
    units = dict(zip(windows.ids, windows.folds[0].score_scale[:, 0].tolist(), strict=True))
    kept = Intervals(
        fingerprint="bench",
        coverages=(0.8, 0.95),
        errors={TARGET: 1},
        radii={TARGET: radii},
        units={TARGET: units},
    )
    (folder.parent / FILE).write_text(kept.sealed().model_dump_json(), encoding="utf-8")


def project(series: int) -> Panel:
    """Models and data of a small project in this folder."""
    panel = noise(series)
    for path in (PANEL, Path("new.parquet")):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_panel(panel, path)
    panel.to_frame().to_csv("new.csv", index=False)
    few = panel.take(panel.series_of_rows() < 2)
    write_panel(few, Path("few.parquet"))
    window = Window(look_back=LOOK_BACK, horizon=HORIZON)
    windows = cut(panel, COLUMNS, window, Split(test=60, validation=60), 7, "D")
    network(windows, Path("networks/lstm"))
    baseline = fit_baseline("seasonal_naive", Baseline(kind="seasonal_naive"), windows, 0, "", "bench")
    folder = Path("models/seasonal_naive")
    folder.mkdir(parents=True)
    save_baseline(baseline, folder)
    return panel


def measure(model: str, file: Path | None) -> tuple[float, float]:
    """Seconds of the wall clock and of CPU time."""
    begun, before = time.perf_counter(), time.process_time()
    predict(Path(), model, file, Path("forecasts.parquet"))
    return time.perf_counter() - begun, time.process_time() - before


def main() -> None:
    parser = argparse.ArgumentParser(description="Seconds of `reprocast predict` after start.")
    parser.add_argument("--series", type=int, default=1000)
    series = parser.parse_args().series
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        project(series)
        begun = time.perf_counter()
        predict(Path(), "networks/lstm", Path("few.parquet"))
        print(f"start: a first forecast of two series {time.perf_counter() - begun:.1f} s")
        print(
            f"{series:,} series x {DAYS} days, look-back {LOOK_BACK}, horizon {HORIZON}; seconds after start"
        )
        for model in ("networks/lstm", "seasonal_naive"):
            for file in (Path("new.parquet"), Path("new.csv"), None):
                wall, cpu = measure(model, file)
                what = f"{file.name}, validated" if file else "panel of the last run"
                print(f"{model:15} {what:23} {wall:6.2f} s ({cpu:.2f} s of CPU time)")
        os.chdir("/")


if __name__ == "__main__":
    main()
