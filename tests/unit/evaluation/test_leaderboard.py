import json
from statistics import stdev

import numpy as np
import pandas as pd
import pytest

from reprocast.errors import DataError
from reprocast.evaluation.leaderboard import COLUMNS, leaderboard, seed_deviation
from reprocast.evaluation.sample import Sample
from reprocast.evaluation.selection import best_on_validation, differences, error, overall


def scored(name, validation, test, seeds=()):
    def part(mae):
        others = ("mase", "r2", "correlation", "directional_accuracy")
        overall = {"mae": mae, "rmse": 2 * mae, **dict.fromkeys(others, 0.5)}
        by_seed = {str(n): {"mae": value, "rmse": 3 * value} for n, value in enumerate(seeds)}
        return {"overall": overall, "seed": by_seed}

    return {
        "model": name,
        "fingerprint": name.ljust(64, "0"),
        "cost": {"parameters": 7, "multiply_adds": 8, "optimiser_steps": 9},
        "folds": {"0": {"validation": part(validation), "test": part(test)}},
    }


MODELS = {
    "gru": scored("gru", 0.50, 0.60, (0.61, 0.62, 0.66)),
    "lstm": scored("lstm", 0.55, 0.40),
    "har": scored("har", 0.52, 0.58),
    "naive": scored("naive", 0.70, 0.80),
    "drift": scored("drift", 0.71, 0.80),
}


def test_the_best_test_score_does_not_choose():
    assert best_on_validation(MODELS, ["lstm", "gru"], "mae") == "gru"
    assert best_on_validation(MODELS, ["naive", "har"], "rmse") == "har"
    shared = {"b": scored("b", 0.5, 0.1), "a": scored("a", 0.5, 0.9)}
    assert best_on_validation(shared, ["b", "a"], "mae") == "a"


def test_what_the_test_said_cannot_move_the_choice():
    scrambled = json.loads(json.dumps(MODELS))
    for n, scores in enumerate(scrambled.values()):
        scores["folds"]["0"]["test"]["overall"]["mae"] = 1.0 - n / 10
    assert best_on_validation(scrambled, MODELS, "mae") == best_on_validation(MODELS, MODELS, "mae")


def test_rows_are_sorted_by_test_score_then_by_name():
    rows = leaderboard(MODELS, "mae", "har", "naive")
    assert [row["model"] for row in rows] == ["lstm", "har", "gru", "drift", "naive"]
    assert all(set(row) == set(COLUMNS) for row in rows)
    assert COLUMNS[:2] == ("model", "mae")


def test_skills_spread_and_costs():
    row = next(row for row in leaderboard(MODELS, "mae", "har", "naive") if row["model"] == "gru")
    assert row["skill_naive"] == pytest.approx(1 - 0.6 / 0.8)
    assert row["skill_best_baseline"] == pytest.approx(1 - 0.6 / 0.58)
    assert row["mae_seed_sd"] == pytest.approx(stdev([0.61, 0.62, 0.66]))
    assert row["rmse_seed_sd"] == pytest.approx(3 * stdev([0.61, 0.62, 0.66]))
    assert (row["validation_mae"], row["validation_rmse"]) == (0.5, 1.0)
    assert (row["parameters"], row["multiply_adds"], row["optimiser_steps"]) == (7, 8, 9)
    assert row["fingerprint"] == "gru000000000"


def test_what_does_not_exist_is_none():
    rows = {row["model"]: row for row in leaderboard(MODELS, "mae", "har", None)}
    assert rows["gru"]["skill_naive"] is None
    assert rows["har"]["mae_seed_sd"] is None


def test_several_folds_stand_as_one_by_what_was_pooled():
    """Neither by the last fold nor by a mean of folds: the root of a mean is no mean of roots."""
    two = scored("gru", 0.5, 0.6)
    two["folds"]["1"] = scored("gru", 0.7, 1.0)["folds"]["0"]
    two["pooled"] = scored("gru", 0.65, 0.9, (0.91, 0.95))["folds"]["0"]
    assert overall(two, "test")["mae"] == 0.9
    assert overall(two, "validation")["mae"] == 0.65
    assert seed_deviation(two, "mae") == pytest.approx(stdev([0.91, 0.95]))
    (row,) = leaderboard({"gru": two}, "mae", "gru", None)
    assert (row["mae"], row["validation_mae"]) == (0.9, 0.65)


def test_a_model_without_a_score_is_refused():
    empty = scored("gru", 0.5, 0.6)
    empty["folds"]["0"]["test"]["overall"] = {}
    with pytest.raises(DataError, match=r"results/scores/gru\.json: no window was scored on test"):
        error(empty, "test", "mae")
    with pytest.raises(DataError, match="mae on test is not a number"):
        error(_none(), "test", "mae")


def _none():
    scores = scored("gru", 0.5, 0.6)
    scores["folds"]["0"]["test"]["overall"]["mae"] = None
    return scores


def test_tests_are_about_the_choice_and_every_pair():
    losses = pd.DataFrame(
        np.random.default_rng(0).uniform(size=(80, 5)), columns=["a", "b", "c", "har", "naive"]
    )
    sample = Sample(losses, losses, "origin", 5)
    found = differences(sample, ["c", "a", "b"], "b", "har", "naive", 0.05)
    assert (found.against_best.a, found.against_best.b) == ("b", "har")
    assert (found.against_naive.a, found.against_naive.b) == ("b", "naive")
    assert [(pair.a, pair.b) for pair in found.pairs] == [("a", "b"), ("a", "c"), ("b", "c")]
    for pair, adjusted in zip(found.pairs, found.adjusted, strict=True):
        assert pair.p_value <= adjusted <= min(1, 3 * pair.p_value)
    assert differences(sample, ["a"], "a", "naive", "naive", 0.05).against_naive is None
    assert differences(sample, ["a"], "a", "har", None, 0.05).pairs == ()


def test_owa_is_of_means_over_series_and_only_beside_naive2():
    """By hand from the M4 competition's definition: means per series, then over series, then the ratio."""
    series = {
        "gru": ((0.1, 2.0), (0.5, 3.0)),
        "naive": ((0.1, 1.0), (0.3, 4.0)),
        "har": ((0.1, 1.0), (None, 1.0)),
    }
    models = {}
    for name, each in series.items():
        models[name] = json.loads(json.dumps(MODELS[name]))
        models[name]["folds"]["0"]["test"]["series"] = {
            str(n): {"smape": smape, "mase": mase} for n, (smape, mase) in enumerate(each)
        }
    rows = {row["model"]: row for row in leaderboard(models, "mae", "har", "naive", "naive")}
    assert rows["naive"]["owa"] == 1
    assert rows["gru"]["owa"] == pytest.approx(0.5 * (0.3 / 0.2 + 2.5 / 2.5))
    assert rows["har"]["owa"] is None, "a series has no sMAPE"
    assert {row["owa"] for row in leaderboard(models, "mae", "har", "naive")} == {None}
