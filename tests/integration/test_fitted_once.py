"""split.refit false: what the first fold has learned forecasts every later one, and learns nothing there."""

import csv
import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from integration.backtests import BASELINES, DAYS, NETWORKS, TEST, Run, run, weights
from pydantic import ValidationError

from reprocast.baselines.saved import load_baseline
from reprocast.data.window_files import read_windows, write_windows
from reprocast.errors import DataError
from reprocast.panel import read_panel
from reprocast.params.window import Split
from reprocast.stages import evaluate, evaluate_baseline
from reprocast.tasks.forecast.predict import forecast_panel
from reprocast.tasks.forecast.score import read_table
from reprocast.tasks.networks import load_network

FOLDS = 3


@dataclass(frozen=True)
class Runs:
    """Three folds fitted once, and one fold with `data.end` moved back to where the first of them ended."""

    backtest: Run
    back_then: Run


@pytest.fixture(scope="module", params=["standard", "window"])
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    folder, scaling = tmp_path_factory.mktemp("once"), request.param
    return Runs(
        run(folder / "backtest", len(DAYS), FOLDS, "ab", None, scaling, ", refit: false"),
        run(folder / "back_then", len(DAYS) - (FOLDS - 1) * TEST, 1, "ab", None, scaling),
    )


@pytest.mark.parametrize("name", [*NETWORKS, *BASELINES])
def test_nothing_after_the_first_fold_has_reached_a_model(runs: Runs, name: str) -> None:
    """Weights, scalers and coefficients are those of a run whose data end with the first fold."""
    assert weights(runs.backtest, name) == weights(runs.back_then, name)
    said, then = (one.json(f"models/{name}/model.json") for one in (runs.backtest, runs.back_then))
    assert {key for key in said if said[key] != then[key]} <= {"fingerprint", "windows_sha256"}
    assert not (runs.backtest.root / f"models/{name}/folds").exists()
    found, expected = runs.backtest.table(name, 0), runs.back_then.table(name, 0)
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


@pytest.mark.parametrize("name", [*NETWORKS, *BASELINES])
def test_every_later_fold_is_forecast_by_that_model_with_its_scalers(runs: Runs, name: str) -> None:
    """By the model of back then, served from the panel as it was at the cutoff."""
    load = load_network if name in NETWORKS else load_baseline
    model = load(runs.back_then.root / f"models/{name}")
    panel = read_panel(runs.backtest.root / "data/validated/panel.parquet")
    earlier = runs.back_then.table(name, 0).groupby("unique_id")[["loc", "scale"]].first()
    for fold in range(1, FOLDS):
        table = runs.backtest.table(name, fold)
        units = table.groupby("unique_id")[["loc", "scale"]]
        assert (units.nunique() == 1).all(axis=None)
        pd.testing.assert_frame_equal(units.first(), earlier, check_exact=True)
        rows = table[table["seed"].isna() & (table["split"] == "test")]
        both = rows.groupby("cutoff").size().loc[lambda count: count == 2].index
        for cutoff in both[[0, -1]]:
            served = forecast_panel(model, panel.take(panel.ds <= cutoff))
            for series, found in served.groupby("unique_id"):
                expected = rows[(rows["unique_id"] == series) & (rows["cutoff"] == cutoff)]["mean"].iloc[0]
                np.testing.assert_allclose(found["mean"], expected, rtol=1e-5, atol=1e-5)


def test_networks_are_trained_once(runs: Runs) -> None:
    rows = runs.backtest.rows("results/training/gru.csv")
    assert rows == runs.back_then.rows("results/training/gru.csv")
    events = (runs.backtest.root / ".reprocast/events/gru.jsonl").read_text(encoding="utf-8").splitlines()
    begun = [event for event in map(json.loads, events) if event["event"] == "seed_start"]
    assert [(event["fold"], event["seed"]) for event in begun] == [(0, 3), (0, 1)]
    costs = [one.json("models/gru/model.json")["cost"] for one in (runs.backtest, runs.back_then)]
    assert costs[0] == costs[1]


@pytest.mark.parametrize("name", [*NETWORKS, *BASELINES])
def test_validation_is_the_first_fold_s_and_counts_once(runs: Runs, name: str) -> None:
    """It lies before every test, so that it may select."""
    table = read_table(runs.backtest.root / f"results/forecasts/{name}.parquet")
    validation, test = (table[table["split"] == split] for split in ("validation", "test"))
    assert validation["ds"].map(max).max() < test["ds"].map(min).min()
    said = runs.backtest.json(f"results/scores/{name}.json")
    then = runs.back_then.json(f"results/scores/{name}.json")["folds"]["0"]["validation"]
    assert [said["folds"][str(fold)]["validation"] for fold in range(FOLDS)] == [then] * FOLDS
    assert said["pooled"]["validation"] == then
    assert said["fitted"] == 1
    assert not test.duplicated(["unique_id", "cutoff", "seed"]).any()
    assert test["ds"].map(max).max() == DAYS[-1]


def test_the_verdict_says_so(runs: Runs) -> None:
    said = runs.backtest.json("results/comparison/verdict.json")
    assert f"test origins in {FOLDS} folds, fitted once" in said["text"]
    with (runs.backtest.root / "results/comparison/folds.csv").open(encoding="utf-8") as stream:
        assert {row["fold"] for row in csv.DictReader(stream)} == {"0", "1", "2"}


@pytest.mark.parametrize("name", ["gru", "har"])
def test_a_later_fold_with_a_scaler_of_its_own_is_refused(
    runs: Runs, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The leak of a library that fits the scaler on what it tests."""
    monkeypatch.chdir(shutil.copytree(runs.backtest.root, tmp_path / "copy"))
    windows = read_windows(Path("data/windows"))
    tested = np.concatenate([windows.values[rows][-TEST:] for rows in (slice(0, 230), slice(230, None))])
    leaking = replace(windows.folds[2], loc=windows.folds[2].loc + tested.mean(axis=0))
    values = replace(windows, values=np.array(windows.values), folds={**windows.folds, 2: leaking})
    for path in Path("data/windows").rglob("*.npy"):
        path.unlink()
    write_windows(Path("data/windows"), values)
    stage = evaluate if name in NETWORKS else evaluate_baseline
    monkeypatch.setattr("reprocast.stages.evaluating.windows_sha256", lambda _: _trained_on(name))
    with pytest.raises(
        DataError, match=f"models/{name}: the windows of fold 2 are not scaled as those it was"
    ):
        stage.main(name)


def _trained_on(name: str) -> str:
    said: str = json.loads(Path(f"models/{name}/model.json").read_text(encoding="utf-8"))["windows_sha256"]
    return said


def test_false_is_refused_where_it_would_do_nothing() -> None:
    with pytest.raises(ValidationError, match="false does nothing with one fold"):
        Split(test=5, validation=5, refit=False)
