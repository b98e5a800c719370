"""Mistakes in results, planted one at a time: each is refused with one line that names who and what.

The third of them, a scaler that knows the test, is planted in property/test_planted_leaks.py and
test_fitted_once.py.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from integration.backtests import DAYS, Run, run

from reprocast.deterministic import canonical_json, sha256_of_file
from reprocast.errors import DataError
from reprocast.stages import compare, evaluate, evaluate_baseline
from reprocast.tasks.forecast.score import read_table, scores, table_bytes


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(tmp_path_factory.mktemp("finished") / "run", len(DAYS), 1, "ab", None, "standard")


@pytest.fixture
def copy(finished: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = Path(shutil.copytree(finished.root, tmp_path / "copy"))
    monkeypatch.chdir(folder)
    return folder


def exchange(one: str, other: str) -> None:
    Path(one).rename("aside")
    Path(other).rename(one)
    Path("aside").rename(other)


def table(name: str) -> pd.DataFrame:
    return read_table(Path(f"results/forecasts/{name}.parquet"))


def said(name: str) -> Any:
    return json.loads(Path(f"results/scores/{name}.json").read_text(encoding="utf-8"))


def rewrite(name: str, rows: pd.DataFrame, told: Any) -> None:
    """Another table with scores that name it, so that its hash is no help."""
    path = Path(f"results/forecasts/{name}.parquet")
    path.write_bytes(table_bytes(rows))
    told = told | {"forecasts_sha256": sha256_of_file(path)}
    Path(f"results/scores/{name}.json").write_text(canonical_json(told), encoding="utf-8")


def rescored(name: str, rows: pd.DataFrame) -> None:
    """Another table with the scores that belong to it."""
    folds = {"0": {split: scores(rows[rows["split"] == split]) for split in ("validation", "test")}}
    rewrite(name, rows, said(name) | {"folds": folds})


def test_as_it_is_nothing_is_refused(copy: Path) -> None:
    before = {path: path.read_bytes() for path in Path("results").rglob("*.*")}
    evaluate.main("gru")
    evaluate_baseline.main("har")
    compare.main()
    assert {path: path.read_bytes() for path in Path("results").rglob("*.*")} == before


def test_weights_of_two_seeds_exchanged(copy: Path) -> None:
    exchange("models/gru/seed-1.safetensors", "models/gru/seed-3.safetensors")
    with pytest.raises(
        DataError, match=r"seed-3.safetensors: is not what training gru with seed 3 has written"
    ):
        evaluate.main("gru")


def test_a_model_under_the_name_of_another(copy: Path) -> None:
    exchange("models/har", "models/naive")
    with pytest.raises(DataError, match="models/har: holds the model naive, not har"):
        evaluate_baseline.main("har")


def test_forecasts_of_another_model(copy: Path) -> None:
    exchange("results/forecasts/har.parquet", "results/forecasts/naive.parquet")
    with pytest.raises(DataError, match=r"har.parquet: is not the table that results/scores/har.json was"):
        compare.main()
    told = said("har")
    rewrite("har", table("har"), told)
    with pytest.raises(DataError, match=r"naive.parquet: is not the table"):
        compare.main()
    rewrite("naive", table("naive"), said("naive"))
    with pytest.raises(DataError, match=r"har.parquet: holds forecasts of naive"):
        compare.main()


def test_scores_of_another_model(copy: Path) -> None:
    exchange("results/scores/har.json", "results/scores/naive.json")
    for name in ("har", "naive"):
        rewrite(name, table(name), said(name))
    with pytest.raises(DataError, match=r"results/scores/har.json: holds the scores of naive"):
        compare.main()


def test_rows_of_two_seeds_exchanged(copy: Path) -> None:
    """The mean of the seeds and its score stay as they are; only the seeds tell."""
    rows = table("gru")
    rows = rows.assign(seed=rows["seed"].map({1: 3, 3: 1}).astype("Int64"))
    rewrite("gru", rows, said("gru"))
    with pytest.raises(DataError, match=r"gru.json: seed 1 has a test MAE of 1\.\d+, but by .* of 1\."):
        compare.main()


def test_scores_of_two_seeds_exchanged(copy: Path) -> None:
    told = said("gru")
    seeds = told["folds"]["0"]["test"]["seed"]
    seeds["1"], seeds["3"] = seeds["3"], seeds["1"]
    rewrite("gru", table("gru"), told)
    with pytest.raises(DataError, match="seed 1 has a test MAE of"):
        compare.main()


def test_a_seed_that_lacks_windows(copy: Path) -> None:
    rows = table("gru")
    rescored("gru", rows.drop(rows.index[(rows["seed"] == 3) & (rows["split"] == "test")][:2]))
    with pytest.raises(DataError, match=r"gru.parquet: seed 3 has .* forecasts, the mean of the seeds"):
        compare.main()


def without_the_last_cutoff(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["cutoff"] < rows["cutoff"].max()]


def a_step_earlier(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(cutoff=rows["cutoff"] - pd.Timedelta(days=1))


def with_other_answers(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(y=[np.asarray(y) + (n == 7) * 0.25 for n, y in enumerate(rows["y"])])


def in_another_scale(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(scale=rows["scale"] * 2)


def of_another_validation(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.drop(rows.index[rows["split"] == "validation"][3:5])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            without_the_last_cutoff,
            r"the same windows: har lacks 2 that gru has, the first of a, x at 2020-08-14 \(t",
        ),
        (a_step_earlier, r"the same windows: har lacks \d+ that gru has, the first of a"),
        (with_other_answers, r"the same data: y differs in 1 windows, the first of"),
        (in_another_scale, r"the same data: scale differs in \d+ windows, the first of a"),
        (of_another_validation, r"the same windows: har lacks 2 that gru has, .* \(validation, fold 0\)"),
    ],
)
def test_a_baseline_on_other_windows(
    copy: Path, change: Callable[[pd.DataFrame], pd.DataFrame], reason: str
) -> None:
    """Its scores are those of its table, so that nothing but the other models tells."""
    rescored("har", change(table("har")))
    with pytest.raises(DataError, match=f"results/forecasts: gru and har were not scored on {reason}"):
        compare.main()
    assert DataError.exit_code == 65
