"""Conformal intervals on forecast tables: calibrated on validation alone, by target and step, in units."""

import math

import numpy as np
import pandas as pd
import pytest

from reprocast.tasks.forecast.intervals import with_intervals
from reprocast.tasks.forecast.long_form import to_nixtla
from reprocast.tasks.forecast.score import read_table, scores, table_bytes

H, SERIES, TARGETS = 3, ("a", "b"), ("x", "y")
SCALES = {("a", "x"): 2.0, ("b", "x"): 0.5, ("a", "y"): 1.0, ("b", "y"): 7.0}


def table(split, first, count, seed):
    """Rows of a network with two seeds; errors are random, and a few answers were not observed."""
    rng, rows = np.random.default_rng(seed), []
    for who in (None, 1, 2):
        for series in SERIES:
            for target in TARGETS:
                for cutoff in range(first, first + count):
                    y = rng.normal(size=H)
                    y[rng.uniform(size=H) < 0.1] = np.nan
                    rows.append({
                        "model": "gru", "fold": 0, "split": split, "seed": who, "unique_id": series,
                        "target": target, "cutoff": cutoff,
                        "ds": cutoff + 1 + np.arange(H), "last": 0.0,
                        "loc": 1.0, "scale": SCALES[series, target], "season_error": 1.5,
                        "season_square": 2.0,
                        "y": y, "mean": rng.normal(size=H) / 9,
                    })  # fmt: skip
    found = pd.DataFrame(rows)
    return found.assign(seed=found["seed"].astype("Int64")).sort_values(
        ["seed", "unique_id", "target", "cutoff"], na_position="first", ignore_index=True
    )


@pytest.fixture(scope="module")
def tables():
    return {"validation": table("validation", 0, 40, 1), "test": table("test", 45, 30, 2)}


@pytest.fixture(scope="module")
def done(tables):
    return with_intervals(tables, (0.8, 0.95))


def ends(rows, method):
    return np.stack(rows[f"conformal_{method}"].to_list()).reshape(len(rows), H, 4)


def test_split_intervals_equal_a_loop(tables, done):
    test, validation = done["test"], tables["validation"]
    deployed = test[test["seed"].isna()]
    for (_, row), found in zip(deployed.iterrows(), ends(deployed, "split"), strict=True):
        for h in range(H):
            own = validation[validation["seed"].isna() & (validation["target"] == row["target"])]
            errors = sorted(
                abs(r["y"][h] - r["mean"][h]) / r["scale"]
                for _, r in own.iterrows()
                if not np.isnan(r["y"][h])
            )
            for nominal, low, high in ((0.8, 1, 2), (0.95, 0, 3)):
                radius = errors[math.ceil(round((len(errors) + 1) * nominal, 6)) - 1] * row["scale"]
                assert found[h, low] == pytest.approx(row["mean"][h] - radius)
                assert found[h, high] == pytest.approx(row["mean"][h] + radius)
        if row["cutoff"] > 47:
            break


def test_only_the_mean_of_the_seeds_on_the_test_has_them(tables, done):
    assert done["validation"] is tables["validation"]
    seeds = done["test"][done["test"]["seed"].notna()]
    assert seeds["conformal_split"].isna().all()
    assert seeds["conformal_levels"].isna().all()
    assert list(done["test"]["conformal_levels"].iloc[0]) == [0.025, 0.1, 0.9, 0.975]


def test_what_comes_after_a_cutoff_does_not_move_its_intervals(tables, done):
    for cutoff in (45, 50, 61):
        other = tables["test"].copy()
        later = [np.where(ds > cutoff, 1e3, y) for ds, y in zip(other["ds"], other["y"], strict=True)]
        moved = with_intervals({**tables, "test": other.assign(y=later)}, (0.8, 0.95))["test"]
        known = tables["test"]["seed"].isna() & (tables["test"]["cutoff"] <= cutoff)
        for method in ("split", "adaptive"):
            one, two = (ends(some[known], method) for some in (done["test"], moved))
            np.testing.assert_array_equal(one, two)


def test_scores_equal_loops_over_the_table(done):
    found, test = scores(done["test"])["overall"], done["test"]
    deployed = test[test["seed"].isna()]
    for method in ("split", "adaptive"):
        inside, wide, interval = [], [], []
        for (_, row), low, high in zip(
            deployed.iterrows(), ends(deployed, method)[..., 1], ends(deployed, method)[..., 2], strict=True
        ):
            for y, a, b in zip(row["y"], low, high, strict=True):
                if not np.isnan(y):
                    inside.append(a <= y <= b)
                    wide.append((b - a) / row["scale"])
                    missed = max(a - y, 0) + max(y - b, 0)
                    interval.append((b - a + 10 * missed) / row["season_error"])
        assert found[f"{method}_coverage_80"] == pytest.approx(np.mean(inside))
        assert found[f"{method}_width_80"] == pytest.approx(np.mean(wide))
        assert found[f"{method}_msis_80"] == pytest.approx(np.mean(interval))
    assert "coverage_80" not in found
    assert not [key for seed in scores(test)["seed"].values() for key in seed if "coverage" in key]


def test_a_file_and_the_long_form_carry_them(done, tmp_path):
    path = tmp_path / "gru.parquet"
    path.write_bytes(table_bytes(pd.concat([done["validation"], done["test"]], ignore_index=True)))
    read = read_table(path)
    test = read[read["split"] == "test"]
    assert scores(test)["overall"] == scores(done["test"])["overall"]
    assert "split_coverage_80" not in scores(read[read["split"] == "validation"])["overall"]
    long = to_nixtla(test[test["target"] == "x"])
    rows = test[test["seed"].isna() & (test["target"] == "x")]
    assert long["gru-split-lo-80"].tolist() == ends(rows, "split")[..., 1].ravel().tolist()
    assert long["gru-adaptive-hi-95"].tolist() == ends(rows, "adaptive")[..., 3].ravel().tolist()
    assert "gru-lo-80" not in long


def test_too_few_windows_of_validation_promise_nothing(tables):
    few = tables["validation"][tables["validation"]["cutoff"] < 3]
    found = with_intervals({**tables, "validation": few}, (0.95,))["test"]
    rows = found[found["seed"].isna()]
    for method in ("split", "adaptive"):
        assert np.isinf(np.stack(rows[f"conformal_{method}"].to_list())).all()
    assert scores(found)["overall"]["split_coverage_95"] == 1
