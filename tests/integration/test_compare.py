"""The stage compare in a project of its own, from results written by hand."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from reprocast.deterministic import canonical_json
from reprocast.errors import DataError, NoInputError
from reprocast.stages.compare import main
from reprocast.tasks.forecast.score import losses, read_table, scores, table_bytes

HORIZON, CUTOFFS = 3, 120
PARAMS = """
architectures: {gru: {cell: gru}, lstm: {cell: lstm}}
baselines: {last: {kind: naive}, har: {}}
compare: {score: mae, alpha: 0.05}
"""
NOISE = {"gru": (0.2, 0.30), "lstm": (0.4, 0.29), "last": (1.0, 1.0), "har": (0.31, 0.31)}
"""Size of each model's errors on validation and test; lstm is best on the test, gru on validation."""


def forecast_table(name: str, split: str, seeds: tuple[int, ...]) -> pd.DataFrame:
    size = NOISE[name][split == "test"]
    rng = np.random.default_rng(sorted(NOISE).index(name))
    first = np.datetime64("2020-01-01" if split == "validation" else "2021-01-01", "us")
    truth = np.random.default_rng(99).standard_normal((2, CUTOFFS + HORIZON)).cumsum(axis=1)
    rows = []
    for seed in (None, *seeds):
        for n, series in enumerate("ab"):
            for c in range(CUTOFFS):
                y = truth[n, c + 1 : c + 1 + HORIZON]
                mean = y + size * rng.standard_normal(HORIZON)
                at = first + np.arange(c, c + 1 + HORIZON) * np.timedelta64(1, "D")
                rows.append(
                    {
                        "model": name, "fold": 0, "split": split, "seed": seed, "unique_id": series,
                        "target": "y", "cutoff": at[0], "ds": at[1:], "last": truth[n, c], "loc": 0.5,
                        "scale": 2.0, "season_error": 1.0, "season_square": 1.0, "y": y, "mean": mean,
                    }
                )  # fmt: skip
    frame = pd.DataFrame(rows)
    return frame.assign(seed=frame["seed"].astype("Int64"))


def diagnostics(name: str) -> dict[str, Any]:
    """By hand: seed 2 remembers twice as long as seed 1; the top layer moves at every second step."""
    cell = {"cell_gradient": [0, 2, 1] if name == "lstm" else []}
    top = {"direction": "forwards", "stride": 2, "gradient": [2, 4, 1], "jacobian": [1, 0.5, 0.25], **cell}
    low = {**top, "stride": 1, "gradient": [9, 9, 9]}
    back = {**top, "direction": "backwards", "gradient": [7, 7, 7]}
    figures = {"span": 4, "kept": 0.9, "growth": 1.0, "dead": 0.0, "clipped": 0.5, "layers": [low, top, back]}
    seeds = {
        str(seed): {"memory": seed, "saturated": 0.1 if name == "gru" else None, **figures} for seed in (2, 1)
    }
    return {"model": name, "seeds": seeds, "warnings": ["gradients fade, a lot"] * (name == "lstm")}


def write_results(root: Path, name: str) -> None:
    network = name in ("gru", "lstm")
    tables = {
        split: forecast_table(name, split, (1, 2) if network else ()) for split in ("validation", "test")
    }
    folds = {"0": {split: scores(table) for split, table in tables.items()}}
    said = {
        "schema_version": 1, "model": name, "kind": "network" if network else "baseline", "task": "forecast",
        "horizon": HORIZON, "fingerprint": name * 20, "folds": folds,
        "cost": {"parameters": 5, "multiply_adds": 6, "optimiser_steps": 7},
    }  # fmt: skip
    for folder in ("forecasts", "scores", "training", "diagnostics", "adding"):
        (root / "results" / folder).mkdir(parents=True, exist_ok=True)
    (root / "results" / "scores" / f"{name}.json").write_text(canonical_json(said))
    (root / "results" / "forecasts" / f"{name}.parquet").write_bytes(table_bytes(pd.concat(tables.values())))
    if network:
        header = "fold,seed,epoch,train_loss,validation_loss,learning_rate,gradient_norm\n"
        text = header + "0,1,1,0.9,0.8,0.1,1\n0,1,2,0.7,0.6,0.1,1\n0,2,1,0.95,0.85,0.1,1\n"
        (root / "results" / "training" / f"{name}.csv").write_text(text)
        (root / "results" / "diagnostics" / f"{name}.json").write_text(canonical_json(diagnostics(name)))
        (root / "results" / "adding" / f"{name}.json").write_text(
            canonical_json({"unexplained": len(name) / 8})
        )


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text(PARAMS)
    for name in NOISE:
        write_results(tmp_path, name)
    return tmp_path


