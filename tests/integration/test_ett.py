"""The recipe `ett` is the benchmark of the literature: the same windows, scaler and scores.

Reads ETTh1 from $REPROCAST_BENCH_DATA (default ../shared/data, as etdataset/ETTh1.csv.gz); skips without it.
"""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from reprocast.data.window_files import read_windows
from reprocast.stages import baseline, evaluate_baseline, pull, validate, window
from reprocast.tasks.forecast.score import read_table
from reprocast.tasks.forecast.score import scores as scores_of

ROOT = Path(__file__).parents[2]
DATA = ROOT / os.environ.get("REPROCAST_BENCH_DATA", "../shared/data") / "etdataset" / "ETTh1.csv.gz"
MONTH, SEEN, AHEAD = 30 * 24, 96, 96
TESTED = 2785
"""Windows of four months at stride 1, the first of which forecasts the first hour of them."""

pytestmark = pytest.mark.skipif(not DATA.is_file(), reason=f"{DATA} is not there (REPROCAST_BENCH_DATA)")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recipe on the file, from pull to the scores of the baselines."""
    folder = tmp_path_factory.mktemp("ett")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Path("ETTh1.csv").write_bytes(gzip.decompress(DATA.read_bytes()))
        yaml = YAML(typ="safe", pure=True)
        params = yaml.load((ROOT / "recipes" / "ett.yaml").read_text(encoding="utf-8"))
        params["data"]["path"] = "ETTh1.csv"
        with Path("params.yaml").open("w", encoding="utf-8") as stream:
            yaml.dump(params, stream)
        for stage in (pull, validate, window):
            stage.main()
        for name in ("naive", "seasonal_naive"):
            baseline.main(name)
            evaluate_baseline.main(name)
    return folder


def scaled_by_hand(project: Path) -> np.ndarray:
    """The first twenty months (T, C), less the mean of the first twelve, over their deviation."""
    table = pd.read_csv(project / "ETTh1.csv").drop(columns="date").to_numpy()[: 20 * MONTH]
    train = table[: 12 * MONTH]
    return np.asarray((table - train.mean(axis=0)) / train.std(axis=0))


def by_hand(project: Path, back: int) -> tuple[float, float]:
    """MSE and MAE of repeating what stood `back` steps before, window by window as the literature does."""
    values, squares, sizes, count = scaled_by_hand(project), 0.0, 0.0, 0
    for origin in range(16 * MONTH, 20 * MONTH - AHEAD + 1):
        forecast = np.resize(values[origin - back : origin], (AHEAD, values.shape[1]))
        error = values[origin : origin + AHEAD] - forecast
        squares, sizes, count = squares + (error**2).sum(), sizes + np.abs(error).sum(), count + error.size
    return squares / count, sizes / count


def scores(project: Path, name: str) -> dict[str, Any]:
    said = json.loads((project / f"results/scores/{name}.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = said["folds"]["0"]["test"]["overall"]
    return found


def test_windows_are_those_of_the_protocol(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    windows = read_windows(Path("data/windows"))
    starts = windows.folds[0].starts
    counts = {split: len(found) / len(windows.ids) for split, found in starts.items()}
    assert counts == {"train": 12 * MONTH - SEEN - AHEAD + 1, "validation": TESTED, "test": TESTED}
    for begin in windows.offsets[:-1]:
        mine = np.asarray(starts["test"])
        mine = mine[(mine >= begin) & (mine < begin + 20 * MONTH)] - begin
        assert (mine == 16 * MONTH - SEEN + np.arange(TESTED)).all()


def test_the_scale_is_that_of_the_twelve_months_of_training(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    windows = read_windows(Path("data/windows"))
    table = pd.read_csv("ETTh1.csv")[: 12 * MONTH]
    order = list(windows.ids)
    assert sorted(order) == sorted(table.columns[1:])
    fold = windows.folds[0]
    assert np.allclose(fold.score_loc[:, 0], table[order].mean(), rtol=1e-12)
    assert np.allclose(fold.score_scale[:, 0], table[order].std(ddof=0), rtol=1e-12)


def test_repeating_the_last_value_scores_as_in_the_literature(project: Path) -> None:
    """1.295 and .713 are printed for 87 batches of 32: the last window, a good one, was dropped."""
    table = read_table(project / "results/forecasts/naive.parquet")
    table = table[table["split"] == "test"]
    printed = scores_of(table[table["cutoff"] < table["cutoff"].max()])["overall"]
    every = scores(project, "naive")
    assert f"{printed['rmse'] ** 2:.3f} {printed['mae']:.3f}" == "1.295 0.713"
    assert f"{every['rmse'] ** 2:.4f} {every['mae']:.4f}" == "1.2944 0.7132"


@pytest.mark.parametrize(("name", "back"), [("naive", 1), ("seasonal_naive", 24)])
def test_scores_are_means_over_all_windows(project: Path, name: str, back: int) -> None:
    found = scores(project, name)
    assert [found["rmse"] ** 2, found["mae"]] == pytest.approx(by_hand(project, back), rel=1e-9)
