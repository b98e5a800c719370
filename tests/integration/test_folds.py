"""Rolling folds through the stages: each fold is what a run of its own would have given at its time."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from integration.backtests import BASELINES, DAYS, NETWORKS, TEST, Run, run, weights

from reprocast.errors import DataError
from reprocast.stages import evaluate, evaluate_baseline, train
from reprocast.tasks import networks
from reprocast.tasks.forecast.score import read_table


@dataclass(frozen=True)
class Runs:
    """The same data three times."""

    backtest: Run
    """Two folds."""
    today: Run
    """One fold at the same time."""
    back_then: Run
    """One fold, with `data.end` moved back to where the first of the two ended."""
    names: str
    """The series."""


@pytest.fixture(
    scope="module", params=[("ab", None, "standard"), ("abc", 90, "window")], ids=["growing", "sliding"]
)
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    folder = tmp_path_factory.mktemp("folds")
    return Runs(
        run(folder / "backtest", len(DAYS), 2, *request.param),
        run(folder / "today", len(DAYS), 1, *request.param),
        run(folder / "back_then", len(DAYS) - TEST, 1, *request.param),
        request.param[0],
    )


@pytest.mark.parametrize("name", [*NETWORKS, *BASELINES])
def test_the_deployed_fold_is_a_run_without_folds(runs: Runs, name: str) -> None:
    found, expected = runs.backtest.table(name, 1), runs.today.table(name, 0)
    assert len(expected) > 90
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert weights(runs.backtest, name) == weights(runs.today, name)


@pytest.mark.parametrize("name", [*NETWORKS, *BASELINES])
def test_an_earlier_fold_is_a_run_at_its_time(runs: Runs, name: str) -> None:
    """Nothing that came after its end has reached it: not a bit of weights or forecasts differs."""
    found, expected = runs.backtest.table(name, 0), runs.back_then.table(name, 0)
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert found["ds"].map(max).max() == DAYS[len(DAYS) - TEST - 1]
    assert weights(runs.backtest, name, "folds/0/") == weights(runs.back_then, name)
    said = runs.backtest.json(f"models/{name}/folds/0/model.json")
    then = runs.back_then.json(f"models/{name}/model.json")
    differ = {key for key in said if said[key] != then[key]}
    unborn = {"series", "loc", "scale", "shown", "static"} if "c" in runs.names else set()
    assert differ <= {"folds", "fingerprint", "windows_sha256"} | unborn
    assert set(found["unique_id"]) == {"a", "b"}


def test_the_folds_differ(runs: Runs) -> None:
    """So that it means something that each agrees with a run of its own."""
    for name in NETWORKS:
        assert len(weights(runs.backtest, name)) == 2
        assert weights(runs.backtest, name) != weights(runs.backtest, name, "folds/0/")
    fitted = [runs.backtest.json(f"models/har/{fold}model.json")["fitted"] for fold in ("", "folds/0/")]
    assert fitted[0] != fitted[1]


def test_the_description_is_that_of_the_deployed_fold(runs: Runs) -> None:
    """But for the cost, which is that of the whole backtest."""
    for name in (*NETWORKS, *BASELINES):
        said, today = (run.json(f"models/{name}/model.json") for run in (runs.backtest, runs.today))
        assert (said.pop("folds"), said.pop("fold")) == (2, 1)
        costs, earlier = said.pop("cost"), runs.backtest.json(f"models/{name}/folds/0/model.json")
        own = today.pop("cost")
        assert costs["optimiser_steps"] == own["optimiser_steps"] + earlier["cost"]["optimiser_steps"]
        assert costs["parameters"] == own["parameters"]
        assert {key for key in said if said[key] != today[key]} == {"fingerprint", "windows_sha256"}


def test_curves_have_a_row_a_fold_seed_and_epoch(runs: Runs) -> None:
    rows = runs.backtest.rows("results/training/gru.csv")
    found = [tuple(row[key] for key in ("fold", "seed", "epoch")) for row in rows]
    assert found == [(fold, seed, epoch) for fold in "01" for seed in "31" for epoch in "12"]
    then = runs.back_then.rows("results/training/gru.csv")
    assert [row for row in rows if row["fold"] == "0"] == then


def scaled(table: pd.DataFrame) -> pd.DataFrame:
    """Mean absolute scaled error of each row of the deployed model, with its cutoff and targets' times."""
    rows = table[table["seed"].isna()]
    errors = [
        float(np.mean(np.abs(np.asarray(y) - np.asarray(mean)))) / scale
        for y, mean, scale in zip(rows["y"], rows["mean"], rows["scale"], strict=True)
    ]
    return rows.assign(error=errors)


@pytest.mark.parametrize("name", ["gru", "naive"])
def test_the_test_is_pooled_over_folds(runs: Runs, name: str) -> None:
    rows = scaled(read_table(runs.backtest.root / f"results/forecasts/{name}.parquet"))
    test = rows[rows["split"] == "test"]
    said = runs.backtest.json(f"results/scores/{name}.json")
    assert said["pooled"]["test"]["overall"]["mae"] == pytest.approx(test["error"].mean())
    for fold in (0, 1):
        own = test.loc[test["fold"] == fold, "error"].mean()
        assert said["folds"][str(fold)]["test"]["overall"]["mae"] == pytest.approx(own)
    assert not test.duplicated(["unique_id", "cutoff"]).any()
    board = {row["model"]: row for row in runs.backtest.rows("results/leaderboard.csv")}
    assert float(board[name]["mae"]) == pytest.approx(test["error"].mean(), rel=1e-4)


