"""Heads that answer with quantiles or a distribution, from training to the forecast table and a forecast."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from integration.test_evaluate import HORIZON, LENGTH, make_windows

from reprocast.data.window_files import write_windows
from reprocast.data.windows import Windows, gather
from reprocast.model import levels_of
from reprocast.panel import Panel
from reprocast.stages import train
from reprocast.stages.evaluating import evaluate
from reprocast.tasks.forecast.forecast_table import read_table
from reprocast.tasks.forecast.long_form import to_nixtla
from reprocast.tasks.forecast.predict import forecast_panel
from reprocast.tasks.networks import load_network

PARAMS = """
task: forecast
seeds: [3, 4]
architectures:
  spread: {{cell: gru, hidden: 4, head: {{kind: {kind}, levels: [0.1, 0.5, 0.9]}}}}
train: {{max_epochs: 2, learning_rate: 0.01}}
runtime: {{}}
"""
LEVELS = (0.1, 0.5, 0.9)


@pytest.fixture(params=["quantiles", "gaussian", "student_t"])
def windows(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Windows:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text(PARAMS.format(kind=request.param), encoding="utf-8")
    (tmp_path / "data/windows").mkdir(parents=True)
    made = make_windows()
    write_windows(tmp_path / "data/windows", made)
    train.main("spread", follow=False)
    evaluate("spread", load_network)
    return made


def columns(table: Any) -> np.ndarray:
    return np.stack(table["quantiles"].to_list()).reshape(len(table), HORIZON, len(LEVELS))


def test_the_table_holds_what_the_networks_answer(windows: Windows) -> None:
    table, model = read_table(Path("results/forecasts/spread.parquet")), load_network(Path("models/spread"))
    assert levels_of(model.description) == LEVELS
    fold, starts = windows.folds[0], windows.folds[0].starts["test"][:]
    scaled = model.quantiles(gather(windows, fold, starts))  # -> (S, M, H, K, Q)
    assert scaled.shape == (2, len(starts), HORIZON, 1, 3)
    series = (starts >= LENGTH).astype(int)
    loc, scale = fold.loc[series, 0, None, None], fold.scale[series, 0, None, None]
    for seed, expected in ((None, scaled.mean(axis=0)), (3, scaled[0]), (4, scaled[1])):
        rows = table[table["split"] == "test"]
        rows = rows[rows["seed"].isna() if seed is None else rows["seed"].eq(seed).fillna(False)]
        found = columns(rows)
        assert np.abs(found - (expected[:, :, 0] * scale + loc)).max() < 1e-12
        assert (np.diff(found, axis=2) >= 0).all()
        assert all(tuple(levels) == LEVELS for levels in rows["levels"])


def test_the_long_form_has_a_column_a_level(windows: Windows) -> None:
    table = read_table(Path("results/forecasts/spread.parquet"))
    chosen = table[(table["split"] == "test") & table["seed"].isna()]
    long = to_nixtla(chosen)
    found = columns(chosen)
    for n, level in enumerate(LEVELS):
        assert np.array_equal(long[f"spread-q-{level:g}"].to_numpy(), found[:, :, n].ravel())


def test_a_forecast_of_a_panel_has_its_quantiles(windows: Windows) -> None:
    model = load_network(Path("models/spread"))
    values = {name: windows.values[:, n] for n, name in enumerate(("y", "x"))}
    panel = Panel(("a", "b"), windows.offsets, windows.ds, values)
    forecast = forecast_panel(model, panel)
    assert list(forecast.columns[-3:]) == ["q-0.1", "q-0.5", "q-0.9"]
    assert len(forecast) == 2 * HORIZON
    assert (np.diff(forecast[["q-0.1", "q-0.5", "q-0.9"]].to_numpy(), axis=1) >= 0).all()