def rows(path: str) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def verdict() -> dict[str, Any]:
    return json.loads(Path("results/comparison/verdict.json").read_text())  # type: ignore[no-any-return]


def test_the_network_is_chosen_on_validation_though_another_is_better_on_the_test(project: Path) -> None:
    main()
    board = {row["model"]: row for row in rows("results/leaderboard.csv")}
    assert float(board["lstm"]["mae"]) < float(board["gru"]["mae"])
    said = verdict()
    assert (said["chosen"], said["best_baseline"], said["naive"]) == ("gru", "har", "last")
    assert said["text"].startswith(
        "No winner: the GRU cannot be told from har, the best baseline, on 120 test"
    )
    assert "The GRU beats the naive forecast; its MAE is" in said["text"]
    assert said["text"].endswith(
        "chosen from 2 networks and 2 baselines on validation MAE, before the test was read."
    )
    assert json.loads(Path("metrics.json").read_text())["chosen"] == "gru"


def test_the_leaderboard_is_sorted_and_agrees_with_the_metrics(project: Path) -> None:
    main()
    board, metrics = rows("results/leaderboard.csv"), json.loads(Path("metrics.json").read_text())
    errors = [float(row["mae"]) for row in board]
    assert errors == sorted(errors)
    mae = metrics["test_mae"]
    assert {row["model"]: float(row["mae"]) for row in board} == mae
    assert set(mae) == set(NOISE)
    assert metrics["skill"]["naive"] == pytest.approx(1 - mae[metrics["chosen"]] / mae["last"], abs=2e-4)
    for row in board:
        assert float(row["skill_naive"]) == pytest.approx(1 - mae[row["model"]] / mae["last"], abs=2e-4)
    said = json.loads(Path("results/comparison/verdict.json").read_text())["tests"]
    against = {test["b"]: test["p_value"] for test in said if test["question"].startswith("chosen")}
    assert metrics["p_value"] == {
        "naive": against["last"],
        "best_baseline": against[metrics["best_baseline"]],
    }
    assert set(metrics["validation_mae"]) == {"gru", "lstm", metrics["best_baseline"]}
    assert metrics["validation_mae"]["gru"] == pytest.approx(
        scores(forecast_table("gru", "validation", ()))["overall"]["mae"], rel=1e-4
    )


def test_what_a_cell_is_worth_is_told_by_costs_diagnoses_and_scores(project: Path) -> None:
    main()
    gru, lstm = rows("results/comparison/worth.csv")
    board = {row["model"]: row for row in rows("results/leaderboard.csv")}
    assert (gru["model"], gru["parameters"], gru["memory"], gru["saturated"]) == ("gru", "5", "1.5", "0.1")
    assert (lstm["model"], lstm["saturated"], lstm["kept"], lstm["clipped"]) == ("lstm", "", "0.9", "0.5")
    assert (gru["adding"], lstm["adding"]) == ("0.375", "0.5")
    assert all(one["mae"] == board[one["model"]]["mae"] for one in (gru, lstm))
    assert rows("results/comparison/warnings.csv") == [{"model": "lstm", "warning": "gradients fade, a lot"}]
    lines = [row for row in rows("results/comparison/gradients.csv") if row["model"] == "gru"]
    assert [tuple(row.values()) for row in lines[:3]] == [
        ("gru", "1", "0", "0.5", "", "1"),
        ("gru", "1", "2", "1", "", "0.5"),
        ("gru", "1", "4", "0.25", "", "0.25"),
    ]
    assert [row["seed"] for row in lines] == ["1"] * 3 + ["2"] * 3
    drawn = rows("results/comparison/gradients.csv")
    assert [row["cell_gradient"] for row in drawn if row["model"] == "lstm"] == ["0", "1", "0.5"] * 2


def test_every_question_is_tested_once(project: Path) -> None:
    main()
    tests = rows("results/comparison/significance.csv")
    assert [(row["a"], row["b"]) for row in tests] == [("gru", "har"), ("gru", "last"), ("gru", "lstm")]
    assert [row["result"] for row in tests][1] == "beats"
    for row in tests:
        a, b = (losses(forecast_table(row[side], "test", ()), "mae") for side in ("a", "b"))
        assert float(row["difference"]) == pytest.approx((a - b).mean(), rel=1e-3)
        assert int(row["origins"]) == CUTOFFS


