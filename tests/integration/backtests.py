"""A small project with folds, run in process from the source to the verdict."""

import csv
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from little_adding import add_little

from reprocast.stages import baseline, compare, evaluate, evaluate_baseline, pull, train, window
from reprocast.tasks.forecast.score import read_table

DAYS = pd.date_range("2020-01-01", periods=230)
TEST, LATE, LATER = 25, 30, 140
"""Days of a test span, and before two of the series begin: the last after all training of the first fold."""
PARAMS = """\
task: forecast
seeds: [3, 1]
data: {{source: files, path: x.csv, id: unique_id, end: '{end}', calendar: D, season: 7}}
columns: {{target: [x], past: [z], future: [day_of_week]}}
window: {{look_back: 24, horizon: 3, embargo: 3, missing: leave_out, scaling: {scaling}}}
split: {{test: 25, validation: 40, folds: {folds}, training_steps: {training_steps}{more}}}
architectures:
  gru: {{cell: gru, hidden: 4, layers: 2, dropout: 0.2}}
train: {{batch_size: 32, max_epochs: 2, learning_rate: 0.02}}
baselines: {{naive: {{}}, har: {{}}}}
"""
NETWORKS, BASELINES = ("gru",), ("naive", "har")


def write_data(path: Path, names: str) -> None:
    """Waves with noise; some begin later, and one lacks two values within the last validation span."""
    rng = np.random.default_rng(5)
    parts = []
    for n, name in enumerate(names):
        days = np.arange((0, LATE, LATER)[n], len(DAYS))
        x = 10 * n + np.sin(days / (2 + n)) + 0.2 * rng.standard_normal(len(days)) + 0.01 * days
        z = rng.standard_normal(len(days)).cumsum()
        parts.append(pd.DataFrame({"unique_id": name, "ds": DAYS[days], "x": x, "z": z}))
    parts[0].loc[190:191, "x"] = np.nan
    pd.concat(parts).to_csv(path, index=False)


@dataclass(frozen=True)
class Run:
    """The outputs of one run."""

    root: Path

    def table(self, name: str, fold: int) -> pd.DataFrame:
        """A model's forecasts on one fold, without the fold's number."""
        table = read_table(self.root / f"results/forecasts/{name}.parquet")
        return table[table["fold"] == fold].drop(columns="fold").reset_index(drop=True)

    def json(self, path: str) -> Any:
        return json.loads((self.root / path).read_text(encoding="utf-8"))

    def rows(self, path: str) -> list[dict[str, str]]:
        with (self.root / path).open(encoding="utf-8") as stream:
            return list(csv.DictReader(stream))


def run(
    root: Path, end: int, folds: int, names: str, training_steps: int | None, scaling: str, more: str = ""
) -> Run:
    """Everything from the source to the verdict, in process; validation is left out.

    `more` ends the block `split`.
    """
    before = Path.cwd()
    root.mkdir()
    os.chdir(root)
    try:
        write_data(Path("x.csv"), names)
        steps = "null" if training_steps is None else str(training_steps)
        said = {"end": DAYS[end - 1].date(), "folds": folds, "training_steps": steps}
        said |= {"scaling": scaling, "more": more}
        Path("params.yaml").write_text(PARAMS.format(**said), encoding="utf-8")
        pull.main()
        shutil.copytree("data/raw", "data/validated")
        window.main()
        for name in NETWORKS:
            train.main(name, follow=False)
            evaluate.main(name)
        for name in BASELINES:
            baseline.main(name)
            evaluate_baseline.main(name)
        add_little(*NETWORKS)
        compare.main()
    finally:
        os.chdir(before)
    return Run(root)


def weights(run: Run, name: str, fold: str = "") -> dict[str, bytes]:
    found = (run.root / f"models/{name}/{fold}").glob("*.safetensors")
    return {path.name: path.read_bytes() for path in found}
