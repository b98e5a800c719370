"""Rounds of a small seasonal project in process: outputs without a registry, built once and copied."""

import os
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from reprocast.data.sizes import sizes_of
from reprocast.data.window_files import read_windows, windows_sha256
from reprocast.deterministic import sha256_of_text
from reprocast.model import Cost, Description, seen_in
from reprocast.params.architecture import Architecture
from reprocast.stages import baseline, evaluate, evaluate_baseline, pull, window
from reprocast.tasks.forecast import learn
from reprocast.tasks.networks import save_networks

DAYS = pd.date_range("2021-01-01", periods=460)
PARAMS = """\
schema_version: 1
task: forecast
seeds: [1]
data: {{source: files, path: x.csv, id: unique_id, end: "{end}", calendar: D, season: 7}}
validation: {{}}
columns: {{target: [x]}}
window: {{look_back: {look_back}, horizon: 2, embargo: 2}}
split: {{test: 120, validation: 40}}
architectures: {{gru: {{cell: gru, hidden: 2}}}}
train: {{max_epochs: 1}}
baselines: {{{baselines}}}
compare: {{}}
runtime: {{}}
"""
CURVE = """\
fold,seed,epoch,train_loss,validation_loss,learning_rate,gradient_norm,clipped
0,1,1,1.5,1.25,0.003,2,1
"""


def weekly() -> pd.DataFrame:
    """Two series with a week's pattern and noise: the value a week ago beats the last one by far."""
    rng = np.random.default_rng(7)
    days = np.arange(len(DAYS))
    parts = [
        pd.DataFrame(
            {
                "unique_id": name,
                "ds": DAYS,
                "x": 10 + n + 2 * np.sin(2 * np.pi * days / 7) + 0.3 * rng.normal(size=len(days)),
            }
        )
        for n, name in enumerate("AB")
    ]
    return pd.concat(parts)


def play(
    root: Path,
    days: int,
    baselines: tuple[str, ...],
    look_back: int = 14,
    data: pd.DataFrame | None = None,
) -> None:
    """Makes the outputs of a round up to the n-th day; the network has drawn its weights and not learned."""
    before = Path.cwd()
    root.mkdir(parents=True, exist_ok=True)
    os.chdir(root)
    try:
        (weekly() if data is None else data).to_csv("x.csv", index=False)
        entries = ", ".join(f"{name}: {{}}" for name in baselines)
        text = PARAMS.format(end=DAYS[days - 1].date(), baselines=entries, look_back=look_back)
        Path("params.yaml").write_text(text, encoding="utf-8")
        Path("dvc.lock").write_text(f"# stands for the lock of\n{text}", encoding="utf-8")
        for folder in ("models", "results"):
            shutil.rmtree(folder, ignore_errors=True)
        _cut()
        draw("gru")
        for name in baselines:
            baseline.main(name)
            evaluate_baseline.main(name)
    finally:
        os.chdir(before)


def go_on(root: Path, data: pd.DataFrame, days: int) -> None:
    """New data in the working directory, up to the n-th day; nothing is fitted to them."""
    data.to_csv(root / "x.csv", index=False)
    text = (root / "params.yaml").read_text(encoding="utf-8")
    text = re.sub('end: "[^"]*"', f'end: "{DAYS[days - 1].date()}"', text)
    (root / "params.yaml").write_text(text, encoding="utf-8")
    _cut()


def _cut() -> None:
    """From the source to windows; what is pulled is taken for valid."""
    shutil.rmtree("data/validated", ignore_errors=True)
    pull.main()
    shutil.copytree("data/raw", "data/validated")
    window.main()


def draw(name: str) -> None:
    """A network that was never trained, and its scores."""
    windows, sha256 = read_windows(Path("data/windows")), windows_sha256(Path("data/windows"))
    block = Architecture(cell="gru", hidden=2)
    said = Description(
        kind="network",
        name=name,
        task="forecast",
        block=block.model_dump(mode="json"),
        shared={"runtime": {"threads": 1}},
        seeds=(1,),
        **seen_in(windows, 0),
        cost=Cost(parameters=40, multiply_adds=900, optimiser_steps=1),
        fitted={},
        fingerprint=sha256_of_text(f"{name} {sha256}"),
        windows_sha256=sha256,
    )
    torch.manual_seed(1)
    network = learn.build(block, sizes_of(said, len(said.series)))
    folder = Path("models") / name
    folder.mkdir(parents=True)
    save_networks(said, {1: network.state_dict()}, folder)
    Path("results/training").mkdir(parents=True, exist_ok=True)
    Path(f"results/training/{name}.csv").write_text(CURVE)
    evaluate.main(name)