def test_skill_has_the_leaderboards_value_within_its_interval(project: Path) -> None:
    main()
    board = {row["model"]: row for row in rows("results/leaderboard.csv")}
    skills = rows("results/comparison/skill.csv")
    assert {(row["model"], row["against"]) for row in skills} == {
        (model, against) for model in NOISE for against in ("last", "har") if model != against
    }
    for row in skills:
        column = {"last": "skill_naive", "har": "skill_best_baseline"}[row["against"]]
        assert float(row["skill"]) == pytest.approx(float(board[row["model"]][column]), rel=1e-4)
        assert float(row["low"]) < float(row["skill"]) < float(row["high"])
    told = {(one["against"], one["model"]): one["value"] for one in verdict()["skill"]}
    assert told == {
        ("best baseline", "har"): float(board["gru"]["skill_best_baseline"]),
        ("naive", "last"): float(board["gru"]["skill_naive"]),
    }


def test_the_confidence_set_rules_the_naive_forecast_out(project: Path) -> None:
    main()
    found = {row["model"]: row for row in rows("results/comparison/confidence_set.csv")}
    assert set(found) == set(NOISE)
    assert found["last"]["included"] == "false"
    assert float(found["last"]["p_value"]) < 0.05
    assert verdict()["confidence_set"] == sorted(
        name for name, row in found.items() if row["included"] == "true"
    )
    assert verdict()["costs"]["gru"] == {"parameters": 5, "multiply_adds": 6, "optimiser_steps": 7}


def test_variance_and_conditional_ability_have_a_row_a_question(project: Path) -> None:
    main()
    assert [row["model"] for row in rows("results/comparison/variance.csv")] == ["gru", "lstm"]
    asked = [(row["question"], row["a"], row["b"]) for row in rows("results/comparison/significance.csv")]
    found = rows("results/comparison/predictive_ability.csv")
    assert [(row["question"], row["a"], row["b"]) for row in found] == asked
    assert {row["origins"] for row in found} == {str(CUTOFFS - HORIZON)}
    assert [bool(row["holm_p"]) for row in found] == [False, False, True]
    assert rows("results/comparison/ranks.csv") == [], "two series are not ranked"


def other_tests(change: Any) -> None:
    """Changes the test windows of every model's table, and their scores."""
    for name in NOISE:
        path, told = Path("results/forecasts", f"{name}.parquet"), Path("results/scores", f"{name}.json")
        table, said = read_table(path), json.loads(told.read_text())
        test = table["split"] == "test"
        changed = change(table[test])
        path.write_bytes(table_bytes(pd.concat([table[~test], changed])))
        said["folds"]["0"]["test"] = scores(changed)
        told.write_text(canonical_json(said))


def test_with_one_cutoff_the_tests_go_across_series(project: Path) -> None:
    """Forty windows of one series become forty series that end at times of their own."""

    def spread(table: pd.DataFrame) -> pd.DataFrame:
        own = table[(table["unique_id"] == "a") & (table["cutoff"] < np.datetime64("2021-02-10"))]
        return own.assign(unique_id="series " + own["cutoff"].astype(str))

    other_tests(spread)
    main()
    assert verdict()["unit"] == "series"
    assert "the best baseline, across 40 series; its MAE" in verdict()["text"]
    assert "origin" not in verdict()["text"]
    assert {row["origins"] for row in rows("results/comparison/significance.csv")} == {"40"}
    ranked = rows("results/comparison/ranks.csv")
    assert {row["model"] for row in ranked} == set(NOISE)
    assert ranked[-1]["model"] == "last"
    assert {row["series"] for row in ranked} == {"40"}
    assert rows("results/comparison/predictive_ability.csv") == []
    assert len(rows("results/comparison/variance.csv")) == 2


def test_few_cutoffs_are_called_untested(project: Path) -> None:
    other_tests(lambda table: table[table["cutoff"] < np.datetime64("2021-01-21")])
    main()
    said = verdict()
    assert said["text"].startswith("Untested: 20 test origins are too few to tell the GRU from har")
    assert (said["confidence_set"], {test["result"] for test in said["tests"]}) == ([], {"untested"})
    assert {row["low"] for row in rows("results/comparison/skill.csv")} == {""}
    for name in ("confidence_set", "variance"):
        assert rows(f"results/comparison/{name}.csv") == []


