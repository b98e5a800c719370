"""What scores must not depend on: dropped windows, the order of series, the number of threads at work."""

import itertools
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from integration.backtests import BASELINES, DAYS, NETWORKS, TEST, Run, run
from utilsforecast.losses import mae, rmse

from reprocast.stages import evaluate, pull, window
from reprocast.tasks.forecast.forecast_table import read_table
from reprocast.tasks.forecast.long_form import to_nixtla

LOOK_BACK, HORIZON, EMBARGO, VALIDATION, FOLDS = 24, 3, 3, 40, 3


@pytest.fixture(scope="module", params=["", ", refit: false"], ids=["refitted", "fitted once"])
def backtest(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    root = tmp_path_factory.mktemp("scoring") / "run"
    return run(root, len(DAYS), FOLDS, "ab", None, "standard", request.param)


def expected_windows(csv: Path, *, refit: bool) -> dict[tuple[int, str, str], int]:
    """By fold, split and series: every run of look-back and horizon, tried one day after the other."""
    frame, found = pd.read_csv(csv), {}
    for fold, name in itertools.product(range(FOLDS), "ab"):
        x = frame[frame["unique_id"] == name].set_index("ds")["x"]
        values = [x.get(str(day.date()), np.nan) for day in DAYS]
        end = len(DAYS) - (FOLDS - 1 - fold) * TEST
        fitted = end if refit else len(DAYS) - (FOLDS - 1) * TEST
        validation = fitted - TEST - EMBARGO - VALIDATION
        spans = {
            "train": (0, validation - EMBARGO),
            "validation": (validation, validation + VALIDATION),
            "test": (end - TEST, end),
        }
        for split, (begin, stop) in spans.items():
            found[fold, split, name] = sum(
                first >= begin
                and first + HORIZON <= stop
                and not np.isnan(values[first - LOOK_BACK : first + HORIZON]).any()
                for first in range(LOOK_BACK, len(DAYS))
            )
    return found


def test_no_window_is_dropped(backtest: Run) -> None:
    """In any split of any fold: those trained on, and those that each model and each seed forecasts."""
    refit = "refit: false" not in (backtest.root / "params.yaml").read_text(encoding="utf-8")
    expected = expected_windows(backtest.root / "x.csv", refit=refit)
    assert min(expected.values()) > 0
    manifest = backtest.json("data/windows/manifest.json")["folds"]
    assert {place: manifest[str(place[0])][place[1]]["windows"][place[2]] for place in expected} == expected
    scored = {place: count for place, count in expected.items() if place[1] != "train"}
    for name in (*NETWORKS, *BASELINES):
        table = read_table(backtest.root / f"results/forecasts/{name}.parquet")
        for seed in (None, 3, 1) if name in NETWORKS else (None,):
            rows = table[table["seed"].isna() if seed is None else table["seed"] == seed]
            assert rows.groupby(["fold", "split", "unique_id"]).size().to_dict() == scored
            assert not rows.duplicated(["fold", "split", "unique_id", "cutoff"]).any()


def test_the_order_of_the_series_changes_no_byte(
    backtest: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same windows, byte by byte: what comes after has nothing else to go by."""
    monkeypatch.chdir(tmp_path)
    frame = pd.read_csv(backtest.root / "x.csv")
    frame.sort_values("unique_id", ascending=False, kind="stable").to_csv("x.csv", index=False)
    shutil.copy(backtest.root / "params.yaml", "params.yaml")
    pull.main()
    shutil.copytree("data/raw", "data/validated")
    window.main()
    found, expected = (
        {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*.*")}
        for root in (Path("data/windows"), backtest.root / "data/windows")
    )
    assert found == expected


def test_the_number_of_threads_changes_no_byte_and_workers_there_are_none(
    backtest: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process may come with any number: a model brings the one that it was trained with."""
    monkeypatch.chdir(shutil.copytree(backtest.root, tmp_path / "copy"))
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        evaluate.main("gru")
        for path in ("results/scores/gru.json", "results/forecasts/gru.parquet"):
            assert Path(path).read_bytes() == (backtest.root / path).read_bytes()
        for path in Path("models/gru").rglob("model.json"):
            said = json.loads(path.read_text(encoding="utf-8"))
            said["shared"]["runtime"]["threads"] = 2
            path.write_text(json.dumps(said), encoding="utf-8")
        evaluate.main("gru")
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    found, expected = (one.json("results/scores/gru.json")["pooled"]["test"]["overall"]["mae"]
                       for one in (Run(Path()), backtest))  # fmt: skip
    assert found == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("name", [*NETWORKS, *BASELINES])
def test_the_long_form_gives_another_library_the_same_scores(backtest: Run, name: str) -> None:
    table = read_table(backtest.root / f"results/forecasts/{name}.parquet")
    long = to_nixtla(table[table["split"] == "test"])
    assert {"unique_id", "ds", "cutoff", "y", name} <= set(long.columns)
    assert (long["ds"] > long["cutoff"]).all()
    said = backtest.json(f"results/scores/{name}.json")["pooled"]["test"]["series"]
    for loss, key in ((mae, "mae_units"), (rmse, "rmse_units")):
        found = loss(long.drop(columns="cutoff"), [name]).set_index("unique_id")[name]
        for series in "ab":
            assert said[series][key] == pytest.approx(found[series], rel=1e-9)


def test_the_long_form_of_several_models_has_a_column_each(backtest: Run) -> None:
    names = [*NETWORKS, *BASELINES]
    tables = {name: read_table(backtest.root / f"results/forecasts/{name}.parquet") for name in names}
    tests = {name: table[table["split"] == "test"] for name, table in tables.items()}
    long = to_nixtla(pd.concat(tests.values()))
    assert len(long) == len(to_nixtla(tests["naive"]))
    for name, own in tests.items():
        one = to_nixtla(own).set_index(["unique_id", "cutoff", "ds"])
        found = long.set_index(["unique_id", "cutoff", "ds"]).loc[one.index]
        pd.testing.assert_frame_equal(found[["y", name]], one[["y", name]], check_exact=True)
