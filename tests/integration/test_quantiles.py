"""Heads that answer with quantiles or a distribution, from training to the forecast table and a forecast."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from integration.test_evaluate import HORIZON, LENGTH, make_windows
from scipy import stats
from utilsforecast import losses

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


def test_distributions_are_kept_and_scored_exactly(windows: Windows, request: pytest.FixtureRequest) -> None:
    """A seed's CRPS is that of its own parameters; the mean of normal quantiles is normal again."""
    table, found = read_table(Path("results/forecasts/spread.parquet")), scores_of("spread")
    kind = str(request.node.callspec.params["windows"])
    assert ("parameters" in table) == (kind != "quantiles")
    assert ("crps" in found["overall"]) == (kind == "gaussian")
    assert ("crps" in found["seed"]["3"]) == (kind != "quantiles")
    assert {"pinball", "crps_quantiles", "coverage_80", "msis_80"} <= set(found["overall"])
    assert sum(found["pit"]["shares"]) == pytest.approx(1)
    if kind == "quantiles":
        return
    rows = table[(table["split"] == "test") & table["seed"].eq(3).fillna(False)]
    law = {"gaussian": stats.norm, "student_t": lambda m, s, v: stats.t(v, m, s)}[kind]
    expected = []
    for _, row in rows.iterrows():
        parameters = row["parameters"].reshape(HORIZON, -1)
        for h in range(HORIZON):
            one = law(*parameters[h])
            assert one.ppf(LEVELS) == pytest.approx(row["quantiles"].reshape(HORIZON, -1)[h], rel=1e-4)
            levels = (np.arange(400) + 0.5) / 400
            loss = 2 * np.maximum(
                levels * (row["y"][h] - one.ppf(levels)), (levels - 1) * (row["y"][h] - one.ppf(levels))
            )
            expected.append(loss.mean() / row["scale"])
    assert found["seed"]["3"]["crps"] == pytest.approx(np.mean(expected), rel=2e-3)
    if kind == "gaussian":
        mean = table[(table["split"] == "test") & table["seed"].isna()]
        for _, row in mean.iterrows():
            location, scale = row["parameters"].reshape(HORIZON, 2).T
            found_levels = stats.norm(location[:, None], scale[:, None]).ppf(LEVELS)
            assert found_levels == pytest.approx(row["quantiles"].reshape(HORIZON, 3), rel=1e-4, abs=1e-5)


def scores_of(name: str) -> Any:
    return json.loads(Path(f"results/scores/{name}.json").read_text(encoding="utf-8"))["folds"]["0"]["test"]


def test_the_long_form_has_a_column_a_level(windows: Windows) -> None:
    table = read_table(Path("results/forecasts/spread.parquet"))
    chosen = table[(table["split"] == "test") & table["seed"].isna()]
    long = to_nixtla(chosen)
    found = columns(chosen)
    for n, level in enumerate(LEVELS):
        assert np.array_equal(long[f"spread-q-{level:g}"].to_numpy(), found[:, :, n].ravel())
    assert np.array_equal(long["spread-lo-80"], long["spread-q-0.1"])
    assert np.array_equal(long["spread-hi-80"], long["spread-q-0.9"])
    theirs = losses.coverage(long, ["spread"], 80)["spread"].mean()  # a mean a series and cutoff
    assert scores_of("spread")["overall"]["coverage_80"] == pytest.approx(theirs, abs=1e-9)
    winkler = losses.winkler_score(long, ["spread-split"], 80)["spread-split"]
    assert np.isfinite(winkler).all(), "utilsforecast reads conformal intervals by the name of their method"


def test_a_forecast_of_a_panel_has_its_quantiles(windows: Windows) -> None:
    model = load_network(Path("models/spread"))
    values = {name: windows.values[:, n] for n, name in enumerate(("y", "x"))}
    panel = Panel(("a", "b"), windows.offsets, windows.ds, values)
    forecast = forecast_panel(model, panel)
    assert list(forecast.columns[-3:]) == ["q-0.1", "q-0.5", "q-0.9"]
    assert len(forecast) == 2 * HORIZON
    assert (np.diff(forecast[["q-0.1", "q-0.5", "q-0.9"]].to_numpy(), axis=1) >= 0).all()