def test_the_seed_of_the_bootstrap_moves_intervals_and_nothing_else(project: Path) -> None:
    main()
    before = {name: rows(f"results/comparison/{name}.csv") for name in ("skill", "significance")}
    Path("params.yaml").write_text(PARAMS.replace("alpha: 0.05", "alpha: 0.05, seed: 2, replications: 300"))
    main()
    assert rows("results/comparison/significance.csv") == before["significance"]
    after = rows("results/comparison/skill.csv")
    assert [row["skill"] for row in after] == [row["skill"] for row in before["skill"]]
    assert [row["low"] for row in after] != [row["low"] for row in before["skill"]]


def test_figure_data(project: Path) -> None:
    main()
    curves = rows("results/comparison/curves.csv")
    assert [(row["model"], row["seed"], row["epoch"]) for row in curves] == [
        (name, seed, epoch)
        for name in ("gru", "lstm")
        for seed, epoch in (("1", "1"), ("1", "2"), ("2", "1"))
    ]
    assert len(rows("results/comparison/horizon.csv")) == 4 * HORIZON
    assert {row["series"] for row in rows("results/comparison/series.csv")} == {"a", "b"}
    forecasts = rows("results/comparison/forecasts.csv")
    assert {row["model"] for row in forecasts} == {"actual", "gru", "har"}
    last = np.datetime64("2021-01-01") + CUTOFFS - 1 + HORIZON
    assert max(row["ds"] for row in forecasts) == str(last)
    assert all(bool(row["low"]) == (row["model"] == "gru") for row in forecasts)


def test_running_again_gives_the_same_bytes(project: Path) -> None:
    def outputs() -> dict[str, bytes]:
        main()
        files = [Path("metrics.json"), Path("results/leaderboard.csv"), *Path("results/comparison").iterdir()]
        return {path.name: path.read_bytes() for path in files}

    first = outputs()
    assert set(first) == {
        "metrics.json", "leaderboard.csv", "verdict.json", "significance.csv", "curves.csv", "horizon.csv",
        "series.csv", "folds.csv", "forecasts.csv", "worth.csv", "gradients.csv", "warnings.csv", "skill.csv",
        "confidence_set.csv", "predictive_ability.csv", "variance.csv", "ranks.csv",
        "intervals.csv", "pit.csv",
    }  # fmt: skip
    assert outputs() == first


def test_a_removed_architecture_leaves_nothing_behind(project: Path) -> None:
    main()
    Path("params.yaml").write_text(PARAMS.replace(", lstm: {cell: lstm}", ""))
    main()
    assert Path("results/scores/lstm.json").exists(), "its old scores still lie there"
    for path in ("metrics.json", "results/leaderboard.csv", *Path("results/comparison").iterdir()):
        assert "lstm" not in Path(path).read_text().lower()


def test_rmse_ranks_when_it_is_asked_for(project: Path) -> None:
    Path("params.yaml").write_text(PARAMS.replace("score: mae", "score: rmse"))
    main()
    assert "validation RMSE" in verdict()["text"]
    errors = [float(row["rmse"]) for row in rows("results/leaderboard.csv")]
    assert errors == sorted(errors)


@pytest.mark.parametrize("path", ["scores/har.json", "forecasts/gru.parquet", "training/lstm.csv"])
def test_a_missing_result_is_named_and_the_old_comparison_stays(project: Path, path: str) -> None:
    main()
    before = Path("results/comparison/verdict.json").read_bytes()
    Path("results", path).unlink()
    with pytest.raises(NoInputError, match=f"results/{path}: no such file"):
        main()
    assert Path("results/comparison/verdict.json").read_bytes() == before


def test_models_of_other_windows_are_not_compared(project: Path) -> None:
    table = pd.concat([forecast_table("har", split, ()) for split in ("validation", "test")])
    kept = table[table["cutoff"] < np.datetime64("2021-04-01")]
    Path("results/forecasts/har.parquet").write_bytes(table_bytes(kept))
    with pytest.raises(DataError, match="lstm and har were not scored on the same windows: har lacks 60"):
        main()


def test_a_score_that_is_not_a_number_is_refused(project: Path) -> None:
    path = Path("results/scores/har.json")
    said = json.loads(path.read_text())
    said["folds"]["0"]["test"]["overall"]["mae"] = None
    path.write_text(json.dumps(said))
    with pytest.raises(
        DataError, match=r"results/scores/har\.json: the model has a test MAE of None, but by"
    ):
        main()
