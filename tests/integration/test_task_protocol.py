"""A second task goes through every stage without a line changed in stages/."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from little_adding import add_little

from reprocast import tasks
from reprocast.panel import from_frame, write_panel
from reprocast.stages import baseline, compare, evaluate, evaluate_baseline, train, window
from reprocast.tasks.forecast.score import read_table

PARAMS = """\
task: rise
seeds: [1, 2]
data: {source: files, path: x.csv, end: 599, calendar: step, season: 1}
columns: {target: [x]}
window: {look_back: 8, horizon: 2, embargo: 2}
split: {test: 100, validation: 100}
architectures:
  gru: {cell: gru, hidden: 8}
train: {batch_size: 64, max_epochs: 12, learning_rate: 0.02, patience: 12}
baselines: {naive: {}, drift: {}}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(tasks.TASKS, "rise", "toy_task")
    Path("params.yaml").write_text(PARAMS, encoding="utf-8")
    steps = np.arange(600)
    noise = np.random.default_rng(3).normal(size=(2, 600))
    # Reverts to a sine at once, so that whether it rises can be foreseen from the last two values.
    parts = [
        pd.DataFrame({"unique_id": name, "ds": steps, "x": np.sin(steps / (3 + n)) + 0.1 * noise[n]})
        for n, name in enumerate("ab")
    ]
    Path("data/validated").mkdir(parents=True)
    write_panel(from_frame(pd.concat(parts)), Path("data/validated/panel.parquet"))
    return tmp_path


def test_another_task_flows_through_the_stages(project: Path) -> None:
    window.main()
    train.main("gru", follow=False)
    evaluate.main("gru")
    for name in ("naive", "drift"):
        baseline.main(name)
        evaluate_baseline.main(name)
    add_little("gru")
    compare.main()
    table = read_table(Path("results/forecasts/gru.parquet"))
    labels = np.unique(np.stack(table["y"].to_list()))
    chances = np.stack(table["mean"].to_list())
    assert labels.tolist() == [0.0, 1.0]
    assert 0 < chances.min() < chances.max() < 1
    metrics = json.loads(Path("metrics.json").read_text(encoding="utf-8"))["test_mae"]
    assert metrics["naive"] == 0.5  # the last value itself: neither up nor down
    assert metrics["gru"] < 0.25
    assert json.loads(Path("models/gru/model.json").read_text(encoding="utf-8"))["task"] == "rise"


def test_an_unknown_task_is_refused(project: Path) -> None:
    text = PARAMS.replace("task: rise", "task: guess")
    Path("params.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(tasks.ParamsError, match="task: 'guess' is not one of forecast, rise"):
        window.main()