def test_what_an_earlier_fold_is_tested_on_selects_nothing(runs: Runs) -> None:
    rows = scaled(read_table(runs.backtest.root / "results/forecasts/gru.parquet"))
    tested = rows[(rows["split"] == "test") & (rows["fold"] == 0)]
    first, last = tested["ds"].map(min).min(), tested["ds"].map(max).max()
    validation = rows[rows["split"] == "validation"]
    clear = [
        fold == 0 or all(day < first or day > last for day in days)
        for fold, days in zip(validation["fold"], validation["ds"], strict=True)
    ]
    assert 0 < sum(clear) < len(clear)
    assert any(fold for fold, keep in zip(validation["fold"], clear, strict=True) if keep)
    found = runs.backtest.json("results/scores/gru.json")["pooled"]["validation"]["overall"]["mae"]
    assert found == pytest.approx(validation.loc[clear, "error"].mean())
    board = {row["model"]: row for row in runs.backtest.rows("results/leaderboard.csv")}
    assert float(board["gru"]["validation_mae"]) == pytest.approx(found, rel=1e-4)


def test_origins_and_folds_are_said(runs: Runs) -> None:
    table = runs.backtest.table("gru", 0), runs.backtest.table("gru", 1)
    cutoffs = [part.loc[part["split"] == "test", "cutoff"].unique() for part in table]
    verdict = runs.backtest.json("results/comparison/verdict.json")
    total = len(cutoffs[0]) + len(cutoffs[1])
    assert verdict["folds"] == 2
    assert f"{total} test origins" in verdict["text"]
    assert {int(test["origins"]) for test in verdict["tests"]} == {total}
    folds = runs.backtest.rows("results/comparison/folds.csv")
    assert len(folds) == 2 * 3
    for row in folds:
        fold = int(row["fold"])
        own = np.sort(cutoffs[fold])
        assert int(row["origins"]) == len(own)
        assert [row["first_cutoff"], row["last_cutoff"]] == [str(own[n])[:10] for n in (0, -1)]
        said = runs.backtest.json(f"results/scores/{row['model']}.json")["folds"][row["fold"]]
        assert float(row["mae"]) == pytest.approx(said["test"]["overall"]["mae"], rel=1e-4)
        assert float(row["validation_mae"]) == pytest.approx(said["validation"]["overall"]["mae"], rel=1e-4)
    assert {row["fold"] for row in runs.backtest.rows("results/comparison/curves.csv")} == {"0", "1"}
    shown = runs.backtest.rows("results/comparison/forecasts.csv")
    assert min(row["cutoff"] for row in shown) >= str(min(cutoffs[1]))[:10]


def test_one_fold_is_scored_without_a_word_of_folds(runs: Runs) -> None:
    assert "pooled" not in runs.today.json("results/scores/gru.json")
    assert "fold" not in runs.today.json("results/comparison/verdict.json")["text"]
    assert not (runs.today.root / "models/gru/folds").exists()


@pytest.mark.parametrize("name", ["gru", "har"])
def test_scores_do_not_depend_on_how_windows_are_batched(
    runs: Runs, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Path(shutil.copytree(runs.backtest.root, tmp_path / "copy"))
    monkeypatch.chdir(copy)
    monkeypatch.setattr("reprocast.evaluation.forecasting.BATCH", 7)
    monkeypatch.setattr(networks, "CHUNK", 5)
    (evaluate if name in NETWORKS else evaluate_baseline).main(name)
    found, expected = (
        Run(copy).json(f"results/scores/{name}.json"),
        runs.backtest.json(f"results/scores/{name}.json"),
    )
    for part in ("folds", "pooled"):
        assert flat(found[part]) == pytest.approx(flat(expected[part]), rel=1e-5, nan_ok=True)


def flat(part: Any) -> list[float]:
    if isinstance(part, dict):
        return [value for _, one in sorted(part.items()) for value in flat(one)]
    if isinstance(part, list):
        return [value for one in part for value in flat(one)]
    return [np.nan if part is None else float(part)]


def test_a_fold_of_other_windows_is_named(
    runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Path(shutil.copytree(runs.backtest.root, tmp_path / "copy"))
    monkeypatch.chdir(copy)
    for file in ("model.json", "seed-1.safetensors", "seed-3.safetensors"):
        shutil.copy(f"models/gru/{file}", "models/gru/folds/0")
    with pytest.raises(DataError, match="models/gru/folds/0: was fitted on other windows"):
        evaluate.main("gru")


def test_training_says_which_fold_it_is_at(
    runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = Path(shutil.copytree(runs.backtest.root, tmp_path / "copy"))
    monkeypatch.chdir(copy)
    before = {path: path.read_bytes() for path in Path("models/gru").rglob("*.*")}
    train.main("gru", follow=False)
    assert {path: path.read_bytes() for path in Path("models/gru").rglob("*.*")} == before
    lines = capsys.readouterr().out.splitlines()
    titles = [" ".join(line.split()[:5]) for line in lines if "epoch 1:" in line]
    assert titles == [f"gru fold {fold} seed {seed}" for fold in (0, 1) for seed in (3, 1)]
    text = Path(".reprocast/events/gru.jsonl").read_text(encoding="utf-8")
    events = [json.loads(line) for line in text.splitlines()]
    begun = [(event["fold"], event["seed"]) for event in events if event["event"] == "seed_start"]
    assert begun == [(0, 3), (0, 1), (1, 3), (1, 1)]
    assert all("fold" in event for event in events if event["event"] in ("epoch", "seed_end"))
    assert events[0]["description"]["folds"] == 2
